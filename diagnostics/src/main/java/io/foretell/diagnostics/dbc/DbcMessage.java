package io.foretell.diagnostics.dbc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/** One message of a file: what its frames hold. Immutable. */
public final class DbcMessage {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final int id;
  private final String name;
  private final int length;
  private final List<DbcSignal> list;
  private final DbcSignal[] signals;

  /** Index of the signal whose raw value decides whether this one is there. */
  private final int[] deciders;

  /** First and last value for which it is there, in turn. */
  private final long[][] ranges;

  DbcMessage(
      int id, String name, int length, List<DbcSignal> signals, int[] deciders, long[][] ranges) {
    this.id = id;
    this.name = name;
    this.length = length;
    this.list = List.copyOf(signals);
    this.signals = signals.toArray(DbcSignal[]::new);
    this.deciders = deciders;
    this.ranges = ranges;
  }

  /** Multiplexers that decide over one another, at most; real files have three. */
  private static final int DEEPEST = 32;

  /** Not multiplexed. */
  static final int ALWAYS = -1;

  /**
   * Multiplexed by what the file does not mark as a multiplexer: not decoded rather than guessed.
   */
  static final int NEVER = -2;

  /** Takes the signals of a frame. */
  public interface Receiver {
    /** A signal and its raw bits. */
    void signal(DbcSignal signal, long raw);
  }

  /** CAN identifier; bit 31 set: 29 bits. */
  public int id() {
    return id;
  }

  /** Its long name where the file has one. */
  public String name() {
    return name;
  }

  /** Bytes as the file says. */
  public int length() {
    return length;
  }

  /** In the order of the file. */
  public List<DbcSignal> signals() {
    return list;
  }

  /** Hands over the signals that a frame has; those beyond its end are not there. */
  public void decode(byte[] data, Receiver to) {
    long little = data.length >= Long.BYTES ? (long) WORD.get(data, 0) : padded(data);
    long big = Long.reverseBytes(little);
    for (int i = 0; i < signals.length; i++) {
      DbcSignal signal = signals[i];
      if (signal.needs() <= data.length && there(i, data)) {
        to.signal(signal, signal.raw(little, big, data));
      }
    }
  }

  private static long padded(byte[] data) {
    long word = 0;
    for (int i = data.length - 1; i >= 0; i--) {
      word = word << 8 | data[i] & 0xFF;
    }
    return word;
  }

  /** A file may name multiplexers in a circle; then none of them is there. */
  private boolean there(int index, byte[] data) {
    int at = index;
    for (int depth = 0; depth < DEEPEST; depth++) {
      int by = deciders[at];
      if (by < 0) {
        return by == ALWAYS;
      }
      DbcSignal decider = signals[by];
      if (decider.needs() > data.length || !within(ranges[at], decider.raw(data))) {
        return false;
      }
      at = by;
    }
    return false;
  }

  private static boolean within(long[] ranges, long value) {
    for (int i = 0; i < ranges.length; i += 2) {
      if (ranges[i] <= value && value <= ranges[i + 1]) {
        return true;
      }
    }
    return false;
  }
}
