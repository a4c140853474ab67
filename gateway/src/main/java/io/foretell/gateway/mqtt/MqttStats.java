package io.foretell.gateway.mqtt;

/**
 * What the listener has seen since its start.
 *
 * @param connections open now, greeted or not
 * @param greeted CONNECTs that were answered with success
 * @param refused CONNECTs that were answered with a refusal
 * @param overLimit connections closed at once since there were too many
 * @param violations connections closed for a packet that breaks the protocol
 * @param takenOver connections closed because the same device came again with the same client id
 * @param unstored connections closed because a message could not be made durable
 */
public record MqttStats(
    long connections,
    long greeted,
    long refused,
    long overLimit,
    long violations,
    long takenOver,
    long unstored) {}
