package io.foretell.diagnostics.industrial;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The conditions that the standards of this package define, from {@code status.tsv}. Read when
 * first needed.
 */
public final class Texts {
  private Texts() {}

  /** Read once, by the first who asks. */
  private static final class Table {
    static final Map<String, StatusText> ROWS = read();
  }

  /** The condition of a family and code; null where the table has none. */
  public static @Nullable StatusText find(String family, String code) {
    return Table.ROWS.get(family + " " + code);
  }

  /** How many there are. */
  public static int size() {
    return Table.ROWS.size();
  }

  static StatusText get(String family, String code) {
    StatusText text = find(family, code);
    if (text == null) {
      throw new IllegalStateException("not in status.tsv: " + family + " " + code);
    }
    return text;
  }

  static String cut(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  private static Map<String, StatusText> read() {
    Map<String, StatusText> rows = new HashMap<>();
    try (InputStream in = Texts.class.getResourceAsStream("status.tsv")) {
      if (in == null) {
        throw new IOException("not in the jar: status.tsv");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isEmpty() && line.charAt(0) != '#') {
          String[] c = line.split("\t", -1);
          Ne107 signal = c[2].equals("-") ? Ne107.GOOD : Ne107.of(c[2]);
          String check = c.length > 5 ? c[5] : "";
          String chinese = c.length > 6 ? c[6] : "";
          rows.put(c[0] + " " + c[1], new StatusText(c[1], signal, c[3], c[4], check, chinese));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(rows);
  }
}
