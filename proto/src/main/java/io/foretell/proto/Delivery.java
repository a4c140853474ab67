package io.foretell.proto;

/**
 * How a message came that is to be stored exactly once (MQTT QoS 2): what tells a repetition of a
 * message whose first delivery the gateway has forgotten, because it ended between the append and
 * the note of its packet identifier.
 *
 * @param session the sender's session, a random number
 * @param packetId 1 to 65,535
 * @param number counts the messages of the session, from 1
 * @param noted the number up to which the gateway has kept the identifiers: it will never forget
 *     those messages, and a later one with such an identifier is another
 * @param repeated whether the sender says that it may have sent it before (DUP)
 */
public record Delivery(long session, int packetId, long number, long noted, boolean repeated) {}
