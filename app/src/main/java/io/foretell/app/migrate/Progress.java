package io.foretell.app.migrate;

/** Hears how far a migration is. */
@FunctionalInterface
public interface Progress {
  /**
   * So many rows of a kind were moved.
   *
   * @param step {@code move}, {@code verify} or {@code count}
   * @param done no more of this kind come
   */
  void at(String step, String kind, long rows, boolean done);
}
