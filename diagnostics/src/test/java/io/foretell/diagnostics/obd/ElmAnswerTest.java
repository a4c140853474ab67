package io.foretell.diagnostics.obd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElmAnswerTest {
  private static final ObdRequest VIN = ObdRequest.of("0902");

  /** What a logger may make of a frame. */
  private enum Dress {
    SPACED_11,
    PACKED_11,
    FILLED_11,
    SPACED_29,
    PACKED_29,
    WITH_LENGTH,
    WITH_LENGTH_29,
    PACKED_LENGTH_11,
    PACKED_LENGTH_29,
    NO_HEADER,
    NO_HEADER_PACKED,
    CANDUMP,
    SCREEN
  }

  @Property(tries = 400)
  void answer_in_any_dress_is_the_same(
      @ForAll Dress dress,
      @ForAll @IntRange(min = 1, max = 100) int more,
      @ForAll long seed,
      @ForAll boolean mixedUp) {
    Random random = new Random(seed);
    byte[] payload = new byte[2 + more];
    random.nextBytes(payload);
    payload[0] = 0x49;
    payload[1] = 2;
    List<String> frames = new ArrayList<>();
    for (byte[] frame : frames(payload)) {
      frames.add(dressed(dress, frame));
    }
    if (mixedUp && frames.size() > 2) {
      Collections.swap(frames, random.nextInt(frames.size() - 1), frames.size() - 1);
      Collections.swap(frames, 0, 1);
    }
    boolean tooFar = mixedUp && frames.size() > 7;
    List<String> lines = new ArrayList<>(List.of("0902", "SEARCHING..."));
    lines.addAll(frames);
    lines.add(">");
    if (!tooFar) {
      List<UnitAnswer> answers = ElmAnswer.of(VIN, lines);

      assertThat(answers).hasSize(1);
      assertThat(answers.get(0).bytes()).isEqualTo(payload);
    }
  }

  @Property(tries = 200)
  void numbered_lines_are_joined_in_their_order(
      @ForAll @IntRange(min = 8, max = 200) int size, @ForAll long seed) {
    byte[] payload = new byte[size];
    new Random(seed).nextBytes(payload);
    List<String> lines = new ArrayList<>(List.of("09025", String.format("%03X", size)));
    int at = 0;
    for (int n = 0; at < size; n++) {
      int bytes = Math.min(n == 0 ? 6 : 7, size - at);
      lines.add(
          String.format("%X: %s", n & 15, spaced(Arrays.copyOfRange(payload, at, at + bytes))));
      at += bytes;
    }
    if (lines.size() > 4) {
      Collections.swap(lines, 3, 4);
    }

    assertThat(ElmAnswer.of(VIN, lines).get(0).bytes()).isEqualTo(payload);
  }

  @Test
  void older_bus_answer_in_parts_is_joined_without_header_and_checksum() {
    List<String> lines =
        List.of(
            "BUS INIT: OK",
            "48 6B 10 49 02 01 00 00 00 31 40",
            "48 6B 10 49 02 02 44 34 47 50 1D",
            "48 6B 10 49 02 03 30 30 52 35 F6",
            "48 6B 10 49 02 05 31 32 33 34 DB",
            "48 6B 10 49 02 04 35 35 42 39 13");

    List<UnitAnswer> answers = ElmAnswer.of(VIN, lines);

    assertThat(answers).hasSize(1);
    assertThat(answers.get(0).unit()).isEqualTo("10");
    assertThat(HexFormat.of().formatHex(answers.get(0).bytes()))
        .isEqualTo("4902" + "00000031" + "44344750" + "30305235" + "35354239" + "31323334");
  }

  @Test
  void one_byte_answer_without_a_header_is_no_frame_with_its_length() {
    UnitAnswer fuel = ElmAnswer.of(ObdRequest.of("0151"), List.of("415101")).get(0);

    assertThat(HexFormat.of().formatHex(fuel.bytes())).isEqualTo("415101");
  }

  @Test
  void units_that_answer_between_each_other_are_kept_apart() {
    List<String> lines =
        List.of(
            "7E8 10 0A 43 04 01 01 01 02",
            "7E9 04 43 01 02 34",
            "7E8 21 01 03 01 04 00 00 00\r\r>");

    List<UnitAnswer> answers = ElmAnswer.of(ObdRequest.of("03"), lines);

    assertThat(answers).extracting(UnitAnswer::unit).containsExactly("7E8", "7E9");
    assertThat(answers.get(0).bytes()).hasSize(10);
  }

  @ParameterizedTest
  @CsvSource({
    "NO DATA, NOT_FOUND",
    "UNABLE TO CONNECT, PRECONDITION_FAILED",
    "BUS INIT: ...ERROR, PRECONDITION_FAILED",
    "CAN ERROR, PRECONDITION_FAILED",
    "STOPPED, TRUNCATED_FRAME",
    "BUFFER FULL, TRUNCATED_FRAME",
    "?, WRONG_SHAPE",
    "hello world, WRONG_SHAPE",
    "7E8 10 14 49 02 01 31 32 33, TRUNCATED_FRAME"
  })
  void what_went_wrong_gets_a_reason(String line, ReasonCode reason) {
    assertThatThrownBy(() -> ElmAnswer.of(VIN, List.of("0902", line, ">")))
        .isInstanceOf(InvalidInputException.class)
        .extracting("reason")
        .isEqualTo(reason);
  }

  @Test
  void what_went_wrong_with_one_unit_does_not_cost_the_other() {
    assertThat(ElmAnswer.of(VIN, List.of("7E8 03 49 02 00", "<DATA ERROR"))).hasSize(1);
  }

  private static List<byte[]> frames(byte[] payload) {
    List<byte[]> frames = new ArrayList<>();
    if (payload.length < 8) {
      byte[] single = new byte[8];
      Arrays.fill(single, (byte) 0xAA);
      single[0] = (byte) payload.length;
      System.arraycopy(payload, 0, single, 1, payload.length);
      return List.of(single);
    }
    byte[] first = new byte[8];
    first[0] = (byte) (0x10 | payload.length >> 8);
    first[1] = (byte) payload.length;
    System.arraycopy(payload, 0, first, 2, 6);
    frames.add(first);
    for (int at = 6; at < payload.length; at += 7) {
      byte[] frame = new byte[8];
      frame[0] = (byte) (0x20 | frames.size() & 15);
      System.arraycopy(payload, at, frame, 1, Math.min(7, payload.length - at));
      frames.add(frame);
    }
    return frames;
  }

  private static String dressed(Dress dress, byte[] frame) {
    String packed = HexFormat.of().withUpperCase().formatHex(frame);
    return switch (dress) {
      case SPACED_11 -> "7E8 " + spaced(frame) + " ";
      case PACKED_11 -> "7E8" + packed.toLowerCase(Locale.ROOT);
      case FILLED_11 -> "00 00 07 E8 " + spaced(frame);
      case SPACED_29 -> "18 DA F1 10 " + spaced(frame);
      case PACKED_29 -> "18DAF110" + packed;
      case WITH_LENGTH -> "7E8 8 " + spaced(frame);
      case WITH_LENGTH_29 -> "18 DA F1 10 8 " + spaced(frame);
      case PACKED_LENGTH_11 -> "7E88" + packed;
      case PACKED_LENGTH_29 -> "18DAF1108" + packed;
      case NO_HEADER -> spaced(frame);
      case NO_HEADER_PACKED -> packed;
      case CANDUMP -> "(1477899735.5) can0 7E8#" + packed;
      case SCREEN -> "  can0  7E8   [8]  " + spaced(frame);
    };
  }

  private static String spaced(byte[] bytes) {
    return HexFormat.ofDelimiter(" ").withUpperCase().formatHex(bytes);
  }
}
