package io.foretell.diagnostics.obdb;

import java.util.Map;

/**
 * One signal of an OBDb signal set. Value = raw × mul ÷ div + add, held within {@code min} and
 * {@code max}.
 *
 * @param id its name
 * @param from first bit, counted from the highest of the first byte after what was asked for
 * @param bits 1–64
 * @param lowestFirst whether the lowest byte comes first
 * @param signed whether it is a two's complement number
 * @param scaling raw to value
 * @param states raw value to its name, where it is one of a few; {@code enumerated} then holds
 * @param enumerated whether its values are states
 */
public record ObdbSignal(
    String id,
    int from,
    int bits,
    boolean lowestFirst,
    boolean signed,
    Scaling scaling,
    Map<Long, String> states,
    boolean enumerated) {
  private static final double CLOSE = 1e-9;

  /** Copies the states. */
  public ObdbSignal {
    states = Map.copyOf(states);
  }

  /**
   * How a raw number becomes a value.
   *
   * @param min 0 where the set gives none
   * @param max {@link Double#MAX_VALUE} where the set gives none
   * @param nullMin no value from there down; negative infinity: any
   * @param nullMax no value from there up; positive infinity: any
   */
  public record Scaling(
      double mul, double div, double add, double min, double max, double nullMin, double nullMax) {}

  /** Whether data has it. */
  public boolean in(byte[] data) {
    return from >= 0 && bits >= 1 && bits <= Long.SIZE && (long) from + bits <= data.length * 8L;
  }

  /** Its raw value; the data has it. */
  public long raw(byte[] data) {
    long raw = 0;
    for (int i = from; i < from + bits; i++) {
      raw = raw << 1 | data[i >> 3] >> 7 - (i & 7) & 1;
    }
    if (lowestFirst) {
      raw = Long.reverseBytes(raw) >>> Long.SIZE - (bits + 7) / 8 * 8;
    }
    return signed ? raw << Long.SIZE - bits >> Long.SIZE - bits : raw;
  }

  /** What a raw value stands for; NaN where it is no value. */
  public double value(long raw) {
    double value = held(scaled(raw));
    boolean none = value <= scaling.nullMin() || value >= scaling.nullMax();
    return none || Double.isInfinite(value) ? Double.NaN : value;
  }

  /**
   * Some sets give {@code add} before scaling, some after: the one that gives {@code min} for a raw
   * value of 0 is meant.
   */
  private double scaled(long raw) {
    double times = scaling.mul() / scaling.div();
    double add = scaling.add();
    double min = scaling.min();
    boolean before = Math.abs(add - min) > CLOSE && Math.abs(add * times - min) < CLOSE;
    return before ? (raw + add) * times : raw * times + add;
  }

  /** A range that leaves no room ({@code max} 0, no {@code min}) was never filled in. */
  private double held(double value) {
    return scaling.max() <= scaling.min()
        ? value
        : Math.max(scaling.min(), Math.min(value, scaling.max()));
  }
}
