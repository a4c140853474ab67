package io.foretell.agent.recording;

import io.foretell.agent.Message;
import io.foretell.agent.Numbering;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.Series;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Engines of the C-MAPSS data set (26 columns: unit, cycle, 3 settings, 21 sensors), one report for
 * some cycles.
 *
 * <p>Signals are named {@code engine.setting.1}–{@code 3} and {@code engine.s1}–{@code s21}. A
 * cycle takes a fixed event time; the last cycle of each engine is at a moment of the caller's
 * choice.
 */
public final class TurbofanRecording {
  private static final int COLUMNS = 26;

  private TurbofanRecording() {}

  /**
   * Reads the rows of each unit, in the order of their cycles.
   *
   * @throws InvalidInputException at the first line that is no row, with its number
   */
  public static Map<Integer, List<double[]>> read(BufferedReader lines) throws IOException {
    Map<Integer, List<double[]>> units = new TreeMap<>();
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      double[] row = row(line, number);
      List<double[]> rows = units.computeIfAbsent((int) row[0], unit -> new ArrayList<>());
      boolean follows = rows.isEmpty() || row[1] == rows.get(rows.size() - 1)[1] + 1;
      if (row[0] != (int) row[0] || !follows) {
        throw new InvalidInputException(
            ReasonCode.WRONG_SHAPE, "line " + number + " is not the next cycle of its unit");
      }
      rows.add(row);
    }
    return units;
  }

  private static double[] row(String line, int number) {
    String[] part = line.trim().split("\\s+");
    double[] row = new double[COLUMNS];
    if (part.length != COLUMNS) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "line " + number + " has " + part.length + " columns, not 26");
    }
    try {
      for (int i = 0; i < COLUMNS; i++) {
        row[i] = Double.parseDouble(part[i]);
      }
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "line " + number + ": " + e.getMessage());
    }
    return row;
  }

  /** The name of a column, 2 for the first setting. */
  public static String signal(int column) {
    return column < 5 ? "engine.setting." + (column - 1) : "engine.s" + (column - 4);
  }

  /**
   * The messages that a gateway sends for one engine.
   *
   * @param child the engine's device name
   * @param cycleMillis event time of a cycle
   * @param perMessage cycles in a message
   * @param endAt event time of the last cycle
   */
  public static List<Message> messages(
      String child,
      List<double[]> rows,
      long cycleMillis,
      int perMessage,
      long endAt,
      Numbering numbering) {
    if (perMessage < 1 || cycleMillis < 1 || cycleMillis > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("cycles of 1 ms to 24 days, 1 or more in a message");
    }
    List<Message> messages = new ArrayList<>();
    long start = endAt - (rows.size() - 1) * cycleMillis;
    for (int from = 0; from < rows.size(); from += perMessage) {
      List<double[]> part = rows.subList(from, Math.min(rows.size(), from + perMessage));
      Report.Builder report =
          Report.newBuilder().setOrigin(numbering.next()).setBaseTime(start + from * cycleMillis);
      for (int column = 2; column < COLUMNS; column++) {
        report.addSeries(series(column, part, cycleMillis));
      }
      messages.add(Message.child(child, "telemetry", report.build()));
    }
    return messages;
  }

  private static Series series(int column, List<double[]> rows, long cycleMillis) {
    Series.Builder series =
        Series.newBuilder().setSignal(signal(column)).setPeriod((int) cycleMillis);
    for (double[] row : rows) {
      series.addValue(row[column]);
    }
    return series.build();
  }

  /** All engines' messages in turn, so that the whole fleet ages together. */
  public static List<List<Message>> fleet(
      Map<Integer, List<double[]>> units,
      IntFunction<String> names,
      long cycleMillis,
      int perMessage,
      long endAt,
      long bootId) {
    List<List<Message>> fleet = new ArrayList<>();
    units.forEach(
        (unit, rows) ->
            fleet.add(
                messages(
                    names.apply(unit),
                    rows,
                    cycleMillis,
                    perMessage,
                    endAt,
                    new Numbering(bootId))));
    return fleet;
  }
}
