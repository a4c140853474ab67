package io.foretell.app.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/** The log of this process, on standard error. */
public final class Logs {
  private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR");

  private Logs() {}

  /** How a line looks. */
  public enum Format {
    /** For a person at a terminal. */
    TEXT,
    /** One JSON object a line; see {@link JsonLines}. */
    JSON;

    /** Reads {@code text} or {@code json}. */
    public static Format parse(String text) {
      return Arrays.stream(values())
          .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(text.trim()))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("must be text or json"));
    }
  }

  /** Reads a level: {@code trace}, {@code debug}, {@code info}, {@code warn}, {@code error}. */
  public static String level(String text) {
    String level = text.trim().toUpperCase(Locale.ROOT);
    if (!LEVELS.contains(level)) {
      throw new IllegalArgumentException("must be trace, debug, info, warn or error");
    }
    return level;
  }

  /**
   * From now on the log looks so. What a thread did not catch becomes a line of it, too, which the
   * platform would print as it likes.
   *
   * @param level the lowest that is written
   */
  public static void configure(Format format, String level) {
    Logger root = root();
    root.setLevel(Level.valueOf(level));
    if (format == Format.JSON) {
      for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
        if (all.next() instanceof ConsoleAppender<ILoggingEvent> console) {
          writeJson(console, root.getLoggerContext());
        }
      }
    }
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> root.error("{} has ended", thread.getName(), failure));
  }

  private static void writeJson(ConsoleAppender<ILoggingEvent> console, LoggerContext context) {
    JsonLines encoder = new JsonLines();
    encoder.setContext(context);
    encoder.start();
    console.setEncoder(encoder);
  }

  /** Whether lines are JSON. */
  public static boolean json() {
    for (Iterator<Appender<ILoggingEvent>> all = root().iteratorForAppenders(); all.hasNext(); ) {
      if (all.next() instanceof ConsoleAppender<ILoggingEvent> console
          && console.getEncoder() instanceof JsonLines) {
        return true;
      }
    }
    return false;
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }
}
