package io.foretell.proto;

/**
 * One value of a device, with its place.
 *
 * @param position of the durable entry; a value that a stage made while it folded an entry has that
 *     entry's position
 * @param ordinal 0 for a durable entry; otherwise the how-manyth value of the fold step, from 0. So
 *     (position, ordinal) is the idempotency key of an effect, also after a replay
 * @param key the device
 * @param at when it was appended or, for a value made in a fold, when its cause was; ms since 1970
 * @param value the value
 */
public record Entry<T>(Position position, int ordinal, DeviceId key, long at, T value) {}
