package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** Rows for a person to read: columns as wide as their widest value. */
final class Table {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
  private static final int WIDEST = 60;

  private final List<String> head;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... head) {
    this.head = List.of(head);
  }

  void row(String... values) {
    rows.add(List.of(values));
  }

  void print(PrintWriter out, String whenEmpty) {
    print(out, "", whenEmpty);
  }

  void print(PrintWriter out, String indent, String whenEmpty) {
    if (rows.isEmpty()) {
      out.println(whenEmpty);
      return;
    }
    int[] width = new int[head.size()];
    widen(width, head);
    rows.forEach(row -> widen(width, row));
    line(out, indent, width, head);
    rows.forEach(row -> line(out, indent, width, row));
  }

  private static void widen(int[] width, List<String> row) {
    for (int i = 0; i < row.size(); i++) {
      width[i] = Math.max(width[i], Math.min(WIDEST, row.get(i).length()));
    }
  }

  private static void line(PrintWriter out, String indent, int[] width, List<String> row) {
    StringBuilder line = new StringBuilder(indent);
    for (int i = 0; i < row.size(); i++) {
      String value = row.get(i);
      if (value.length() > WIDEST) {
        value = value.substring(0, WIDEST - 1) + "…";
      }
      line.append(value);
      if (i < row.size() - 1) {
        line.append(" ".repeat(width[i] - value.length() + 2));
      }
    }
    out.println(line.toString().stripTrailing());
  }

  /** A moment in local time; a dash where there is none. */
  static String time(JsonNode millis) {
    return millis.canConvertToLong() && millis.asLong() > 0
        ? TIME.format(Instant.ofEpochMilli(millis.asLong()))
        : "-";
  }

  /** A text; a dash where there is none. */
  static String text(JsonNode value) {
    return value.isMissingNode() || value.isNull() || value.asText().isEmpty()
        ? "-"
        : value.asText();
  }
}
