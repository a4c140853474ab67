package io.foretell.diagnostics.codes;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.diagnostics.Observation;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Fault;
import io.foretell.proto.Telemetry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CodeReaderTest {
  private static final DeviceId DEVICE = new DeviceId("default", "car");
  private final CodeReader reader = new CodeReader(new CodeBook());
  private final CodeMemory memory = reader.fresh();

  @Test
  void report_becomes_one_observation_of_faults_in_normal_form() {
    Telemetry report =
        new Telemetry.FaultCodes(
            5,
            "ecm",
            true,
            List.of(
                new Telemetry.Code("p0301", 0x8F, 3, Map.of("engine.speed", 800.0)),
                new Telemetry.Code("SPN 102 FMI 3", 0x09, 0, Map.of()),
                new Telemetry.Code("P0000", 0, 0, Map.of()),
                new Telemetry.Code("door ajar", 0x09, 0, Map.of())));

    List<Observation> observations = reader.read(memory, DEVICE, report);

    assertThat(observations).hasSize(1);
    Observation observation = observations.get(0);
    assertThat(observation.time()).isEqualTo(5);
    assertThat(observation.source()).isEqualTo("ecm");
    assertThat(observation.complete()).isTrue();
    assertThat(observation.faults())
        .extracting(Fault::identity)
        .containsExactly("obd:ecm:P0301", "j1939:ecm:SPN 102/3", "maker:ecm:door ajar");
    assertThat(observation.faults().get(0))
        .satisfies(
            fault -> {
              assertThat(fault.lamp()).isEqualTo(Fault.Lamp.MALFUNCTION);
              assertThat(fault.count()).isEqualTo(3);
              assertThat(fault.freezeFrame()).containsEntry("engine.speed", 800.0);
              assertThat(fault.title()).isEqualTo("Cylinder 1 Misfire Detected");
            });
    assertThat(memory.unknownForms()).isEqualTo(1);
  }

  @Test
  void empty_complete_report_is_an_observation_of_nothing() {
    Telemetry report = new Telemetry.FaultCodes(5, "", true, List.of());

    assertThat(reader.read(memory, DEVICE, report))
        .containsExactly(new Observation(5, "", true, List.of()));
  }

  @Test
  void memory_survives_its_codec() {
    memory.unknownForms = 7;

    CodeMemory back = reader.codec().decode(reader.codec().encode(memory));

    assertThat(back.unknownForms()).isEqualTo(7);
  }
}
