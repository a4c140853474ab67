package io.foretell.proto;

import java.util.Optional;

/**
 * The raw bytes a device sent, as received: the one full-rate durable record.
 *
 * @param kind what the route said it is
 * @param receivedAt when the gateway had it, ms since 1970
 * @param contentType as the device stated it; empty where it stated none
 * @param via the protocol: {@code mqtt}, {@code coap}, {@code http}, {@code gateway}
 * @param payload the bytes; not copied, never changed
 * @param delivery where its sender repeats it until it knows that it is stored once
 */
public record Uplink(
    UplinkKind kind,
    long receivedAt,
    String contentType,
    String via,
    byte[] payload,
    Optional<Delivery> delivery) {
  /** One that nothing is known of but what it says itself. */
  public Uplink(UplinkKind kind, long receivedAt, String contentType, String via, byte[] payload) {
    this(kind, receivedAt, contentType, via, payload, Optional.empty());
  }
}
