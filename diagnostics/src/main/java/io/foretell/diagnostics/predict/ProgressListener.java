package io.foretell.diagnostics.predict;

/** Hears how far a long computation is. Called from several threads, one at a time. */
@FunctionalInterface
public interface ProgressListener {
  /**
   * @param step what is done now: {@code features}, {@code fold 2 of 5}, …
   * @param done from 0 to {@code total}
   */
  void progress(String step, int done, int total);
}
