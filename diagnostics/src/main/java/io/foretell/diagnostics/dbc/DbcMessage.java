package io.foretell.diagnostics.dbc;

import java.util.List;

/**
 * One message of a file.
 *
 * @param id CAN identifier; bit 31 set: 29 bits
 * @param name its long name where the file has one
 * @param length bytes as the file says
 * @param signals in the order of the file
 * @param conditions when each signal is there; as long as {@code signals}
 */
public record DbcMessage(
    int id, String name, int length, List<DbcSignal> signals, List<Condition> conditions) {
  /** Copies the lists. */
  public DbcMessage {
    signals = List.copyOf(signals);
    conditions = List.copyOf(conditions);
  }

  /**
   * When a signal is in the frame.
   *
   * @param multiplexer index of the signal whose raw value decides; -1: it is always there
   * @param ranges first and last value, in turn
   */
  public record Condition(int multiplexer, long[] ranges) {
    static final Condition ALWAYS = new Condition(-1, new long[0]);

    /** Multiplexed, but by none that the file names: not decoded rather than guessed. */
    static final Condition NEVER = new Condition(0, new long[0]);

    private boolean has(long value) {
      for (int i = 0; i < ranges.length; i += 2) {
        if (ranges[i] <= value && value <= ranges[i + 1]) {
          return true;
        }
      }
      return false;
    }
  }

  /** Takes the signals of a frame. */
  public interface Receiver {
    /** A signal and its raw bits. */
    void signal(DbcSignal signal, long raw);
  }

  /** Hands over the signals that a frame has; those beyond its end are not there. */
  public void decode(byte[] data, Receiver to) {
    for (int i = 0; i < signals.size(); i++) {
      DbcSignal signal = signals.get(i);
      if (signal.needs() <= data.length && there(i, data, 0)) {
        to.signal(signal, signal.raw(data));
      }
    }
  }

  /** A file may name multiplexers in a circle; then none of them is there. */
  private boolean there(int index, byte[] data, int depth) {
    Condition condition = conditions.get(index);
    if (condition.multiplexer() < 0) {
      return true;
    }
    DbcSignal multiplexer = signals.get(condition.multiplexer());
    return depth < signals.size()
        && multiplexer.needs() <= data.length
        && condition.has(multiplexer.raw(data))
        && there(condition.multiplexer(), data, depth + 1);
  }
}
