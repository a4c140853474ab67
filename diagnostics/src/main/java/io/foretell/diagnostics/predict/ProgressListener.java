package io.foretell.diagnostics.predict;

/** Hears how far a long computation is. Called on the caller's own thread. */
@FunctionalInterface
public interface ProgressListener {
  /**
   * @param step what is done now: {@code scaling}, {@code features}, {@code trees}
   * @param done from 0 to {@code total}
   */
  void progress(String step, int done, int total);
}
