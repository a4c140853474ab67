package io.foretell.proto;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * An idempotent effect outside. It gets every value at least once, those of one device in order;
 * (position, ordinal) tells a repetition.
 */
public interface Sink<I> {
  /**
   * Takes a batch.
   *
   * @return completes when the effect is safe; where it fails, the same batch comes again, later
   */
  CompletionStage<?> write(List<Entry<I>> batch);
}
