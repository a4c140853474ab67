package io.foretell.proto;

/**
 * A pure, deterministic fold, keyed by device. No I/O and no clock: time comes from the entries and
 * from ticks. So it can be replayed over history with another rule or model.
 *
 * <p>The engine owns the state object between calls and calls a stage for one device by one thread
 * at a time; a stage may change the state in place and return it.
 *
 * @param <S> the state of one device
 * @param <I> the values of the topic it reads
 */
public interface Stage<S, I> {
  /** {@link #wakeAt} of a state that waits for nothing. */
  long NEVER = Long.MAX_VALUE;

  /** The state of a device that was never seen. */
  S initial(DeviceId key);

  /** Folds one entry in. */
  S apply(S state, Entry<I> entry, Emit out);

  /**
   * The moment the state waited for has come. Called with exactly {@link #wakeAt}: before the first
   * entry of this device whose {@code at} is not before it, or when the engine's clock passes it,
   * whichever is first. So a replay ticks at the same places.
   */
  S tick(S state, DeviceId key, long at, Emit out);

  /** When the state wants its next tick, ms since 1970 on the entries' clock; {@link #NEVER}. */
  long wakeAt(S state);

  /** How the state is kept. */
  Codec<S> codec();
}
