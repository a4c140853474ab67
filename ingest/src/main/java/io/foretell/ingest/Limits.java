package io.foretell.ingest;

/**
 * How much one message may say.
 *
 * @param clockSkewMillis how far an event may lie ahead of its receipt
 * @param samples the most samples in a message
 * @param series the most signals in a message
 * @param frames the most raw frames in a message
 * @param codes the most fault codes in a message
 * @param entries the most entries of a freeze frame, a proof or a software list
 * @param textLength the most characters of a text
 * @param jsonDepth how deep JSON may nest
 */
public record Limits(
    long clockSkewMillis,
    int samples,
    int series,
    int frames,
    int codes,
    int entries,
    int textLength,
    int jsonDepth) {
  /** What holds unless it is configured: five minutes ahead, 100,000 samples. */
  public static final Limits DEFAULT =
      new Limits(300_000, 100_000, 4_096, 100_000, 2_048, 256, 4_096, 32);

  /** The same with another clock skew. */
  public Limits withClockSkewMillis(long millis) {
    return new Limits(millis, samples, series, frames, codes, entries, textLength, jsonDepth);
  }
}
