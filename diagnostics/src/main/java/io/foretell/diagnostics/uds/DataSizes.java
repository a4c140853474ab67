package io.foretell.diagnostics.uds;

import java.util.Map;

/**
 * How long the data is whose length the answer itself does not say.
 *
 * @param dids data identifier to bytes
 * @param extended bytes of an extended data record; 0: one record takes the rest of the answer
 */
public record DataSizes(Map<Integer, Integer> dids, int extended) {
  /** Nothing is known: the first record takes all that is left. */
  public static final DataSizes UNKNOWN = new DataSizes(Map.of(), 0);

  /** Copies the sizes. */
  public DataSizes {
    dids = Map.copyOf(dids);
  }
}
