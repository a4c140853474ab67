package io.foretell.diagnostics.codes;

/** What {@link CodeReader} remembers of a device: how many codes were in no known notation. */
public final class CodeMemory {
  long unknownForms;

  CodeMemory(long unknownForms) {
    this.unknownForms = unknownForms;
  }

  /** How many codes were in no notation of a standard. */
  public long unknownForms() {
    return unknownForms;
  }
}
