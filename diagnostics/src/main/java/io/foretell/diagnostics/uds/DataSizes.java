package io.foretell.diagnostics.uds;

import java.util.Map;

/**
 * How long the data is whose length the answer itself does not say.
 *
 * @param dids data identifier to bytes
 * @param extended bytes of an extended data record; 0: one record takes the rest of the answer
 * @param extendedByNumber bytes of single extended data records, by their number
 */
public record DataSizes(
    Map<Integer, Integer> dids, int extended, Map<Integer, Integer> extendedByNumber) {
  /** Nothing is known: the first record takes all that is left. */
  public static final DataSizes UNKNOWN = new DataSizes(Map.of(), 0);

  /** Copies the sizes. */
  public DataSizes {
    dids = Map.copyOf(dids);
    extendedByNumber = Map.copyOf(extendedByNumber);
  }

  /** All extended data records have the same size. */
  public DataSizes(Map<Integer, Integer> dids, int extended) {
    this(dids, extended, Map.of());
  }

  /** The bytes of an extended data record, of {@code left} that there are. */
  int ofExtended(int record, int left) {
    int size = extendedByNumber.getOrDefault(record, extended);
    return size == 0 ? left : size;
  }
}
