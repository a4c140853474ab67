package io.foretell.ingest.engine;

import io.foretell.proto.DeviceId;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * An engine's lanes, states and offsets at rest: nothing runs on them, so all can be read whole and
 * belongs together.
 */
public interface Resting extends AutoCloseable {
  /** How many partitions each lane has. */
  int partitions();

  /** How many entries a partition was given before the first that it keeps. */
  long before(String lane, int partition);

  /**
   * Gives what a partition keeps, in order; nothing where the lane was never used.
   *
   * @return how many entries were erased from among those that it keeps
   */
  long entries(String lane, int partition, Consumer<Kept> to);

  /** The offset from which a stage or sink goes on; empty where it never took anything. */
  OptionalLong offset(String reader, String lane, int partition);

  /** Gives the record of each device of a stage, as {@link Held} has it, in any order, once. */
  void states(String stage, BiConsumer<DeviceId, byte[]> to);

  /**
   * Refuses where something was written since it was opened.
   *
   * @throws RuntimeException of the engine's own kind, with what to do
   */
  void requireUnchanged();

  @Override
  void close();
}
