package io.foretell.diagnostics.signals;

import io.foretell.diagnostics.isotp.IsoTp;
import io.foretell.diagnostics.isotp.IsoTpMessage;
import io.foretell.diagnostics.j1939.J1939Memory;
import io.foretell.diagnostics.j1939.Transport;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one capture, one after the other: a single frame is read at once, a message of
 * several frames (SAE J1939-21 transport, ISO-TP) when its last one comes. Bounded, whatever is on
 * the bus. Not safe for use by several threads.
 */
public final class FrameSession {
  private static final int EXTENDED = 1 << 31;
  private static final int PRIORITY = 6 << 26;
  private static final int FIRST_BROADCAST_GROUP = 0xF000;

  private static final int MOST_ANSWERS = 64;
  private static final int LONGEST_ANSWER = 4095;

  private final FrameDecoder decoder;
  private final IsoTp isoTp = new IsoTp(MOST_ANSWERS, LONGEST_ANSWER);
  private @Nullable J1939Memory memory;

  /** Nothing was heard yet. */
  public FrameSession(FrameDecoder decoder) {
    this.decoder = decoder;
  }

  /**
   * Takes a frame; hands over the signals that are there now.
   *
   * @param micros its time, µs since 1970
   * @param id bit 31 set: 29 bits
   */
  public void frame(String bus, long micros, int id, byte[] data, FrameDecoder.Receiver to) {
    if ((id & EXTENDED) != 0 && Transport.isTransport(id) && decoder.isJ1939(bus)) {
      if (memory == null) {
        memory = new J1939Memory();
      }
      new Transport(group -> decoder.hasGroup(bus, group))
          .frame(
              memory,
              micros,
              bus,
              id,
              data,
              0,
              data.length,
              (at, on, sa, da, group, kind, bytes, length) ->
                  decoder.decode(on, id(group, sa, da), Arrays.copyOf(bytes, length), to));
    } else {
      decoder.decode(bus, id, data, to);
      answer(bus, id, data, to);
    }
  }

  private void answer(String bus, int id, byte[] data, FrameDecoder.Receiver to) {
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
      isoTp.extendedFrame(bus, id, data, 0, data.length, whole);
    } else {
      isoTp.frame(bus, id, data, 0, data.length, whole);
    }
  }

  /** The identifier that a message would have if it fitted into a frame. */
  private static int id(int group, int source, int destination) {
    int to = group < FIRST_BROADCAST_GROUP ? destination << 8 : 0;
    return EXTENDED | PRIORITY | group << 8 | to | source;
  }
}
