package io.foretell.ingest.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long samples are kept, and in what detail, by class of signal; the first rule that names a
 * signal holds, and a signal that none names is kept as it came, for ever.
 *
 * <pre>
 *   rules  rule {; rule}
 *   rule   [names :] KEEP {, WIDTH for KEEP}    names: by commas, * stands for any characters
 *   KEEP   forever, or a time as 30d            WIDTH: a time
 * </pre>
 *
 * <p>So {@code accel.*: 2d, 10s for 30d; 30d, 1m for 365d} keeps what {@code accel.} begins raw for
 * two days and then a bucket of ten seconds for thirty, all else raw for thirty days and then a
 * bucket of a minute for a year.
 *
 * @param rules in the order in which they are asked
 */
public record Retention(List<Rule> rules) {
  /** What stands for no end. */
  public static final long FOREVER = Long.MAX_VALUE;

  /** All is kept as it came. */
  public static final Retention NONE = new Retention(List.of());

  // A series is aged when a 32nd of its time has passed, so its chunks are not cut all the time.
  private static final int GRAINS = 32;
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
  private static final Pattern LEVEL = Pattern.compile("(\\S+)\\s+for\\s+(\\S+)");
  private static final Rule ALL = new Rule(List.of("*"), FOREVER, List.of());

  /** Copies the rules. */
  public Retention {
    rules = List.copyOf(rules);
  }

  /**
   * A step of detail.
   *
   * @param width of a bucket, ms
   * @param keep how old a bucket may become, ms
   */
  public record Level(long width, long keep) {}

  /**
   * One class of signals.
   *
   * @param names of signals; {@code *} stands for any characters
   * @param raw how old a sample may become before it is folded into a bucket of the first level, or
   *     dropped where there is none; ms
   * @param levels finer ones first; each width a multiple of the one before, each kept longer
   */
  public record Rule(List<String> names, long raw, List<Level> levels) {
    /** Refuses levels that do not follow from each other with {@link IllegalArgumentException}. */
    public Rule {
      names = List.copyOf(names);
      levels = List.copyOf(levels);
      if (names.isEmpty() || raw < 1) {
        throw new IllegalArgumentException("a rule names signals and keeps them for some time");
      }
      long width = 1;
      long keep = raw;
      for (Level level : levels) {
        if (level.width() <= width || level.width() % width != 0) {
          throw new IllegalArgumentException(
              "a bucket of " + level.width() + " ms is no multiple of " + width + " ms");
        }
        if (level.keep() <= keep) {
          throw new IllegalArgumentException("coarser buckets must be kept longer than finer ones");
        }
        width = level.width();
        keep = level.keep();
      }
    }

    /** Whether it is a rule for the signal. */
    public boolean names(String signal) {
      return names.stream().anyMatch(name -> signal.matches(regex(name)));
    }

    /** Its names as one regular expression. */
    public String regex() {
      return String.join("|", names.stream().map(Rule::regex).toList());
    }

    private static String regex(String name) {
      StringBuilder regex = new StringBuilder();
      for (char c : name.toCharArray()) {
        if (c == '*') {
          regex.append(".*");
        } else if (Character.isLetterOrDigit(c)) {
          regex.append(c);
        } else {
          regex.append('\\').append(c);
        }
      }
      return regex.toString();
    }

    /**
     * Before which moment what a step holds goes to the next, or away: a boundary of buckets of the
     * next step.
     *
     * @param step 0: samples as they came; n: buckets of the level n − 1
     */
    public long cutoff(int step, long now) {
      long keep = step == 0 ? raw : levels.get(step - 1).keep();
      if (keep == FOREVER) {
        return 0;
      }
      long width = step < levels.size() ? levels.get(step).width() : 1;
      long grain = Math.max(1, Math.floorDiv(keep / GRAINS + width - 1, width)) * width;
      return Math.max(0, Math.floorDiv(now - keep, grain) * grain);
    }

    /** Before which moment nothing is kept. */
    public long end(long now) {
      return cutoff(levels.size(), now);
    }
  }

  /** The rule of a signal. */
  public Rule of(String signal) {
    for (Rule rule : rules) {
      if (rule.names(signal)) {
        return rule;
      }
    }
    return ALL;
  }

  /**
   * Reads rules.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  public static Retention parse(String text) {
    List<Rule> rules = new ArrayList<>();
    for (String rule : text.split(";")) {
      if (!rule.isBlank()) {
        rules.add(rule(rule));
      }
    }
    return new Retention(rules);
  }

  private static Rule rule(String text) {
    int colon = text.lastIndexOf(':');
    List<String> names = new ArrayList<>();
    for (String name : (colon < 0 ? "*" : text.substring(0, colon)).split(",")) {
      if (!name.isBlank()) {
        names.add(name.trim());
      }
    }
    String[] steps = text.substring(colon + 1).split(",");
    List<Level> levels = new ArrayList<>();
    for (int i = 1; i < steps.length; i++) {
      Matcher level = LEVEL.matcher(steps[i].trim());
      if (!level.matches()) {
        throw new IllegalArgumentException("'" + steps[i].trim() + "' is not like 1m for 365d");
      }
      levels.add(new Level(time(level.group(1)), keep(level.group(2))));
    }
    return new Rule(names, keep(steps[0]), levels);
  }

  private static long keep(String text) {
    return text.trim().toLowerCase(Locale.ROOT).equals("forever") ? FOREVER : time(text);
  }

  private static long time(String text) {
    Matcher time = TIME.matcher(text.trim());
    if (!time.matches() || Long.parseLong(time.group(1)) == 0) {
      throw new IllegalArgumentException("'" + text.trim() + "' is no time such as 10s, 5m, 30d");
    }
    long n = Long.parseLong(time.group(1));
    return switch (time.group(2)) {
      case "ms" -> n;
      case "s" -> n * 1_000;
      case "m" -> n * 60_000;
      case "h" -> n * 3_600_000;
      default -> n * 86_400_000;
    };
  }
}
