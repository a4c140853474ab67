package io.foretell.diagnostics.codes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/** The tables that ship with the program: lines of tab-separated columns, {@code #} comments. */
final class Tables {
  private Tables() {}

  /** Hands each line's columns to {@code row}. */
  static void read(String name, Consumer<String[]> row) {
    try (BufferedReader lines = open(name)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isEmpty() && line.charAt(0) != '#') {
          row.accept(line.split("\t", -1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("table " + name, e);
    }
  }

  private static BufferedReader open(String name) throws IOException {
    InputStream in = Tables.class.getResourceAsStream(name);
    if (in == null) {
      throw new IOException("not in the jar: " + name);
    }
    return new BufferedReader(
        new InputStreamReader(
            name.endsWith(".gz") ? new GZIPInputStream(in) : in, StandardCharsets.UTF_8));
  }
}
