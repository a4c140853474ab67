package io.foretell.app.migrate;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What was moved, and whether all of it arrived.
 *
 * @param from {@code embedded} or {@code distributed}
 * @param to the other one
 * @param dryRun nothing was written, and what is said is of the source alone
 * @param kinds in the order of their moving
 * @param aside where the embedded stores were put that are not used any more
 */
public record Report(
    String from, String to, boolean dryRun, List<Kind> kinds, Optional<Path> aside) {
  /** Copies the kinds. */
  public Report {
    kinds = List.copyOf(kinds);
  }

  /**
   * One kind of rows.
   *
   * @param name {@code lane.uplink}, {@code states}, {@code records.device}, {@code history}, …
   * @param source rows there, with places as they must be at the target
   * @param target rows read back; 0 in a dry run
   * @param digest of the source's rows, whatever their order: 64 hex digits
   * @param same whether the target has the same rows
   */
  public record Kind(String name, long source, long target, String digest, boolean same) {}

  /** Whether every row of every kind was found at the target. */
  public boolean verified() {
    return !dryRun && kinds.stream().allMatch(Kind::same);
  }
}
