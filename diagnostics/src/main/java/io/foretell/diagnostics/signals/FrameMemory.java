package io.foretell.diagnostics.signals;

import io.foretell.diagnostics.isotp.IsoTp;
import io.foretell.diagnostics.j1939.J1939Memory;
import io.foretell.diagnostics.j1939.TransportLimits;
import io.foretell.diagnostics.nmea2000.FastPackets;
import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.Codec;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The messages of several frames that are open on one device's buses: SAE J1939-21 transport,
 * ISO-TP answers, NMEA 2000 fast packets. Each kind is held within {@link TransportLimits#DEVICE};
 * what was silent for longer than its {@code silenceMicros} will not go on. Changed in place, by
 * one thread at a time.
 */
public final class FrameMemory {
  private static final TransportLimits LIMITS = TransportLimits.DEVICE;

  /** As many as fill the limits with answers of the longest 12-bit length. */
  private static final int MOST_ANSWERS = LIMITS.sessions();

  private static final int LONGEST_ANSWER = 4095;
  private static final int MOST_FAST = 64;

  /** After which a bus that other frames are not from is taken to be silent. */
  private static final long OTHER_BUS_MICROS = 600_000_000;

  /** By how much loggers stamp frames of one bus out of order; 8 ms were seen. */
  private static final long JITTER_MICROS = 20_000;

  private @Nullable J1939Memory transports;
  private @Nullable IsoTp answers;
  private @Nullable FastPackets fast;

  /** Nothing is open. */
  public FrameMemory() {}

  J1939Memory transports() {
    transports = transports == null ? new J1939Memory() : transports;
    return transports;
  }

  IsoTp answers() {
    answers =
        answers == null
            ? IsoTp.ofOpen(MOST_ANSWERS, LONGEST_ANSWER, LIMITS.silenceMicros())
            : answers;
    return answers;
  }

  FastPackets fast() {
    fast = fast == null ? new FastPackets(MOST_FAST) : fast;
    return fast;
  }

  /** Whether nothing is open. */
  public boolean isEmpty() {
    return (transports == null || transports.openSessions() == 0)
        && (answers == null || answers.openMessages() == 0)
        && (fast == null || fast.openMessages() == 0);
  }

  /** Gives up what is open. */
  public void clear() {
    transports = null;
    answers = null;
    fast = null;
  }

  /**
   * Whether frames from a moment on were overtaken by those of which something is open: by no more
   * than a message may be silent, beyond which the device's clock was set back.
   */
  boolean isAhead(String bus, long micros) {
    long latest = Long.MIN_VALUE;
    latest = transports == null ? latest : Math.max(latest, transports.latest(bus));
    latest = answers == null ? latest : Math.max(latest, answers.latest(bus));
    latest = fast == null ? latest : Math.max(latest, fast.latest(bus));
    return latest != Long.MIN_VALUE
        && latest - micros > JITTER_MICROS
        && latest - micros <= LIMITS.silenceMicros();
  }

  /** Gives up what will not go on, as a frame of that moment on a bus shows. */
  void settle(String bus, long micros) {
    BiPredicate<String, Long> stale =
        (on, last) -> {
          long most = on.equals(bus) ? LIMITS.silenceMicros() : OTHER_BUS_MICROS;
          return micros - last > most || last - micros > most;
        };
    if (transports != null) {
      transports.dropIf(stale);
    }
    if (answers != null) {
      answers.dropIf(stale);
    }
    if (fast != null) {
      fast.dropIf(stale);
    }
  }

  /** How it is kept: version, then each kind as bytes, none where nothing of it is open. */
  public static Codec<FrameMemory> codec() {
    return Kept.INSTANCE;
  }

  private enum Kept implements Codec<FrameMemory> {
    INSTANCE;

    private static final int VERSION = 1;
    private static final byte[] NOTHING = {};

    @Override
    public byte[] encode(FrameMemory memory) {
      J1939Memory transports = memory.transports;
      boolean none = transports == null || transports.openSessions() == 0;
      Packer to = new Packer().count(VERSION);
      to.bytes(none ? NOTHING : J1939Memory.codec().encode(memory.transports()));
      Packer answers = new Packer();
      if (memory.answers != null && memory.answers.openMessages() > 0) {
        memory.answers.pack(answers);
      }
      Packer fast = new Packer();
      if (memory.fast != null && memory.fast.openMessages() > 0) {
        memory.fast.pack(fast);
      }
      return to.bytes(answers.toBytes()).bytes(fast.toBytes()).toBytes();
    }

    @Override
    public FrameMemory decode(byte[] bytes) {
      Unpacker from = new Unpacker(bytes);
      if (from.count() != VERSION) {
        throw new InvalidInputException(
            ReasonCode.WRONG_SHAPE, "open messages of an unknown version");
      }
      FrameMemory memory = new FrameMemory();
      byte[] transports = from.bytes();
      if (transports.length > 0) {
        memory.transports = J1939Memory.codec().decode(transports);
      }
      byte[] answers = from.bytes();
      if (answers.length > 0) {
        memory.answers().unpack(new Unpacker(answers));
      }
      byte[] fast = from.bytes();
      if (fast.length > 0) {
        memory.fast().unpack(new Unpacker(fast));
      }
      return memory;
    }
  }
}
