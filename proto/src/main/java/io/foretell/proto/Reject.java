package io.foretell.proto;

import java.util.Optional;

/**
 * An input that was acknowledged and could not be used: its bytes, and why. It can be replayed
 * after a fix.
 *
 * @param at when it was refused, ms since 1970
 * @param reason why
 * @param detail what exactly was wrong
 * @param via the protocol it came by
 * @param route the topic or path it came to
 * @param contentType as stated
 * @param payload the bytes as received
 * @param from where it stood on the uplink lane; empty where the gateway refused it
 */
public record Reject(
    long at,
    ReasonCode reason,
    String detail,
    String via,
    String route,
    String contentType,
    byte[] payload,
    Optional<Position> from) {}
