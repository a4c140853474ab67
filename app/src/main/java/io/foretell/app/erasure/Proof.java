package io.foretell.app.erasure;

import java.util.Map;
import java.util.TreeMap;

/**
 * That something was erased, without saying of whom.
 *
 * @param id of the erasure
 * @param tenant whose device it was
 * @param begunAt ms since 1970
 * @param endedAt ms since 1970; 0 while it is under way or was cut off
 * @param by who wanted it
 * @param counts how much of each kind: entries of lanes, states, samples, rows of tables
 * @param subject SHA-256 of the receipt, a line feed, and {@code device@tenant}; hex. Only who has
 *     the receipt can tell whom it was about
 * @param digest SHA-256 over the digest of the proof before and all of this; hex. So none can be
 *     taken out or changed unseen
 */
public record Proof(
    String id,
    String tenant,
    long begunAt,
    long endedAt,
    String by,
    Map<String, Long> counts,
    String subject,
    String digest) {
  /** Copies the counts, in the order of their names. */
  public Proof {
    counts = java.util.Collections.unmodifiableMap(new TreeMap<>(counts));
  }

  /** What the digest is made over, behind the digest before. */
  String text() {
    return String.join(
        "\n", id, tenant, Long.toString(begunAt), Long.toString(endedAt), by, counts + "", subject);
  }
}
