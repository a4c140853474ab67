package io.foretell.diagnostics.codes;

/** The languages that the code book speaks. */
public enum Language {
  /** English: complete. */
  ENGLISH,
  /**
   * 简体中文: systems, failure types, failure modes, advice; a code's own short text is built from
   * them.
   */
  CHINESE
}
