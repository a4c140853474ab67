package io.foretell.proto;

/**
 * Where a stage puts what follows from an entry; valid only during the call that it was given to.
 */
public interface Emit {
  /**
   * Hands a value on. To a durable topic: it is appended in the same commit as the stage's state.
   * To a pass topic: the sinks attached to it have it before that commit.
   */
  <T> void to(Topic<T> topic, DeviceId key, T value);
}
