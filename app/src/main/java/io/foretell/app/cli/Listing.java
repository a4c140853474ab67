package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.function.BiConsumer;

/** Prints what the API answered: JSON for programs, a table for people. */
final class Listing {
  private Listing() {}

  /** The items of a page. */
  static void items(
      PrintWriter out,
      boolean json,
      JsonNode page,
      Table table,
      String whenEmpty,
      BiConsumer<Table, JsonNode> row) {
    if (json) {
      page.path("items").forEach(item -> out.println(item));
    } else {
      page.path("items").forEach(item -> row.accept(table, item));
      table.print(out, whenEmpty);
      if (page.hasNonNull("next")) {
        out.println("… more: --after " + page.path("next").asText());
      }
    }
    out.flush();
  }

  /** One thing. */
  static void one(PrintWriter out, boolean json, JsonNode thing) {
    if (json) {
      out.println(thing);
    } else {
      new Sheet(out).print(thing);
    }
    out.flush();
  }
}
