package io.foretell.diagnostics.dbc;

/**
 * A statement of a file that could not be read; it costs itself only.
 *
 * @param line where it begins, from 1
 * @param reason what is wrong with it, for a person
 * @param text how it begins
 */
public record DbcDefect(int line, String reason, String text) {
  @Override
  public String toString() {
    return "line " + line + ": " + reason + ": " + text;
  }
}
