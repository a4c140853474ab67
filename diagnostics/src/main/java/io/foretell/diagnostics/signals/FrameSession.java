package io.foretell.diagnostics.signals;

import io.foretell.diagnostics.isotp.IsoTpMessage;
import io.foretell.diagnostics.j1939.Transport;
import io.foretell.diagnostics.nmea2000.FastPgns;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Frames, one after the other: a single frame is read at once, a message of several frames (SAE
 * J1939-21 transport, ISO-TP, NMEA 2000 fast packet) when its last one comes. Bounded, whatever is
 * on the bus. Not safe for use by several threads.
 */
public final class FrameSession {
  private static final int EXTENDED = 1 << 31;
  private static final int PRIORITY = 6 << 26;
  private static final int FIRST_BROADCAST_GROUP = 0xF000;

  private final FrameDecoder decoder;
  private final FrameMemory memory;

  /** Nothing was heard yet. */
  public FrameSession(FrameDecoder decoder) {
    this(decoder, new FrameMemory());
  }

  /**
   * Frames that go on where others ended.
   *
   * @param memory what is open; changed in place
   */
  public FrameSession(FrameDecoder decoder, FrameMemory memory) {
    this.decoder = decoder;
    this.memory = memory;
  }

  /**
   * Takes a frame; hands over the signals that are there now.
   *
   * @param micros its time, µs since 1970
   * @param id bit 31 set: 29 bits
   */
  public void frame(String bus, long micros, int id, byte[] data, FrameDecoder.Receiver to) {
    if ((id & EXTENDED) != 0 && Transport.isTransport(id) && decoder.isJ1939(bus)) {
      new Transport(group -> decoder.hasGroup(bus, group))
          .frame(
              memory.transports(),
              micros,
              bus,
              id,
              data,
              0,
              data.length,
              (at, on, sa, da, group, kind, bytes, length) ->
                  decoder.decode(on, id(group, sa, da), Arrays.copyOf(bytes, length), to));
    } else if (isFast(bus, id)) {
      memory
          .fast()
          .frame(
              micros, bus, id, data, 0, data.length, whole -> decoder.decode(bus, id, whole, to));
    } else {
      decoder.decode(bus, id, data, to);
      answer(bus, micros, id, data, to);
    }
  }

  /** What the manifest does not know is not put together. */
  private boolean isFast(String bus, int id) {
    int group = id >>> 8 & 0x3FFFF;
    return (id & EXTENDED) != 0
        && FastPgns.contains(group)
        && decoder.isNmea2000(bus)
        && decoder.hasGroup(bus, group);
  }

  private void answer(String bus, long micros, int id, byte[] data, FrameDecoder.Receiver to) {
    @Nullable Answers answers = decoder.answers(bus);
    if (answers == null || !answers.hear(id)) {
      return;
    }
    Consumer<IsoTpMessage> whole =
        message -> {
          if (message.defect().isEmpty()) {
            answers.read(message, to);
          }
        };
    if (answers.extended(id)) {
      memory.answers().extendedFrame(micros, bus, id, data, 0, data.length, whole);
    } else {
      memory.answers().frame(micros, bus, id, data, 0, data.length, whole);
    }
  }

  /** The identifier that a message would have if it fitted into a frame. */
  private static int id(int group, int source, int destination) {
    int to = group < FIRST_BROADCAST_GROUP ? destination << 8 : 0;
    return EXTENDED | PRIORITY | group << 8 | to | source;
  }
}
