package io.foretell.proto;

import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Hosts lanes, stages and sinks. A stage's state, its durable outputs and its offset commit
 * together, once. Stages and sinks are set up before {@link #start}.
 */
public interface Engine extends Part {
  /** The lane of a durable topic; the same object each time. */
  <T> Lane<T> lane(Topic<T> topic);

  /**
   * Hosts a stage under a name that is its identity on disk.
   *
   * @param from a durable topic
   */
  <S, I> void host(String name, Topic<I> from, Stage<S, I> stage);

  /**
   * Attaches a sink under a name that is its identity on disk. On a durable topic it has an offset
   * of its own; on a pass topic it is served within the pass of the stage that emits.
   */
  <I> void attach(String name, Topic<I> from, Sink<I> sink);

  /** The committed state of a hosted stage for a device, decoded afresh: a copy to read. */
  <S> Optional<S> state(String name, DeviceId key, Class<S> type);

  /** Walks through the committed states of a hosted stage, in the order of the keys. */
  <S> void eachState(String name, Class<S> type, BiConsumer<DeviceId, S> visitor);

  /**
   * Runs a stage over what a lane still keeps, from its initial state, without touching what is
   * hosted: what would have been found.
   *
   * @param out gets every output, with the time ticks where they fall
   * @return how many entries were read
   */
  <S, I> long replay(Topic<I> from, Stage<S, I> stage, Emit out);

  /** Entries of a topic that a hosted stage or attached sink has not finished yet. */
  long lag(String name);
}
