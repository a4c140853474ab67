package io.foretell.ingest.engine;

/**
 * A new engine's place that is filled with what another one has. No server can start on it before
 * {@link #finish}.
 */
public interface Filling extends Placing, AutoCloseable {
  /** Returns when all that was given is durable; gives it to be read. The caller closes it. */
  Resting filled();

  /** From here on it is an engine's place as any other. */
  void finish();

  @Override
  void close();
}
