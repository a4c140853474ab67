package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One thing for a person to read: a line a field, lists below them, lists of equal things as a
 * table. What is empty is left out.
 */
final class Sheet {
  private static final long FIRST_MOMENT = 1_000_000_000_000L;
  private static final long LAST_MOMENT = 4_000_000_000_000L;
  private static final String STEP = "  ";

  private final PrintWriter out;

  Sheet(PrintWriter out) {
    this.out = out;
  }

  void print(JsonNode thing) {
    print(thing, "");
  }

  private void print(JsonNode thing, String indent) {
    int width = 0;
    for (Map.Entry<String, JsonNode> field : thing.properties()) {
      if (field.getValue().isValueNode()) {
        width = Math.max(width, label(field.getKey()).length());
      }
    }
    for (Map.Entry<String, JsonNode> field : thing.properties()) {
      JsonNode value = field.getValue();
      String label = label(field.getKey());
      if (empty(value)) {
        continue;
      }
      if (value.isValueNode()) {
        out.println(indent + label + " ".repeat(width - label.length() + 2) + scalar(value));
      } else {
        out.println(indent + label);
        below(value, indent + STEP);
      }
    }
  }

  private void below(JsonNode value, String indent) {
    if (value.isObject()) {
      print(value, indent);
    } else if (rows(value)) {
      table(value, indent);
    } else {
      for (JsonNode item : value) {
        if (item.isValueNode()) {
          out.println(indent + "- " + scalar(item));
        } else {
          below(item, indent);
          out.println();
        }
      }
    }
  }

  private void table(JsonNode items, String indent) {
    Set<String> names = new LinkedHashSet<>();
    for (JsonNode item : items) {
      item.properties().stream()
          .filter(field -> !empty(field.getValue()))
          .forEach(field -> names.add(field.getKey()));
    }
    List<String> head = new ArrayList<>();
    names.forEach(name -> head.add(label(name).toUpperCase(Locale.ROOT)));
    Table table = new Table(head.toArray(String[]::new));
    for (JsonNode item : items) {
      table.row(
          names.stream()
              .map(name -> empty(item.path(name)) ? "-" : scalar(item.path(name)))
              .toArray(String[]::new));
    }
    table.print(out, indent, "");
  }

  /** Whether each item is an object without anything nested. */
  private static boolean rows(JsonNode items) {
    for (JsonNode item : items) {
      if (!item.isObject()) {
        return false;
      }
      for (JsonNode value : item) {
        if (!value.isValueNode() && !empty(value)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean empty(JsonNode value) {
    return value.isMissingNode()
        || value.isNull()
        || (value.isContainerNode() && value.isEmpty())
        || (value.isTextual() && value.textValue().isEmpty());
  }

  private static String scalar(JsonNode value) {
    boolean moment =
        value.isIntegralNumber() && value.asLong() > FIRST_MOMENT && value.asLong() < LAST_MOMENT;
    if (moment) {
      return Table.time(value);
    }
    return value.isBoolean() ? (value.booleanValue() ? "yes" : "no") : value.asText();
  }

  /** {@code firstCheck} as {@code first check}. */
  private static String label(String name) {
    return name.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
  }
}
