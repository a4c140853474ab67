package io.foretell.diagnostics.obd;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.diagnostics.Observation;
import io.foretell.diagnostics.episodes.Monitor;
import io.foretell.diagnostics.episodes.Readiness;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Telemetry;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObdReadinessReaderTest {
  private static final DeviceId DEVICE = new DeviceId("default", "car");

  private final ObdReadinessReader reader = new ObdReadinessReader();

  @Test
  void spark_ignition_says_its_monitors_and_that_codes_were_cleared() {
    // No code; misfire, fuel, components; catalyst, EVAP, O2, heater, EGR; EVAP and catalyst open.
    Observation said = one("7E8", "0641010007E505");

    assertThat(said.source()).isEqualTo("obd:7E8");
    assertThat(said.complete()).isFalse();
    assertThat(said.faults()).isEmpty();
    Readiness readiness = said.readiness().orElseThrow();
    assertThat(readiness.cleared()).isTrue();
    assertThat(readiness.supported())
        .isEqualTo(
            Monitor.CONTINUOUS
                | Monitor.CATALYST.bit()
                | Monitor.EVAPORATIVE.bit()
                | Monitor.EXHAUST_SENSOR.bit()
                | Monitor.EXHAUST_SENSOR_HEATER.bit()
                | Monitor.EGR_VVT.bit());
    assertThat(readiness.open()).isEqualTo(Monitor.CATALYST.bit() | Monitor.EVAPORATIVE.bit());
  }

  @Test
  void stored_code_or_monitors_that_have_run_show_no_clear() {
    assertThat(one("7E8", "0641018107E505").readiness().orElseThrow().cleared()).isFalse();
    assertThat(one("7E8", "0641010007E500").readiness().orElseThrow().cleared()).isFalse();
    // Continuous monitors begin anew with each start of the engine.
    assertThat(one("7E8", "0641010077E500").readiness().orElseThrow().cleared()).isFalse();
  }

  @Test
  void particulate_filter_of_a_spark_engine_is_the_monitor_of_any() {
    Readiness readiness = one("7E8", "06410100001010").readiness().orElseThrow();

    assertThat(readiness.supported()).isEqualTo(Monitor.PARTICULATE_FILTER.bit());
    assertThat(readiness.open()).isEqualTo(Monitor.PARTICULATE_FILTER.bit());
  }

  @Test
  void compression_ignition_has_other_monitors() {
    Readiness readiness = one("98DAF110", "064101000FEB42").readiness().orElseThrow();

    assertThat(readiness.supported())
        .isEqualTo(
            Monitor.CONTINUOUS
                | Monitor.NMHC_CATALYST.bit()
                | Monitor.NOX_CATALYST.bit()
                | Monitor.BOOST_PRESSURE.bit()
                | Monitor.EXHAUST_SENSOR.bit()
                | Monitor.PARTICULATE_FILTER.bit()
                | Monitor.EGR_VVT.bit());
    assertThat(readiness.open())
        .isEqualTo(Monitor.NOX_CATALYST.bit() | Monitor.PARTICULATE_FILTER.bit());
  }

  @Test
  void counters_since_the_clear_are_read_alone_and_together() {
    assertThat(one("7E8", "03413005").readiness()).contains(Readiness.since(5, -1, -1));
    assertThat(one("7E8", "0441310102").readiness()).contains(Readiness.since(-1, 258, -1));
    assertThat(one("7E8", "06413005310102").readiness()).contains(Readiness.since(5, 258, -1));
    assertThat(one("7EF", "07414D00094E0010").readiness()).contains(Readiness.since(-1, -1, 16));
  }

  @Test
  void reply_to_service_04_is_a_clear() {
    assertThat(one("7E9", "0144000000000000").readiness()).contains(Readiness.monitors(true, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7E0#0641010007E505",
        "7E8#04412100FF",
        "7E8#06410107E5",
        "7E8#0641",
        "7E8#",
        "7E8#10144101",
        "7E8#0344AAAA",
        "98DB33F1#0641010007E505",
        "7E8#03410C1A"
      })
  void anything_else_says_nothing(String frame) {
    String[] part = frame.split("#", -1);
    assertThat(read(part[0], part[1])).isEmpty();
  }

  @Test
  void nothing_is_kept() {
    assertThat(reader.codec().encode(reader.fresh())).isEmpty();
  }

  private Observation one(String id, String hex) {
    List<Observation> all = read(id, hex);
    assertThat(all).hasSize(1);
    assertThat(all.get(0).time()).isEqualTo(7);
    assertThat(all.get(0).readiness()).isNotEqualTo(Optional.empty());
    return all.get(0);
  }

  private List<Observation> read(String id, String hex) {
    byte[] data = HexFormat.of().parseHex(hex);
    int[] ids = {(int) Long.parseLong(id, 16)};
    return reader.read(
        reader.fresh(),
        DEVICE,
        new Telemetry.Frames(7, "can0", new long[] {7_500}, ids, new int[] {data.length}, data));
  }
}
