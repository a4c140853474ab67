package io.foretell.proto;

/**
 * Something with a life: made without I/O, then started, asked for its health, closed. Closing what
 * was never started does nothing.
 */
public interface Part extends AutoCloseable {
  /** Opens what it needs; returns when it can serve. */
  void start();

  /** How it is now; cheap, never blocks. */
  Health health();

  @Override
  void close();
}
