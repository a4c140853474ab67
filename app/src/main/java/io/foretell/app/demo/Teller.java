package io.foretell.app.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** Tells the story on a terminal: a line for what happened, and one that shows how far it is. */
final class Teller {
  private static final int WIDTH = 24;

  private final PrintWriter out;
  private final long start;
  private final boolean terminal;
  private int shown;

  /**
   * @param terminal whether a line can be written over
   */
  Teller(PrintWriter out, long startNanos, boolean terminal) {
    this.out = out;
    this.start = startNanos;
    this.terminal = terminal;
  }

  /** A chapter. */
  synchronized void chapter(String text) {
    wipe();
    out.println();
    out.println("── " + text);
    out.flush();
  }

  /** Something happened. */
  synchronized void event(String mark, String text) {
    wipe();
    out.printf("  %s  %s %s%n", at(), mark, text);
    out.flush();
  }

  /** How far it is; overwritten by whatever comes next. */
  synchronized void progress(String text, long done, long total) {
    if (!terminal) {
      return;
    }
    int filled = total == 0 ? 0 : (int) Math.min(WIDTH, WIDTH * done / total);
    String line =
        String.format(
            Locale.ROOT,
            "  %s  [%s%s] %s",
            at(),
            "█".repeat(filled),
            "·".repeat(WIDTH - filled),
            text);
    wipe();
    out.print(line);
    out.flush();
    shown = line.length();
  }

  private void wipe() {
    if (shown > 0) {
      out.print("\r" + " ".repeat(shown) + "\r");
      shown = 0;
    }
  }

  private String at() {
    Duration since = Duration.ofNanos(System.nanoTime() - start);
    return String.format(Locale.ROOT, "%3d.%d s", since.toSeconds(), since.toMillisPart() / 100);
  }
}
