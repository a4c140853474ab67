package io.foretell.diagnostics.isotp;

import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one identifier on one bus, ISO 15765-2 clause 9.
 *
 * <pre>
 *   0L           single frame, L 1–7; CAN FD: 00 LL
 *   1L LL        first frame, 12-bit length; 10 00 LL LL LL LL: 32 bits
 *   2S           consecutive frame, S counts 1 … 15, 0, 1 …
 *   3x           flow control: of the other direction, passed over
 * </pre>
 *
 * A wrong sequence number drops the message. When one frame is skipped, the next frame tells a lost
 * frame from two that changed places; the rest of a dropped message is passed over in silence.
 */
final class Reassembly {
  private enum State {
    IDLE,
    RECEIVING,
    SKIPPED,
    DROPPED
  }

  private static final byte[] NOTHING = new byte[0];

  private final String bus;
  private final int id;
  private final int extension;
  private final int mostBytes;
  private State state = State.IDLE;
  private byte[] data = NOTHING;
  private int have;
  private int size;
  private int next;
  private boolean orphansReported;
  private long lastMicros;

  /** Sequence number of the last frame of the message that was complete just now; -1: none. */
  private int last = -1;

  Reassembly(String bus, int id, int extension, int mostBytes) {
    this.bus = bus;
    this.id = id;
    this.extension = extension;
    this.mostBytes = mostBytes;
  }

  void frame(long micros, byte[] frame, int offset, int length, Consumer<IsoTpMessage> out) {
    lastMicros = micros;
    int kind = length == 0 ? -1 : frame[offset] >>> 4 & 15;
    switch (kind) {
      case 0 -> single(frame, offset, length, out);
      case 1 -> first(frame, offset, length, out);
      case 2 -> consecutive(frame, offset, length, out);
      default -> {
        // Flow control and reserved kinds carry no payload.
      }
    }
  }

  /** The capture is over. */
  void end(Consumer<IsoTpMessage> out) {
    if (state == State.RECEIVING || state == State.SKIPPED) {
      report(Defect.DROP, out);
    }
    state = State.IDLE;
    data = NOTHING;
  }

  /** The receiver has no room; what is under way will not be completed. */
  void overflow(Consumer<IsoTpMessage> out) {
    if (state == State.RECEIVING || state == State.SKIPPED) {
      drop(Defect.OVERFLOW, out);
    }
  }

  private void single(byte[] frame, int offset, int length, Consumer<IsoTpMessage> out) {
    begin(out);
    boolean escape = length > 8 && (frame[offset] & 15) == 0;
    int header = escape ? 2 : 1;
    int bytes = escape ? frame[offset + 1] & 0xFF : frame[offset] & 15;
    if (bytes == 0 || bytes > length - header) {
      report(Defect.LENGTH, out);
    } else {
      int from = offset + header;
      complete(Arrays.copyOfRange(frame, from, from + bytes), out);
    }
    state = State.IDLE;
  }

  private void first(byte[] frame, int offset, int length, Consumer<IsoTpMessage> out) {
    begin(out);
    long bytes = length < 2 ? 0 : (frame[offset] & 15) << 8 | frame[offset + 1] & 0xFF;
    int header = 2;
    if (bytes == 0 && length >= 6) {
      header = 6;
      for (int i = 2; i < 6; i++) {
        bytes = bytes << 8 | frame[offset + i] & 0xFF;
      }
    }
    // What fits a single frame must come in one (clause 9.6.3.1). A first frame shorter than the
    // standard's eight bytes is taken: real control units send them.
    if (bytes < (extension < 0 ? 8 : 7) || length <= header) {
      report(Defect.LENGTH, out);
      state = State.DROPPED;
    } else if (bytes > mostBytes) {
      report(Defect.TOO_LARGE, out);
      state = State.DROPPED;
    } else {
      state = State.RECEIVING;
      size = (int) bytes;
      have = 0;
      next = 1;
      append(frame, offset + header, length - header);
    }
  }

  private void consecutive(byte[] frame, int offset, int length, Consumer<IsoTpMessage> out) {
    int sequence = frame[offset] & 15;
    switch (state) {
      case RECEIVING -> {
        if (sequence == next) {
          append(frame, offset + 1, length - 1);
          next = next + 1 & 15;
          if (have == size) {
            state = State.IDLE;
            last = sequence;
            complete(Arrays.copyOf(data, size), out);
          }
        } else if (sequence == (next + 1 & 15)) {
          state = State.SKIPPED;
        } else {
          drop(sequence == (next + 15 & 15) ? Defect.DUP : Defect.DROP, out);
        }
      }
      case SKIPPED -> drop(sequence == next ? Defect.SWAP : Defect.DROP, out);
      case IDLE -> {
        if (sequence == last) {
          last = -1;
          report(Defect.DUP_OF_LAST, out);
        } else if (!orphansReported) {
          orphansReported = true;
          report(Defect.ORPHAN, out);
        }
      }
      case DROPPED -> {
        // Already reported.
      }
    }
  }

  private void begin(Consumer<IsoTpMessage> out) {
    if (state == State.RECEIVING) {
      report(Defect.INTERRUPTED, out);
    } else if (state == State.SKIPPED) {
      report(Defect.DROP, out);
    }
    orphansReported = false;
    last = -1;
  }

  private void drop(Defect defect, Consumer<IsoTpMessage> out) {
    state = State.DROPPED;
    report(defect, out);
  }

  /** Grows with what has come, not with what was announced. */
  private void append(byte[] frame, int from, int bytes) {
    int take = Math.min(bytes, size - have);
    if (have + take > data.length) {
      data = Arrays.copyOf(data, Math.min(size, Math.max(64, 2 * (have + take))));
    }
    System.arraycopy(frame, from, data, have, take);
    have += take;
  }

  private void complete(byte[] payload, Consumer<IsoTpMessage> out) {
    out.accept(new IsoTpMessage(bus, id, extension, payload, Optional.empty()));
  }

  private void report(Defect defect, Consumer<IsoTpMessage> out) {
    out.accept(new IsoTpMessage(bus, id, extension, new byte[0], Optional.of(defect)));
  }

  /** Whether a message is under way that can still come whole. */
  boolean isOpen() {
    return state == State.RECEIVING;
  }

  String bus() {
    return bus;
  }

  long lastMicros() {
    return lastMicros;
  }

  void pack(Packer to) {
    to.text(bus).number(id).number(extension).number(lastMicros);
    to.count(size).count(next).bytes(Arrays.copyOf(data, have));
  }

  static Reassembly unpack(Unpacker from, int mostBytes) {
    Reassembly one = new Reassembly(from.text(), from.integer(), from.integer(), mostBytes);
    one.lastMicros = from.number();
    one.size = from.whole();
    one.next = from.whole();
    one.data = from.bytes();
    one.have = one.data.length;
    one.state = State.RECEIVING;
    if (one.size > mostBytes || one.have >= one.size || one.next > 15) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "an ISO-TP message under way");
    }
    return one;
  }

  boolean is(String otherBus, int otherId, int otherExtension) {
    return id == otherId && extension == otherExtension && bus.equals(otherBus);
  }

  boolean isOn(String otherBus, int otherId) {
    return id == otherId && bus.equals(otherBus);
  }

  static @Nullable Reassembly find(Iterable<Reassembly> among, String bus, int id, int extension) {
    for (Reassembly one : among) {
      if (one.is(bus, id, extension)) {
        return one;
      }
    }
    return null;
  }
}
