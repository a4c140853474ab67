package io.foretell.diagnostics.predict;

import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Recorded lives of units of one kind, cycle by cycle.
 *
 * @param signals the names of the columns
 * @param units at least one
 */
public record RunToFailure(List<String> signals, List<Unit> units) {
  /** Refuses a table without units or with ragged rows ({@link InvalidInputException}). */
  public RunToFailure {
    signals = List.copyOf(signals);
    units = List.copyOf(units);
    if (units.isEmpty()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a table without units");
    }
    for (Unit unit : units) {
      for (double[] row : unit.cycles()) {
        if (row.length != signals.size()) {
          throw new InvalidInputException(
              ReasonCode.WRONG_SHAPE,
              "unit " + unit.id() + ": " + row.length + " columns of " + signals.size());
        }
      }
    }
  }

  /**
   * The life of one unit.
   *
   * @param cycles cycle by signal, from the first cycle on; NaN where a value is missing
   * @param remaining cycles that were left after the last one; 0 where it ran to failure
   */
  public record Unit(String id, double[][] cycles, int remaining) {
    /** Remaining life after a cycle, counted from 0. */
    int remainingAfter(int cycle) {
      return cycles.length - 1 - cycle + remaining;
    }
  }

  /** This table with the remaining life of each unit, in the order of the units. */
  public RunToFailure withRemaining(List<Integer> remaining) {
    if (remaining.size() != units.size()) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE,
          remaining.size() + " remaining lives for " + units.size() + " units");
    }
    List<Unit> known = new ArrayList<>();
    for (int u = 0; u < units.size(); u++) {
      known.add(new Unit(units.get(u).id(), units.get(u).cycles(), remaining.get(u)));
    }
    return new RunToFailure(signals, known);
  }

  /** How many cycles in all. */
  public int rows() {
    return units.stream().mapToInt(u -> u.cycles().length).sum();
  }

  /** The place of a signal among the columns. */
  int column(String signal) {
    int column = signals.indexOf(signal);
    if (column < 0) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no column '" + signal + "'");
    }
    return column;
  }

  /** The SHA-256 of names and values, whatever file they came from. */
  public Digest digest() {
    MessageDigest sha = sha256();
    signals.forEach(s -> sha.update((s + "\n").getBytes(StandardCharsets.UTF_8)));
    ByteBuffer row = ByteBuffer.allocate(signals.size() * Double.BYTES);
    for (Unit unit : units) {
      sha.update((unit.id() + "\n" + unit.remaining() + "\n").getBytes(StandardCharsets.UTF_8));
      for (double[] values : unit.cycles()) {
        row.clear();
        row.asDoubleBuffer().put(values);
        sha.update(row.array());
      }
    }
    return new Digest(HexFormat.of().formatHex(sha.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
