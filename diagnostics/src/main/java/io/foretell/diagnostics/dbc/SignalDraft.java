package io.foretell.diagnostics.dbc;

import java.util.HashMap;
import java.util.Map;

/** A signal while its file is being read. */
final class SignalDraft {
  final String name;
  final Map<Long, String> choices = new HashMap<>();
  String longName;
  String unit = "";

  /** Name of the multiplexer that decides; empty: the message's only one. */
  String by = "";

  int start;
  int bits;
  int spn = -1;
  boolean bigEndian;
  boolean multiplexer;
  DbcSignal.Kind kind = DbcSignal.Kind.UNSIGNED;
  double factor;
  double offset;

  /** First and last multiplexer value, in turn; empty: always there. */
  long[] ranges = new long[0];

  SignalDraft(String name) {
    this.name = name;
    this.longName = name;
  }
}
