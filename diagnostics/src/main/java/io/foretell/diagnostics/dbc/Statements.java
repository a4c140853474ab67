package io.foretell.diagnostics.dbc;

import java.util.Set;

/**
 * Splits a file into the statements that matter for decoding, each with its line: its keyword, a
 * blank, the rest. A text in quotes may go over lines, also over such that look like statements;
 * one that never ends costs its own statement only: reading goes on with the line after it.
 * Statements may be indented, and several may stand on a line.
 */
final class Statements {
  /** The longest statement that is read, in lines; real value tables and comments have hundreds. */
  private static final int MOST_LINES = 5000;

  /** These end with their line. */
  private static final Set<String> SHORT = Set.of("BO_", "SG_");

  private static final String COMMENT = "CM_";

  /** These end with a semicolon. */
  private static final Set<String> LONG =
      Set.of(COMMENT, "VAL_", "VAL_TABLE_", "BA_", "BA_DEF_", "SG_MUL_VAL_", "SIG_VALTYPE_");

  private static final int LONGEST_KEYWORD = 12;

  /** Takes what was found. */
  interface Sink {
    void statement(int line, String text);

    /** A statement whose quotes or semicolon never come. */
    void endless(int line, String text);
  }

  private final String[] lines;
  private boolean quoted;
  private boolean ended;

  /** Where the next statement begins on the line that was scanned last; -1: nowhere. */
  private int cut;

  private Statements(String text) {
    this.lines = text.split("\\R", -1);
  }

  static void of(String text, Sink to) {
    new Statements(text).read(to);
  }

  private void read(Sink to) {
    int line = 0;
    int column = 0;
    while (line < lines.length) {
      String keyword = keyword(lines[line], column);
      int last = keyword.isEmpty() ? line : last(line, column, keyword);
      if (keyword.isEmpty() || last < 0) {
        if (last < 0) {
          to.endless(line + 1, lines[line].substring(column).strip());
        }
        line++;
        column = 0;
        continue;
      }
      String text = joined(line, column, last);
      to.statement(line + 1, keyword + ' ' + text.substring(keyword.length()).stripLeading());
      line = cut < 0 ? last + 1 : last;
      column = Math.max(cut, 0);
    }
  }

  /** The keyword of the statement that begins here; empty: none does. */
  private static String keyword(String line, int from) {
    int start = blanks(line, from);
    int end = start;
    while (end < line.length() && end - start <= LONGEST_KEYWORD && !isBlank(line.charAt(end))) {
      end++;
    }
    // The list of names under NS_ is indented, and has nothing behind a name.
    boolean margin = start == 0 && end < line.length();
    String word = margin || blanks(line, end) < line.length() ? line.substring(start, end) : "";
    return SHORT.contains(word) || LONG.contains(word) ? word : "";
  }

  private static int blanks(String line, int from) {
    int at = from;
    while (at < line.length() && isBlank(line.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /**
   * The statement's last line; -1 where it has no end. A forgotten semicolon does no harm where the
   * next statement begins. Only comments quote whole statements.
   */
  private int last(int first, int column, String keyword) {
    quoted = false;
    cut = -1;
    boolean whole = SHORT.contains(keyword);
    ended = whole;
    int end = Math.min(lines.length, first + MOST_LINES);
    for (int i = first; i < end; i++) {
      scan(lines[i], i == first ? column : 0, whole);
      if (cut >= 0) {
        return i;
      }
      boolean next = i + 1 == lines.length || !keyword(lines[i + 1], 0).isEmpty();
      if (!quoted && (ended || next)) {
        return i;
      }
      if (quoted && next && !keyword.equals(COMMENT)) {
        return -1;
      }
    }
    return -1;
  }

  private void scan(String line, int from, boolean whole) {
    for (int i = from; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && (i == 0 || line.charAt(i - 1) != '\\')) {
        quoted = !quoted;
      } else if (c == ';' && !quoted) {
        ended = true;
        if (!whole && !keyword(line, i + 1).isEmpty()) {
          cut = i + 1;
          return;
        }
      }
    }
  }

  private String joined(int first, int column, int last) {
    StringBuilder text = new StringBuilder();
    for (int i = first; i <= last; i++) {
      int to = i == last && cut >= 0 ? cut : lines[i].length();
      text.append(lines[i], i == first ? column : 0, to).append('\n');
    }
    return text.toString().strip();
  }
}
