package io.foretell.ingest.engine;

import io.foretell.proto.DeviceId;

/** What takes another engine's entries, states and offsets, and gives the entries places anew. */
public interface Placing {
  /** How many partitions each lane has. */
  int partitions();

  /**
   * Begins a partition.
   *
   * @param before how many entries it was given before the first that comes now
   * @return the offset that its first entry will have
   */
  long begin(String lane, int partition, long before);

  /**
   * Adds an entry to a partition that was begun; its offset is given anew.
   *
   * @return its offset
   */
  long append(String lane, int partition, Kept entry);

  /**
   * Ends a partition.
   *
   * @param erased how many entries were among those that came, which are known by their number
   *     alone: so what it was ever given is counted as before
   * @return where who has had all of it goes on
   */
  long end(String lane, int partition, long erased);

  /**
   * Keeps the state of a device.
   *
   * @param from the lane that the stage reads
   * @param record as {@link Held} has it, with offsets as {@link #append} gave them
   */
  void state(String stage, String from, DeviceId key, byte[] record);

  /**
   * Sets from where a stage goes on.
   *
   * @param offset as {@link #append} gave them
   */
  void stageOffset(String stage, String from, int partition, long offset);

  /** Sets from where a sink goes on. */
  void sinkOffset(String sink, String from, int partition, long offset);
}
