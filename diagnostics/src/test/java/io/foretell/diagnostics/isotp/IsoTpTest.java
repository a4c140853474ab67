package io.foretell.diagnostics.isotp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IsoTpTest {
  private final IsoTp isoTp = new IsoTp(16, 1 << 16);
  private final List<IsoTpMessage> messages = new ArrayList<>();

  @Property(tries = 400)
  void payload_cut_into_frames_comes_back_whole(
      @ForAll @IntRange(min = 1, max = 9000) int size,
      @ForAll long seed,
      @ForAll boolean fd,
      @ForAll boolean addressed,
      @ForAll boolean extendedId) {
    byte[] payload = new byte[size];
    new Random(seed).nextBytes(payload);
    int id = extendedId ? 0x98DAF110 : 0x7E8;
    messages.clear();
    for (byte[] frame : frames(payload, fd ? 64 : 8, addressed)) {
      if (addressed) {
        isoTp.extendedFrame("can0", id, frame, 0, frame.length, messages::add);
      } else {
        isoTp.frame("can0", id, frame, 0, frame.length, messages::add);
      }
    }

    assertThat(messages).hasSize(1);
    assertThat(messages.get(0).payload()).isEqualTo(payload);
    assertThat(messages.get(0).extension()).isEqualTo(addressed ? 0xF1 : -1);
  }

  @ParameterizedTest
  @CsvSource({"7E8, 7E0", "98DAF110, 98DA10F1"})
  void overflow_from_the_receiver_ends_the_message(String sender, String receiver) {
    frame(sender, "100A010203040506");
    frame(receiver, "320000");
    frame(sender, "2107080910");

    assertThat(messages)
        .extracting(IsoTpMessage::defect)
        .containsExactly(Optional.of(Defect.OVERFLOW));
  }

  @Test
  void flow_control_that_lets_go_on_or_wait_changes_nothing() {
    frame("7E8", "100A010203040506");
    frame("7E0", "310000");
    frame("7E0", "300000");
    frame("7E8", "2107080910");

    assertThat(messages).hasSize(1);
    assertThat(messages.get(0).payload()).hasSize(10);
  }

  @Test
  void mixed_addressing_shows_in_the_identifier() {
    frame("98CE10F1", "AA023E00");
    frame("98CE10F1", "BB017E");

    assertThat(messages).extracting(IsoTpMessage::extension).containsExactly(0xAA, 0xBB);
    assertThat(messages.get(0).payload()).containsExactly(0x3E, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "0A010203, LENGTH",
    "00, LENGTH",
    "1003010203, LENGTH",
    "100000000000, LENGTH",
    "1000FFFFFFFF0102, TOO_LARGE",
    "2101020304, ORPHAN"
  })
  void frame_that_cannot_be_gets_its_defect(String data, Defect defect) {
    frame("7E8", data);

    assertThat(messages).extracting(IsoTpMessage::defect).containsExactly(Optional.of(defect));
    assertThat(defect.reason()).isNotNull();
  }

  @Test
  void flood_of_identifiers_stays_within_bounds() {
    for (int id = 0; id < 2000; id++) {
      byte[] first = HexFormat.of().parseHex("10000000FFFF0102");
      isoTp.frame("can0", id | 1 << 31, first, 0, first.length, messages::add);
    }
    isoTp.end(messages::add);

    assertThat(messages).hasSize(2000);
    assertThat(messages).allSatisfy(m -> assertThat(m.defect()).contains(Defect.DROP));
  }

  private void frame(String id, String hex) {
    byte[] data = HexFormat.of().parseHex(hex);
    isoTp.frame("can0", (int) Long.parseLong(id, 16), data, 0, data.length, messages::add);
  }

  /** As a sender cuts it, ISO 15765-2 clause 9.6. */
  private static List<byte[]> frames(byte[] payload, int frameSize, boolean addressed) {
    int room = frameSize - (addressed ? 1 : 0);
    List<byte[]> frames = new ArrayList<>();
    if (payload.length < Math.min(room, 8 - (addressed ? 1 : 0))) {
      frames.add(join(addressed, new byte[] {(byte) payload.length}, payload, 0, payload.length));
      return frames;
    }
    if (payload.length <= room - 2 && frameSize > 8) {
      byte[] head = {0, (byte) payload.length};
      byte[] single = join(addressed, head, payload, 0, payload.length);
      // Frames of more than eight bytes are filled up to a length that CAN FD has.
      frames.add(Arrays.copyOf(single, Math.max(single.length, 12)));
      return frames;
    }
    byte[] head =
        payload.length <= 0xFFF
            ? new byte[] {(byte) (0x10 | payload.length >> 8), (byte) payload.length}
            : new byte[] {
              0x10,
              0,
              (byte) (payload.length >> 24),
              (byte) (payload.length >> 16),
              (byte) (payload.length >> 8),
              (byte) payload.length
            };
    int at = Math.min(room - head.length, payload.length);
    frames.add(join(addressed, head, payload, 0, at));
    for (int sequence = 1; at < payload.length; sequence++) {
      int bytes = Math.min(room - 1, payload.length - at);
      byte[] pci = {(byte) (0x20 | sequence & 15)};
      frames.add(join(addressed, pci, payload, at, bytes));
      at += bytes;
    }
    return frames;
  }

  private static byte[] join(boolean addressed, byte[] head, byte[] payload, int from, int bytes) {
    int address = addressed ? 1 : 0;
    byte[] frame = new byte[address + head.length + bytes];
    if (addressed) {
      frame[0] = (byte) 0xF1;
    }
    System.arraycopy(head, 0, frame, address, head.length);
    System.arraycopy(payload, from, frame, address + head.length, bytes);
    return frame;
  }
}
