package io.foretell.diagnostics.uds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.diagnostics.trace.Steps;
import io.foretell.diagnostics.trace.Trace;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UdsReaderTest {
  private static final Definition.Item SPEED =
      new Definition.Item(
          "speed",
          2,
          List.of(
              new Definition.Field("v", 0, 12, false, 0.1, -10, "km/h", Map.of()),
              new Definition.Field("gear", 12, 3, false, 1, 0, "", Map.of(5L, "fifth")),
              new Definition.Field("delta", 8, 4, true, 1, 0, "", Map.of())));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "22F190F18C | dataIdentifier, dataIdentifier",
        "14FFFF33 | groupOfDTC",
        "14FFFFFF01 | groupOfDTC, memorySelection",
        "54 | ",
        "2EF19041 | dataIdentifier, data",
        "6EF190 | dataIdentifier",
        "31010203AA | routineIdentifier, routineControlOptionRecord",
        "7103020300 | routineIdentifier, routineStatusRecord",
        "2701 | ",
        "6701DEADBEEF | securitySeed",
        "2702DEADBEEF | securityKey",
        "6702 | ",
        "50030032 01F4 | P2Server_max, P2*Server_max",
        "2901000002AABB0001CC | communicationConfiguration, certificateClient, challengeClient",
        "6901110001AA0000 | authenticationReturnParameter, challengeServer,"
            + " ephemeralPublicKeyServer",
        "6903120002AABB | authenticationReturnParameter, sessionKeyInfo",
        "1902FF | DTCStatusMask",
        "1904030114FF | DTC, DTCSnapshotRecordNumber",
        "194233FF1E | functionalGroupIdentifier, DTCStatusMask, DTCSeverityMask",
        "3E80 | ",
        "C502 | ",
        "34004400000000 | data",
        "3601AABB | blockSequenceCounter, data"
      })
  void message_is_cut_into_its_parts(String hex, String parts) {
    UdsMessage.Framed framed = (UdsMessage.Framed) read(hex, Definition.STANDARD);

    assertThat(framed.parts().stream().map(UdsMessage.Part::name))
        .containsExactly(parts == null ? new String[0] : parts.split(", "));
  }

  @Test
  void identifier_is_decoded_by_definition() {
    Definition definition =
        Definition.STANDARD.with(new Definition(Map.of(0x1234, SPEED), Map.of(), 0, Map.of()));
    UdsMessage.Framed framed = (UdsMessage.Framed) read("62 1234 3E8B F18C 313233", definition);

    assertThat(framed.parts()).hasSize(4);
    assertThat(framed.parts().get(1).values())
        .containsExactly(
            new DataValue("v", "", 90, "km/h"),
            new DataValue("gear", "fifth", Double.NaN, ""),
            new DataValue("delta", "", -8, ""));
    assertThat(framed.parts().get(3).values())
        .containsExactly(new DataValue("ECUSerialNumber", "123", Double.NaN, ""));
  }

  @Test
  void identifiers_that_were_asked_for_tell_where_data_ends() {
    byte[] request = HexFormat.of().parseHex("22F18CF195");
    byte[] answer = HexFormat.of().parseHex("62F18C313233F1953435");
    UdsMessage.Framed framed =
        (UdsMessage.Framed) UdsReader.answer(request, answer, Definition.STANDARD, Trace.NONE);

    assertThat(framed.parts()).hasSize(4);
    assertThat(framed.parts().get(1).bytes()).hasSize(3);
    assertThat(framed.parts().get(3).bytes()).hasSize(2);
  }

  @Test
  void response_pending_is_a_wait() {
    assertThat(((UdsMessage.Negative) read("7F2278", Definition.STANDARD)).response().isWait())
        .isTrue();
    assertThat(((UdsMessage.Negative) read("7F2231", Definition.STANDARD)).response().isWait())
        .isFalse();
  }

  @Test
  void suppressed_answer_shows_in_the_request() {
    UdsMessage.Framed framed = (UdsMessage.Framed) read("3E80", Definition.STANDARD);

    assertThat(framed.suppress()).isTrue();
    assertThat(framed.subFunction()).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "05", "BA", "22F1", "62F19041", "1401", "3101", "2901", "7F"})
  void broken_message_gets_a_reason(String hex) {
    assertThatThrownBy(() -> read(hex, Definition.STANDARD))
        .isInstanceOf(InvalidInputException.class)
        .extracting("reason")
        .isInstanceOf(ReasonCode.class);
  }

  /** Writes an answer of any status sub-function, and reads it. */
  @Property(tries = 300)
  void status_report_comes_back_as_it_was_written(
      @ForAll @IntRange(max = 60) int n, @ForAll long seed) {
    Random random = new Random(seed);
    int[] subs = {0x02, 0x0A, 0x0B, 0x0F, 0x13, 0x15, 0x17, 0x1A, 0x42, 0x55, 0x56, 0x08, 0x14};
    int sub = subs[random.nextInt(subs.length)];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x59);
    out.write(sub);
    byte[] head = HexFormat.of().parseHex(head(sub));
    out.write(head, 0, head.length);
    int[] dtcs = new int[n];
    int[] last = new int[n];
    for (int i = 0; i < n; i++) {
      dtcs[i] = 1 + random.nextInt(0xFFFFFF);
      last[i] = 1 + random.nextInt(255);
      if (sub == 0x42 || sub == 0x08) {
        out.write(0x80);
      }
      if (sub == 0x08) {
        out.write(7);
      }
      out.write(dtcs[i] >> 16);
      out.write(dtcs[i] >> 8);
      out.write(dtcs[i]);
      out.write(last[i]);
    }
    DtcReport report = DtcReports.read(out.toByteArray(), DataSizes.UNKNOWN);

    assertThat(report.dtcs().stream().mapToInt(DtcRecord::dtc)).containsExactly(box(dtcs));
    if (sub == 0x14) {
      assertThat(report.dtcs().stream().map(r -> r.detectionCounter().getAsInt() & 0xFF))
          .containsExactly(box(last));
    } else {
      assertThat(report.dtcs().stream().mapToInt(DtcRecord::status)).containsExactly(box(last));
    }
  }

  private static Integer[] box(int[] values) {
    return java.util.Arrays.stream(values).boxed().toArray(Integer[]::new);
  }

  private static String head(int sub) {
    return switch (sub) {
      case 0x17, 0x1A -> "01FF";
      case 0x42 -> "33FF1E04";
      case 0x55 -> "33FF04";
      case 0x56 -> "33FF0401";
      case 0x14 -> "";
      default -> "FF";
    };
  }

  @Property(tries = 200)
  void snapshots_and_extended_data_come_back_by_their_definition(@ForAll long seed) {
    Random random = new Random(seed);
    Map<Integer, Integer> sizes = new HashMap<>();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] head = HexFormat.of().parseHex("59040301142F");
    out.write(head, 0, head.length);
    StringBuilder expected = new StringBuilder();
    int records = 1 + random.nextInt(4);
    for (int record = 1; record <= records; record++) {
      int n = 1 + random.nextInt(3);
      out.write(record);
      out.write(n);
      for (int i = 0; i < n; i++) {
        int did = random.nextInt(0xFFFF);
        int size = sizes.computeIfAbsent(did, d -> 1 + random.nextInt(9));
        byte[] data = new byte[size];
        random.nextBytes(data);
        out.write(did >> 8);
        out.write(did);
        out.write(data, 0, size);
        expected.append(record).append(':').append(did).append('=');
        expected.append(HexFormat.of().formatHex(data)).append(' ');
      }
    }
    DtcReport report = DtcReports.read(out.toByteArray(), new DataSizes(sizes, 0));
    StringBuilder read = new StringBuilder();
    for (DtcRecord.Data data : report.dtcs().get(0).records().orElseThrow().data()) {
      read.append(data.record()).append(':').append(data.did()).append('=');
      read.append(HexFormat.of().formatHex(data.bytes())).append(' ');
    }

    assertThat(read.toString()).isEqualTo(expected.toString());
  }

  /** Sub-functions 05 (stored data by record) and 16 (extended data by record). */
  @Property(tries = 200)
  void data_by_record_number_comes_back_as_it_was_written(
      @ForAll boolean stored, @ForAll @IntRange(max = 12) int n, @ForAll long seed) {
    Random random = new Random(seed);
    Map<Integer, Integer> sizes = Map.of(0x0101, 3, 0xF40D, 1);
    int size = 1 + random.nextInt(20);
    int record = 1 + random.nextInt(0xEF);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x59);
    out.write(stored ? 0x05 : 0x16);
    if (!stored || n == 0) {
      out.write(record);
    }
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < n; i++) {
      int dtc = 1 + random.nextInt(0xFFFFFF);
      int status = random.nextInt(256);
      int by = stored ? random.nextInt(256) : record;
      if (stored) {
        out.write(by);
      }
      out.writeBytes(new byte[] {(byte) (dtc >> 16), (byte) (dtc >> 8), (byte) dtc, (byte) status});
      expected.append("%06X %02X".formatted(dtc, status));
      int items = stored ? random.nextInt(3) : 1;
      if (stored) {
        out.write(items);
      }
      for (int k = 0; k < items; k++) {
        int did = !stored ? -1 : random.nextBoolean() ? 0x0101 : 0xF40D;
        byte[] data = new byte[stored ? sizes.get(did) : size];
        random.nextBytes(data);
        if (stored) {
          out.writeBytes(new byte[] {(byte) (did >> 8), (byte) did});
        }
        out.writeBytes(data);
        expected.append(" %d:%d=%s".formatted(by, did, HexFormat.of().formatHex(data)));
      }
      expected.append('\n');
    }
    DtcReport report = DtcReports.read(out.toByteArray(), new DataSizes(sizes, size));
    StringBuilder read = new StringBuilder();
    for (DtcRecord code : report.dtcs()) {
      read.append("%06X %02X".formatted(code.dtc(), code.status()));
      for (DtcRecord.Data data : code.records().orElseThrow().data()) {
        read.append(
            " %d:%d=%s"
                .formatted(data.record(), data.did(), HexFormat.of().formatHex(data.bytes())));
      }
      read.append('\n');
    }

    assertThat(read.toString()).isEqualTo(expected.toString());
    assertThat(report.count()).isEqualTo(n);
    assertThat(report.record().orElse(-1)).isEqualTo(stored ? -1 : record);
  }

  @Test
  void record_that_no_code_supports_needs_no_number() {
    DtcReport report = DtcReports.read(HexFormat.of().parseHex("591A7F"), DataSizes.UNKNOWN);

    assertThat(report.dtcs()).isEmpty();
    assertThat(report.availability()).hasValue(0x7F);
    assertThat(report.record()).isEmpty();
  }

  @Test
  void extended_records_have_each_their_own_length() {
    DataSizes sizes = new DataSizes(Map.of(), 1, Map.of(2, 3));
    DtcReport report =
        DtcReports.read(
            HexFormat.of().parseHex("59060301142F" + "01AA" + "02010203" + "03FF"), sizes);

    assertThat(report.dtcs().get(0).records().orElseThrow().data())
        .extracting(data -> data.bytes().length)
        .containsExactly(1, 3, 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5901FF010003",
        "5902FF0301142F",
        "590303011401",
        "5904030114 2F 01 01 F186 01",
        "5905 01 030114 2F 01 F186 01",
        "5906 030114 2F 01 AA",
        "5908FF 80 01 030114 2F",
        "591403011405",
        "5916 01 030114 2F AA",
        "5917 01 FF 030114 2F",
        "5918 01 030114 2F",
        "5919 01 030114 2F 01 AA",
        "591AFF 01 030114 2F",
        "594233FFFF04 80 030114 2F",
        "595533FF04 030114 2F",
        "595633FF0401 030114 2F"
      })
  void each_byte_of_an_answer_is_explained_once(String hex) {
    byte[] answer = HexFormat.of().parseHex(hex.replace(" ", ""));
    Steps steps = new Steps();
    UdsReader.read(answer, Definition.STANDARD, steps);
    int at = 0;
    for (Steps.Step step : steps.steps()) {
      assertThat(step.at()).isEqualTo(at);
      at += step.length();
    }

    assertThat(at).isEqualTo(answer.length);
  }

  private static UdsMessage read(String hex, Definition definition) {
    return UdsReader.read(HexFormat.of().parseHex(hex.replace(" ", "")), definition, Trace.NONE);
  }
}
