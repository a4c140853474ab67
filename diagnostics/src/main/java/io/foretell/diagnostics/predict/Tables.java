package io.foretell.diagnostics.predict;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Reads run-to-failure tables from text: the C-MAPSS format, and CSV. A file whose name ends in
 * {@code .gz} is unpacked. A line that cannot be read is an {@link InvalidInputException} with its
 * number.
 */
public final class Tables {
  /** Columns of a C-MAPSS file: unit, cycle, 3 settings, 21 sensors. */
  private static final int CMAPSS_COLUMNS = 26;

  /** {@code engine.setting.1} … {@code engine.setting.3}. */
  public static final List<String> CMAPSS_SETTINGS =
      IntStream.rangeClosed(1, 3).mapToObj(i -> "engine.setting." + i).toList();

  /** {@code engine.s1} … {@code engine.s21}, in the order of the data set's description. */
  public static final List<String> CMAPSS_SENSORS =
      IntStream.rangeClosed(1, 21).mapToObj(i -> "engine.s" + i).toList();

  private Tables() {}

  /**
   * How a CSV file names things. The first line has the column names.
   *
   * @param unit the column of the unit's id
   * @param cycle the column of the cycle's number; rows are put in its order
   * @param signals column to signal name, in the order in which the table shall have them
   * @param separator {@code ','} or {@code ';'}
   */
  public record CsvMapping(
      String unit, String cycle, Map<String, String> signals, char separator) {}

  /**
   * A C-MAPSS file (Saxena, Goebel, Simon, Eklund: Damage Propagation Modeling for Aircraft Engine
   * Run-to-Failure Simulation, PHM 2008).
   */
  public static RunToFailure cmapss(Path file) throws IOException {
    List<String> names = Stream.concat(CMAPSS_SETTINGS.stream(), CMAPSS_SENSORS.stream()).toList();
    Rows rows = new Rows();
    try (BufferedReader in = open(file)) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (!line.isBlank()) {
          String[] cells = line.trim().split("\\s+");
          if (cells.length != CMAPSS_COLUMNS) {
            throw bad(number, cells.length + " columns instead of " + CMAPSS_COLUMNS);
          }
          double[] values = new double[names.size()];
          for (int i = 0; i < values.length; i++) {
            values[i] = figure(cells[i + 2], number);
          }
          rows.add(cells[0], figure(cells[1], number), values);
        }
      }
    }
    return rows.table(names);
  }

  /** The remaining lives that belong to a C-MAPSS test file: one a line. */
  public static List<Integer> remainingLives(Path file) throws IOException {
    List<Integer> lives = new ArrayList<>();
    try (BufferedReader in = open(file)) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (!line.isBlank()) {
          lives.add((int) figure(line.trim(), number));
        }
      }
    }
    return lives;
  }

  /** A CSV file with a header; an empty cell is a missing value. */
  public static RunToFailure csv(Path file, CsvMapping mapping) throws IOException {
    Rows rows = new Rows();
    String separator = Pattern.quote(String.valueOf(mapping.separator()));
    try (BufferedReader in = open(file)) {
      String header = in.readLine();
      if (header == null) {
        throw bad(1, "no header");
      }
      List<String> columns = Stream.of(header.split(separator, -1)).map(String::trim).toList();
      int unit = place(columns, mapping.unit());
      int cycle = place(columns, mapping.cycle());
      int[] places = mapping.signals().keySet().stream().mapToInt(c -> place(columns, c)).toArray();
      int number = 1;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (!line.isBlank()) {
          String[] cells = line.split(separator, -1);
          if (cells.length != columns.size()) {
            throw bad(number, cells.length + " columns instead of " + columns.size());
          }
          rows.add(cells[unit].trim(), figure(cells[cycle], number), values(cells, places, number));
        }
      }
    }
    return rows.table(List.copyOf(mapping.signals().values()));
  }

  private static double[] values(String[] cells, int[] places, int number) {
    double[] values = new double[places.length];
    for (int i = 0; i < places.length; i++) {
      String cell = cells[places[i]].trim();
      values[i] = cell.isEmpty() ? Double.NaN : figure(cell, number);
    }
    return values;
  }

  private static int place(List<String> columns, String name) {
    int place = columns.indexOf(name);
    if (place < 0) {
      throw bad(1, "no column '" + name + "'");
    }
    return place;
  }

  private static double figure(String cell, int line) {
    try {
      return Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      throw bad(line, "'" + cell + "' is no number");
    }
  }

  private static InvalidInputException bad(int line, String what) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, "line " + line + ": " + what);
  }

  private static BufferedReader open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
    return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
  }

  /** Rows as they come, gathered by unit. */
  private static final class Rows {
    private final Map<String, List<Row>> units = new LinkedHashMap<>();

    private record Row(double cycle, double[] values) {}

    void add(String unit, double cycle, double[] values) {
      units.computeIfAbsent(unit, u -> new ArrayList<>()).add(new Row(cycle, values));
    }

    RunToFailure table(List<String> names) {
      List<RunToFailure.Unit> table = new ArrayList<>();
      units.forEach(
          (id, rows) -> {
            rows.sort(Comparator.comparingDouble(Row::cycle));
            double[][] cycles = rows.stream().map(Row::values).toArray(double[][]::new);
            table.add(new RunToFailure.Unit(id, cycles, 0));
          });
      return new RunToFailure(names, table);
    }
  }
}
