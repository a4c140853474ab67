package io.foretell.diagnostics.signals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The signals of SAE J1939-71 that the program names by itself, from {@code j1939.tsv}. */
public final class J1939Signals {
  /** Version of the table; it goes up when a name or a scaling changes. */
  public static final int VERSION = 1;

  private J1939Signals() {}

  /** Read once, by the first who asks. */
  private static final class Table {
    static final Map<Integer, List<J1939Signal>> GROUPS = read();
  }

  /** The signals of a parameter group; none where the table has none. */
  public static List<J1939Signal> ofGroup(int group) {
    return Table.GROUPS.getOrDefault(group, List.of());
  }

  /** All of them. */
  public static List<J1939Signal> all() {
    return Table.GROUPS.values().stream().flatMap(List::stream).toList();
  }

  private static Map<Integer, List<J1939Signal>> read() {
    Map<Integer, List<J1939Signal>> groups = new HashMap<>();
    try (InputStream in = J1939Signals.class.getResourceAsStream("j1939.tsv")) {
      if (in == null) {
        throw new IOException("not in the jar: j1939.tsv");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          J1939Signal signal = of(line.split("\t", -1));
          groups.computeIfAbsent(signal.group(), group -> new ArrayList<>()).add(signal);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    groups.replaceAll((group, signals) -> List.copyOf(signals));
    return Map.copyOf(groups);
  }

  private static J1939Signal of(String[] c) {
    return new J1939Signal(
        Integer.parseInt(c[0]),
        Integer.parseInt(c[1]),
        Integer.parseInt(c[2]),
        Integer.parseInt(c[3]),
        Double.parseDouble(c[4]),
        Double.parseDouble(c[5]),
        c[6],
        c[7].equals("-") ? "j1939.spn." + c[0] : c[7]);
  }
}
