package io.foretell.proto;

import java.util.Optional;

/**
 * A named stream of values, keyed by device.
 *
 * @param name lower case; the lane's name on disk and on Kafka
 * @param codec present where the topic is a durable lane; empty where its values live only within
 *     the pass of a stage and go straight to sinks
 */
public record Topic<T>(String name, Optional<Codec<T>> codec) {
  /** A durable lane. */
  public static <T> Topic<T> lane(String name, Codec<T> codec) {
    return new Topic<>(name, Optional.of(codec));
  }

  /** Values that a stage hands to sinks and that are not kept. */
  public static <T> Topic<T> pass(String name) {
    return new Topic<>(name, Optional.empty());
  }

  /** Whether the topic is a durable lane. */
  public boolean durable() {
    return codec.isPresent();
  }
}
