package io.foretell.bench;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * One line of the table: a figure and what it is to reach.
 *
 * @param what what was measured
 * @param reach what it is to reach; empty where nothing was promised
 * @param atMost whether less is better
 * @param measured the median
 * @param unit of the figure; empty for a ratio
 * @param how in a few words: against what, spread, how many rounds
 */
record Row(
    String what, OptionalDouble reach, boolean atMost, double measured, String unit, String how) {
  /** A figure that must not be greater. */
  static Row atMost(String what, double reach, double measured, String unit, String how) {
    return new Row(what, OptionalDouble.of(reach), true, measured, unit, how);
  }

  /** A figure that must not be less. */
  static Row atLeast(String what, double reach, double measured, String unit, String how) {
    return new Row(what, OptionalDouble.of(reach), false, measured, unit, how);
  }

  /** A figure to know. */
  static Row plain(String what, double measured, String unit, String how) {
    return new Row(what, OptionalDouble.empty(), true, measured, unit, how);
  }

  /** Whether it is reached; true where nothing was promised. */
  boolean reached() {
    return reach.isEmpty()
        || (atMost ? measured <= reach.getAsDouble() : measured >= reach.getAsDouble());
  }

  private String goal() {
    return reach.isEmpty() ? "" : (atMost ? "≤ " : "≥ ") + number(reach.getAsDouble()) + withUnit();
  }

  private String withUnit() {
    return unit.isEmpty() ? "" : " " + unit;
  }

  private String verdict() {
    return reach.isEmpty() ? "" : reached() ? "yes" : "no";
  }

  /** The rows as a Markdown table. */
  static String table(List<Row> rows) {
    StringBuilder text = new StringBuilder("| what | reach | measured | reached | how |\n");
    text.append("|---|---|---|---|---|\n");
    for (Row row : rows) {
      text.append("| ").append(row.what).append(" | ").append(row.goal()).append(" | ");
      text.append(number(row.measured)).append(row.withUnit()).append(" | ");
      text.append(row.verdict()).append(" | ").append(row.how).append(" |\n");
    }
    return text.toString();
  }

  /** The row as an object of JSON. */
  String json() {
    return "{\"what\":\"%s\",\"reach\":%s,\"measured\":%s,\"unit\":\"%s\",\"reached\":%s,\"how\":\"%s\"}"
        .formatted(
            what,
            reach.isEmpty() ? "null" : String.valueOf(reach.getAsDouble()),
            String.format(Locale.ROOT, "%.4f", measured),
            unit,
            reached(),
            how);
  }

  /** A number with three digits that matter, thousands set apart. */
  static String number(double value) {
    double size = Math.abs(value);
    if (size >= 1000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }
}
