package io.foretell.diagnostics.j1939;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.diagnostics.Observation;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.episodes.Monitor;
import io.foretell.diagnostics.episodes.Readiness;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Fault;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Telemetry;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class J1939ReaderTest {
  private static final DeviceId DEVICE = new DeviceId("default", "truck");
  private static final CodeBook BOOK = new CodeBook();
  private static final long T = 1_477_899_735_000_000L;

  /** A DM1 of seven codes, as a real truck's brake controller (SA 0x0B) sends it. */
  private static final String[] BAM_DM1 = {
    "18ECFF0B#201E0005FFCAFE00",
    "18EBFF0B#0104FF7302047F2B",
    "18EBFF0B#0203027F1503027F",
    "18EBFF0B#031603027F180302",
    "18EBFF0B#047F1703027F6302",
    "18EBFF0B#050E7FFFFFFFFFFF"
  };

  private final J1939Reader reader = new J1939Reader(BOOK);
  private final J1939Memory memory = reader.fresh();

  @Test
  void single_frame_dm1_is_a_complete_observation_of_its_source() {
    List<Observation> observations = read("18FECA00#40FF66000301FFFF");

    assertThat(observations).hasSize(1);
    assertThat(observations.get(0).source()).isEqualTo("sa:0");
    assertThat(observations.get(0).complete()).isTrue();
    assertThat(observations.get(0).time()).isEqualTo(T / 1000);
    assertThat(observations.get(0).faults())
        .containsExactly(
            new Fault(
                "j1939",
                "sa:0",
                "SPN 102",
                3,
                0x89,
                Fault.Lamp.MALFUNCTION,
                1,
                Map.of(),
                "Engine intake manifold 1 pressure: voltage above normal or shorted high"));
  }

  @Test
  void dm1_without_codes_says_that_none_is_active() {
    assertThat(read("18FECA21#00FF00000000FFFF"))
        .containsExactly(new Observation(T / 1000, "sa:33", true, List.of()));
  }

  @Test
  void readiness_and_answers_to_a_clear_are_told_of_their_source() {
    int catalyst = Monitor.CATALYST.bit();
    int supported = Monitor.CONTINUOUS | catalyst | Monitor.NMHC_CATALYST.bit();

    assertThat(said("18FECE00#0000140701100100"))
        .isEqualTo(Readiness.monitors(true, supported, catalyst));
    assertThat(said("18FECE00#0100140701100100"))
        .isEqualTo(Readiness.monitors(false, supported, catalyst));
    assertThat(said("18FECE00#0000140701100000"))
        .isEqualTo(Readiness.monitors(false, supported, 0));
    assertThat(said("18FECE00#FFFFFFFFFFFFFFFF").supported()).isZero();
    assertThat(said("18C1FF00#0000640000003C00")).isEqualTo(Readiness.since(-1, 100, 60));
    assertThat(said("18C1FF00#0000FFFF0000FFFF")).isEqualTo(Readiness.since(-1, -1, -1));
    assertThat(said("18FDB800#0000070000000000")).isEqualTo(Readiness.since(7, -1, -1));
    assertThat(said("18E8FF00#00FFFFFFF9D3FE00")).isEqualTo(Readiness.monitors(true, 0, 0));
    assertThat(read("18E8FF00#01FFFFFFF9D3FE00")).as("refused").isEmpty();
    assertThat(read("18E8FF00#00FFFFFFF9CCFE00")).as("of DM3").isEmpty();
  }

  private Readiness said(String frame) {
    Observation observation = read(frame).get(0);
    assertThat(observation.source()).isEqualTo("sa:0");
    assertThat(observation.faults()).isEmpty();
    assertThat(observation.complete()).isFalse();
    return observation.readiness().orElseThrow();
  }

  @Test
  void dm2_names_codes_that_are_not_active_and_says_nothing_of_others() {
    Observation observation = read("18FECB00#40FF66000301FFFF").get(0);

    assertThat(observation.complete()).isFalse();
    assertThat(observation.faults().get(0).status()).isEqualTo(Fault.CONFIRMED);
    assertThat(observation.faults().get(0).active()).isFalse();
  }

  @Test
  void emission_related_codes_are_observed_and_pending_ones_are_not() {
    Observation active = read("18FED400#40FF66000301FFFF").get(0);
    Observation permanent = read("18FD8000#40FF66000301FFFF").get(0);

    assertThat(active.complete()).isFalse();
    assertThat(active.faults().get(0).active()).isTrue();
    assertThat(permanent.complete()).isFalse();
    assertThat(permanent.faults().get(0).active()).isFalse();
    assertThat(read("18FECF00#40FF66000301FFFF")).isEmpty();
  }

  @Test
  void broadcast_dm1_of_several_packets_is_put_together() {
    Observation observation = read(BAM_DM1).get(0);

    assertThat(observation.source()).isEqualTo("sa:11");
    assertThat(observation.faults())
        .extracting(Fault::code)
        .containsExactly(
            "SPN 627", "SPN 811", "SPN 789", "SPN 790", "SPN 792", "SPN 791", "SPN 611");
    assertThat(observation.faults().get(0).lamp()).isEqualTo(Fault.Lamp.AMBER);
  }

  @Test
  void session_continues_in_a_memory_that_was_stored_and_read_again() {
    J1939Memory now = memory;
    List<Observation> last = List.of();
    for (String frame : BAM_DM1) {
      last = reader.read(now, DEVICE, frames("can0", frame));
      now = reader.codec().decode(reader.codec().encode(now));
    }

    assertThat(last).hasSize(1);
    assertThat(last.get(0).faults()).hasSize(7);
    assertThat(now.openSessions()).isZero();
  }

  @Test
  void same_source_on_two_buses_has_two_sessions() {
    List<Observation> observations = List.of();
    for (String frame : BAM_DM1) {
      reader.read(memory, DEVICE, frames("can0", frame));
      observations = reader.read(memory, DEVICE, frames("can1", frame));
    }

    assertThat(observations).hasSize(1);
    assertThat(memory.count(TransportEvent.OUT_OF_ORDER)).isZero();
  }

  @Test
  void packet_out_of_order_drops_the_message() {
    assertThat(read(BAM_DM1[0], BAM_DM1[1], BAM_DM1[3], BAM_DM1[2])).isEmpty();
    assertThat(memory.count(TransportEvent.OUT_OF_ORDER)).isEqualTo(1);
  }

  @Test
  void abort_from_either_side_closes_the_session() {
    read("18EC21F9#1010000203CAFE00", "18ECF921#FF01FFFFFFCAFE00");

    assertThat(memory.openSessions()).isZero();
    assertThat(memory.count(TransportEvent.ABORT)).isEqualTo(1);
  }

  @Test
  void clear_to_send_that_asks_again_takes_the_session_back() {
    List<Observation> observations =
        read(
            "18EC210B#100A0002FFCAFE00",
            "18EC0B21#110201FFFFCAFE00",
            "18EB210B#0140FF6600030166",
            "18EC0B21#110201FFFFCAFE00",
            "18EB210B#0140FF6600030166",
            "18EB210B#02000401FFFFFFFF");

    assertThat(observations).hasSize(1);
    assertThat(observations.get(0).faults()).hasSize(2);
  }

  @Test
  void flood_of_announcements_stays_within_bounds() {
    for (int sa = 0; sa < 255; sa++) {
      read(String.format("18ECFF%02X#20F906FFFFCAFE00", sa));
    }

    assertThat(memory.openSessions()).isEqualTo(32);
    assertThat(reader.codec().encode(memory)).hasSizeLessThan(1000);
  }

  @Test
  void conversion_version_is_the_source_s_own_or_the_likeliest() {
    DiagnosticMessage message =
        new DiagnosticMessage(
            LampStates.of(0x40), LampStates.of(0xFF), List.of(new J1939Dtc(110, 0, 2, 1)));
    for (SpnConversion version : List.of(SpnConversion.VERSION_1, SpnConversion.VERSION_2)) {
      String frame = "18FECA00#" + HexFormat.of().formatHex(message.write(version));
      J1939Reader configured =
          new J1939Reader(BOOK, new SpnConversions(Map.of(0, version), BOOK::knowsSpn));

      assertThat(
              configured.read(memory, DEVICE, frames("can0", frame)).get(0).faults().get(0).code())
          .isEqualTo("SPN 110");
    }
    String third = "18FECA00#" + HexFormat.of().formatHex(message.write(SpnConversion.VERSION_3));
    assertThat(read(third).get(0).faults().get(0).code()).isEqualTo("SPN 110");
  }

  @Property
  void arbitrary_frames_never_fail(
      @ForAll int[] ids, @ForAll byte[] data, @ForAll int[] ends, @ForAll byte[] stored) {
    int n = Math.min(ids.length, ends.length);
    int[] some = new int[n];
    for (int i = 0; i < n; i++) {
      int[] forms = {0x80FECA00, 0x80ECFF00, 0x80EBFF00, ids[i]};
      some[i] = forms[i % 4];
    }

    reader.read(
        memory,
        DEVICE,
        new Telemetry.Frames(0, "can0", new long[n], some, java.util.Arrays.copyOf(ends, n), data));
    try {
      reader.codec().decode(stored);
    } catch (InvalidInputException e) {
      assertThat(e.reason()).isNotNull();
    }
  }

  private List<Observation> read(String... lines) {
    return reader.read(memory, DEVICE, frames("can0", lines));
  }

  private static Telemetry.Frames frames(String bus, String... lines) {
    long[] micros = new long[lines.length];
    int[] ids = new int[lines.length];
    int[] ends = new int[lines.length];
    StringBuilder data = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      int hash = lines[i].indexOf('#');
      micros[i] = T;
      ids[i] = Integer.parseInt(lines[i].substring(0, hash), 16) | 1 << 31;
      data.append(lines[i].substring(hash + 1));
      ends[i] = data.length() / 2;
    }
    return new Telemetry.Frames(
        T / 1000, bus, micros, ids, ends, HexFormat.of().parseHex(data.toString()));
  }
}
