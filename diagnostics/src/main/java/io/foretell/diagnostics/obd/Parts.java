package io.foretell.diagnostics.obd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts an answer to a request of several PIDs into one answer a PID, SAE J1979 clause 6.1.3: each
 * PID is followed by its data, whose length only the PID tells.
 */
final class Parts {
  private static final int BITMAP = 4;

  private Parts() {}

  /** The answer as it is where one PID was asked for. */
  static List<UnitAnswer> of(ObdRequest request, UnitAnswer answer) {
    byte[] bytes = answer.bytes();
    if (request.more().isEmpty() || bytes.length < 2) {
      return List.of(answer);
    }
    List<UnitAnswer> parts = new ArrayList<>();
    int at = 1;
    while (at < bytes.length && request.asks(bytes[at] & 0xFF)) {
      int end = at + 1 + length(request, bytes, at);
      byte[] part = new byte[end - at + 1];
      part[0] = bytes[0];
      System.arraycopy(bytes, at, part, 1, end - at);
      parts.add(new UnitAnswer(answer.unit(), part, answer.doubt()));
      at = end;
    }
    return parts;
  }

  /** Some PIDs may leave out their last byte: the length after which another PID follows. */
  private static int length(ObdRequest request, byte[] bytes, int at) {
    int pid = bytes[at] & 0xFF;
    int left = bytes.length - at - 1;
    if (pid % 0x20 == 0) {
      return Math.min(BITMAP, left);
    }
    int[] lengths = Pids.of(pid).stream().mapToInt(PidSignal::needs).distinct().toArray();
    Arrays.sort(lengths);
    for (int i = lengths.length - 1; i >= 0; i--) {
      int next = at + 1 + lengths[i];
      if (next == bytes.length || next < bytes.length && request.asks(bytes[next] & 0xFF)) {
        return lengths[i];
      }
    }
    return lengths.length == 0 ? left : Math.min(lengths[lengths.length - 1], left);
  }
}
