package io.foretell.diagnostics.nmea2000;

import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts fast packets together, NMEA 2000 appendix "fast-packet protocol", one message a (bus,
 * identifier, sequence counter), its frames strictly in order: a node sends the frames of one
 * identifier one after the other, so one that is missing ends its message, and what is left of it
 * is never filled up from a later message that has the same sequence counter. The last frame once
 * more is passed over, a first frame begins anew. Memory is bounded; what was silent longest makes
 * room.
 *
 * <pre>
 *   byte 0   7–5 sequence counter, 4–0 frame counter from 0
 *   frame 0  byte 1: length of the message, at most 223; six bytes of data
 *   others   seven bytes of data
 * </pre>
 */
public final class FastPackets {
  /** The longest message: six bytes, and 31 times seven. */
  public static final int MOST_BYTES = 223;

  private static final int FIRST = 6;
  private static final int REST = 7;
  private static final long SILENCE_MICROS = 750_000;
  private static final int VERSION = 1;

  private final int mostMessages;
  private final long[] counts = new long[Event.values().length];

  /** Least recently used first. */
  private final List<Message> open = new ArrayList<>();

  /**
   * @param mostMessages how many messages are open at once
   */
  public FastPackets(int mostMessages) {
    this.mostMessages = mostMessages;
  }

  /** What goes wrong. */
  public enum Event {
    /** A frame came twice. */
    DUPLICATE,
    /** A new message began before this one was complete. */
    ABANDONED,
    /** A frame or a length that cannot be. */
    MALFORMED,
    /** A frame before this one is missing. */
    OUT_OF_ORDER,
    /** No frame came for too long. */
    TIMED_OUT,
    /** Too many messages were open. */
    EVICTED
  }

  /** Takes the messages that are complete. */
  @FunctionalInterface
  public interface Receiver {
    /** A message; the array is the receiver's. */
    void message(byte[] data);
  }

  private static final class Message {
    final String bus;
    final int id;
    final int sequence;
    final byte[] data = new byte[FIRST + 31 * REST];
    int length = -1;

    /** A bit a frame that has come: a row of ones from bit 0. */
    int frames;

    long lastMicros;

    Message(String bus, int id, int sequence) {
      this.bus = bus;
      this.id = id;
      this.sequence = sequence;
    }

    /** The frame that must come next. */
    int next() {
      return Integer.numberOfTrailingZeros(~frames);
    }

    /** Whether a frame is the last one that came, byte for byte. */
    boolean repeats(int frame, byte[] from, int at, int bytes) {
      int place = FIRST + (frame - 1) * REST;
      return frame == next() - 1 && Arrays.equals(from, at, at + bytes, data, place, place + bytes);
    }

    /** Behind the last byte that has come. */
    int end() {
      int last = 31 - Integer.numberOfLeadingZeros(frames);
      return last < 0 ? 0 : FIRST + last * REST;
    }

    boolean complete() {
      if (length < 0) {
        return false;
      }
      int needed = length <= FIRST ? 1 : 1 + (length - FIRST + REST - 1) / REST;
      int mask = needed == 32 ? -1 : (1 << needed) - 1;
      return (frames & mask) == mask;
    }
  }

  /** How often something went wrong. */
  public long count(Event event) {
    return counts[event.ordinal()];
  }

  /** How many messages are open. */
  public int openMessages() {
    return open.size();
  }

  /** Time of the last frame of a message that is open on a bus, µs; least long: none. */
  public long latest(String bus) {
    return open.stream()
        .filter(message -> message.bus.equals(bus))
        .mapToLong(message -> message.lastMicros)
        .max()
        .orElse(Long.MIN_VALUE);
  }

  /**
   * Gives messages up.
   *
   * @param stale of a bus and the time of a message's last frame, µs: whether it will not go on
   */
  public void dropIf(BiPredicate<String, Long> stale) {
    if (open.removeIf(message -> stale.test(message.bus, message.lastMicros))) {
      add(Event.TIMED_OUT);
    }
  }

  /** Writes down what is open: version, messages, oldest first. */
  public void pack(Packer to) {
    to.count(VERSION).count(open.size());
    for (Message message : open) {
      to.text(message.bus).number(message.id).count(message.sequence).count(message.length + 1);
      to.count(message.frames & 0xFFFF_FFFFL).number(message.lastMicros);
      to.bytes(Arrays.copyOf(message.data, message.end()));
    }
  }

  /**
   * Goes on with what {@link #pack} wrote.
   *
   * @throws InvalidInputException where that cannot be, or is more than is allowed
   */
  public void unpack(Unpacker from) {
    long version = from.count();
    int messages = from.length();
    if (version != VERSION || messages > mostMessages) {
      throw broken("version " + version + ", messages " + messages);
    }
    for (int i = 0; i < messages; i++) {
      Message message = new Message(from.text(), from.integer(), from.whole());
      message.length = from.whole() - 1;
      long frames = from.count();
      message.frames = (int) frames;
      message.lastMicros = from.number();
      byte[] data = from.bytes();
      if (message.sequence > 7
          || frames == 0
          || frames > 0xFFFF_FFFFL
          || message.length > MOST_BYTES
          || (message.frames & message.frames + 1) != 0
          || message.length < 1
          || data.length != message.end()
          || message.complete()) {
        throw broken("message");
      }
      System.arraycopy(data, 0, message.data, 0, data.length);
      open.add(message);
    }
  }

  private static InvalidInputException broken(String what) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, "fast packets under way: " + what);
  }

  /** Takes a frame of a fast-packet PGN. */
  public void frame(
      long micros, String bus, int id, byte[] data, int offset, int length, Receiver out) {
    if (length < 2 || length > 8) {
      add(Event.MALFORMED);
      return;
    }
    int sequence = data[offset] >>> 5 & 7;
    int frame = data[offset] & 31;
    Message message =
        frame == 0
            ? begin(bus, id, sequence, data[offset + 1] & 0xFF)
            : next(micros, bus, id, sequence, frame, data, offset + 1, Math.min(REST, length - 1));
    if (message == null) {
      return;
    }
    int header = frame == 0 ? 2 : 1;
    int at = frame == 0 ? 0 : FIRST + (frame - 1) * REST;
    int most = frame == 0 ? FIRST : REST;
    int bytes = Math.min(most, length - header);
    if (bytes < Math.min(most, message.length - at)) {
      open.remove(message);
      add(Event.MALFORMED);
      return;
    }
    System.arraycopy(data, offset + header, message.data, at, bytes);
    message.frames |= 1 << frame;
    message.lastMicros = micros;
    if (message.complete()) {
      open.remove(message);
      out.message(Arrays.copyOf(message.data, message.length));
    }
  }

  private @Nullable Message begin(String bus, int id, int sequence, int length) {
    // A neighbour of the sequence may still be under way, an older one will not go on.
    boolean over =
        open.removeIf(
            other ->
                other.id == id
                    && other.bus.equals(bus)
                    && (sequence - other.sequence & 7) != 1
                    && (other.sequence - sequence & 7) != 1);
    if (over) {
      add(Event.ABANDONED);
    }
    if (length > MOST_BYTES || length == 0) {
      add(Event.MALFORMED);
      return null;
    }
    if (open.size() == mostMessages) {
      open.remove(0);
      add(Event.EVICTED);
    }
    Message message = new Message(bus, id, sequence);
    message.length = length;
    open.add(message);
    return message;
  }

  /** The message that a frame goes on with; null where it goes on with none. */
  private @Nullable Message next(
      long micros, String bus, int id, int sequence, int frame, byte[] data, int at, int bytes) {
    Message message = find(bus, id, sequence);
    if (message == null) {
      add(Event.OUT_OF_ORDER);
      return null;
    }
    if (micros - message.lastMicros > SILENCE_MICROS) {
      open.remove(message);
      add(Event.TIMED_OUT);
      return null;
    }
    if (frame == message.next()) {
      return message;
    }
    if (message.repeats(frame, data, at, bytes)) {
      add(Event.DUPLICATE);
    } else {
      open.remove(message);
      add(Event.OUT_OF_ORDER);
    }
    return null;
  }

  private @Nullable Message find(String bus, int id, int sequence) {
    for (Message message : open) {
      if (message.id == id && message.sequence == sequence && message.bus.equals(bus)) {
        return message;
      }
    }
    return null;
  }

  private void add(Event event) {
    counts[event.ordinal()]++;
  }

  /** A message as frames, without what fills up the last one. */
  public static List<byte[]> frames(byte[] message, int sequence) {
    if (message.length == 0 || message.length > MOST_BYTES) {
      throw new IllegalArgumentException("a fast packet has 1 to 223 bytes");
    }
    List<byte[]> frames = new ArrayList<>();
    byte[] first = new byte[2 + Math.min(FIRST, message.length)];
    first[0] = (byte) (sequence << 5);
    first[1] = (byte) message.length;
    System.arraycopy(message, 0, first, 2, first.length - 2);
    frames.add(first);
    for (int at = FIRST; at < message.length; at += REST) {
      int bytes = Math.min(REST, message.length - at);
      byte[] frame = new byte[1 + bytes];
      frame[0] = (byte) (sequence << 5 | frames.size());
      System.arraycopy(message, at, frame, 1, bytes);
      frames.add(frame);
    }
    return frames;
  }
}
