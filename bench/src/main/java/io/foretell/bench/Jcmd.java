package io.foretell.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The JDK's jcmd on another JVM. */
final class Jcmd {
  private static final Pattern TOTAL = Pattern.compile("(?:generation|heap)\\s+total (\\d+)K");

  private Jcmd() {}

  /** Runs a command and gives what it prints. */
  static String run(long pid, String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    command.add(String.valueOf(pid));
    command.addAll(List.of(words));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + ": " + said);
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Bytes of all living objects, after a full collection, in KiB. */
  static double liveHeapKib(long pid) {
    String total =
        run(pid, "GC.class_histogram")
            .lines()
            .filter(line -> line.startsWith("Total"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(total.trim().split("\\s+")[2]) / 1024.0;
  }

  /** What the heap's generations have taken of the system's memory, KiB. */
  static double committedHeapKib(long pid) {
    Matcher total = TOTAL.matcher(run(pid, "GC.heap_info"));
    long sum = 0;
    while (total.find()) {
      sum += Long.parseLong(total.group(1));
    }
    return sum;
  }
}
