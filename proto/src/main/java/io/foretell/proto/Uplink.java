package io.foretell.proto;

/**
 * The raw bytes a device sent, as received: the one full-rate durable record.
 *
 * @param kind what the route said it is
 * @param receivedAt when the gateway had it, ms since 1970
 * @param contentType as the device stated it; empty where it stated none
 * @param via the protocol: {@code mqtt}, {@code coap}, {@code http}, {@code gateway}
 * @param payload the bytes; not copied, never changed
 */
public record Uplink(
    UplinkKind kind, long receivedAt, String contentType, String via, byte[] payload) {}
