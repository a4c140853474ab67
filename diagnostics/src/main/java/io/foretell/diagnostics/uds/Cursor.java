package io.foretell.diagnostics.uds;

import io.foretell.diagnostics.trace.Trace;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.Arrays;
import java.util.OptionalInt;

/** Reads an answer's bytes one after the other. */
final class Cursor {
  private static final String CLAUSE = "ISO 14229-1 12.3";

  private final byte[] data;
  private final Trace trace;
  private final int meaning;
  private int at;

  Cursor(byte[] data, int from, Trace trace) {
    this.data = data;
    this.trace = trace;
    this.at = from;
    int last = data.length;
    while (last > 0 && data[last - 1] == 0) {
      last--;
    }
    this.meaning = last;
  }

  /** Tells what the next bytes are. */
  void step(int length, String rule) {
    trace.step(at, length, rule, CLAUSE);
  }

  /** Tells what some bytes are. */
  void step(int from, int length, String rule) {
    trace.step(from, length, rule, CLAUSE);
  }

  OptionalInt one(String rule) {
    step(1, rule);
    return OptionalInt.of(one());
  }

  int left() {
    return data.length - at;
  }

  int one() {
    need(1);
    return data[at++] & 0xFF;
  }

  int two() {
    return one() << 8 | one();
  }

  int three() {
    need(3);
    int value = (data[at] & 0xFF) << 16 | (data[at + 1] & 0xFF) << 8 | data[at + 2] & 0xFF;
    at += 3;
    return value;
  }

  byte[] bytes(int n) {
    need(n);
    at += n;
    return Arrays.copyOfRange(data, at - n, at);
  }

  /** Whether anything but zeros is left: zeros at the end are padding that some units send. */
  boolean more() {
    return at < meaning;
  }

  private void need(int n) {
    if (n > data.length - at) {
      throw new InvalidInputException(
          ReasonCode.TRUNCATED_FRAME, "the answer ends " + (n - left()) + " bytes early");
    }
  }
}
