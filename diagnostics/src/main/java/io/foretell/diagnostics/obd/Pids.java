package io.foretell.diagnostics.obd;

import io.foretell.diagnostics.trace.Trace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The signals of all PIDs of services 01 and 02, SAE J1979 annex B and J1979-DA. */
final class Pids {
  private static final String CLAUSE = "SAE J1979 annex B, PID %02X";
  private static final List<List<PidSignal>> SIGNALS = read();

  private Pids() {}

  /** The signals of a PID; none where it is unknown. */
  static List<PidSignal> of(int pid) {
    return SIGNALS.get(pid);
  }

  static @Nullable PidSignal primary(int pid) {
    for (PidSignal signal : of(pid)) {
      if (signal.primary()) {
        return signal;
      }
    }
    return null;
  }

  /** What an answer has of a PID's signals. */
  static List<ObdSignal> decode(int pid, byte[] data, int from, Trace trace) {
    List<ObdSignal> signals = new ArrayList<>();
    for (PidSignal signal : of(pid)) {
      if (signal.in(data, from)) {
        ObdSignal value = signal.signal(data, from);
        signals.add(value);
        trace.step(
            from + signal.at(),
            signal.bytes(),
            rule(signal),
            String.format(Locale.ROOT, CLAUSE, pid));
      }
    }
    return signals;
  }

  private static String rule(PidSignal signal) {
    StringBuilder rule = new StringBuilder(signal.id()).append(": ").append(signal.name());
    if (signal.bits() < 8 * signal.bytes()) {
      int high = signal.shift() + signal.bits() - 1;
      rule.append(", bit ").append(high);
      if (signal.bits() > 1) {
        rule.append('–').append(signal.shift());
      }
    }
    if (signal.times() != 1 || signal.over() != 1 || signal.plus() != 0) {
      rule.append(", × ").append(number(signal.times()));
      if (signal.over() != 1) {
        rule.append(" / ").append(number(signal.over()));
      }
      if (signal.plus() != 0) {
        rule.append(signal.plus() < 0 ? " − " : " + ").append(number(Math.abs(signal.plus())));
      }
    }
    return rule.toString();
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static List<List<PidSignal>> read() {
    List<List<PidSignal>> signals = new ArrayList<>();
    for (int pid = 0; pid < 256; pid++) {
      signals.add(new ArrayList<>());
    }
    try (InputStream in = Pids.class.getResourceAsStream("pids.tsv")) {
      if (in == null) {
        throw new IOException("pids.tsv is not in the jar");
      }
      new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .map(line -> line.split("\t", -1))
          .forEach(row -> signals.get(Integer.parseInt(row[0], 16)).add(PidSignal.of(row)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return signals.stream().map(List::copyOf).toList();
  }
}
