package io.foretell.diagnostics.dbc;

import java.util.Arrays;
import java.util.List;

/**
 * Splits a file into the statements that matter for decoding, each with its line. A text in quotes
 * may go over lines, also over such that look like statements; one that never ends costs its own
 * statement only: reading goes on with the line after it.
 */
final class Statements {
  /** The longest statement that is read, in lines; real value tables and comments have hundreds. */
  private static final int MOST_LINES = 5000;

  /** What begins at the margin and ends with a semicolon. */
  private static final List<String> LONG =
      List.of("CM_ ", "VAL_ ", "VAL_TABLE_ ", "BA_ ", "BA_DEF_ ", "SG_MUL_VAL_ ", "SIG_VALTYPE_ ");

  /** Takes what was found. */
  interface Sink {
    void statement(int line, String text);

    /** A statement whose quotes or semicolon never come. */
    void endless(int line, String text);
  }

  private final String[] lines;
  private boolean quoted;
  private boolean ended;

  private Statements(String text) {
    this.lines = text.split("\\R", -1);
  }

  static void of(String text, Sink to) {
    new Statements(text).read(to);
  }

  private void read(Sink to) {
    int next = 0;
    while (next < lines.length) {
      int first = next++;
      if (begins(lines[first])) {
        int last = last(first);
        if (last < 0) {
          to.endless(first + 1, lines[first].strip());
        } else {
          to.statement(first + 1, joined(first, last));
          next = last + 1;
        }
      }
    }
  }

  private static boolean begins(String line) {
    return isLine(line) || LONG.stream().anyMatch(line::startsWith);
  }

  /** Messages and signals end with their line; signals alone are indented. */
  private static boolean isLine(String line) {
    return line.startsWith("BO_ ") || line.stripLeading().startsWith("SG_ ");
  }

  /**
   * The statement's last line; -1 where it has no end. A forgotten semicolon does no harm where the
   * next statement begins. Only comments quote whole statements.
   */
  private int last(int first) {
    quoted = false;
    ended = isLine(lines[first]);
    boolean comment = lines[first].startsWith("CM_ ");
    int end = Math.min(lines.length, first + MOST_LINES);
    for (int i = first; i < end; i++) {
      scan(lines[i]);
      boolean next = i + 1 == lines.length || begins(lines[i + 1]);
      if (!quoted && (ended || next)) {
        return i;
      }
      if (quoted && next && !comment) {
        return -1;
      }
    }
    return -1;
  }

  private void scan(String line) {
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && (i == 0 || line.charAt(i - 1) != '\\')) {
        quoted = !quoted;
      } else if (c == ';' && !quoted) {
        ended = true;
      }
    }
  }

  private String joined(int first, int last) {
    return first == last
        ? lines[first].strip()
        : String.join("\n", Arrays.asList(lines).subList(first, last + 1)).strip();
  }
}
