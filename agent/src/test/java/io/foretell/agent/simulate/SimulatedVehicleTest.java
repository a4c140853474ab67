package io.foretell.agent.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.foretell.agent.Message;
import io.foretell.agent.Numbering;
import io.foretell.proto.v1.FaultReport;
import io.foretell.proto.v1.Report;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulatedVehicleTest {
  private static final Behaviour FAULTY = new Behaviour("1.0.0", 0.25);
  private static final Behaviour GOOD = new Behaviour("1.1.0", 0.8);

  private static SimulatedVehicle vehicle(Behaviour software, long seed) {
    return new SimulatedVehicle(software, new Random(seed), new Numbering(1));
  }

  private static FaultReport faults(List<Message> said) throws InvalidProtocolBufferException {
    return FaultReport.parseFrom(said.get(1).payload());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 42, 4711, -1, Long.MIN_VALUE})
  void good_software_never_sets_the_code(long seed) throws InvalidProtocolBufferException {
    SimulatedVehicle vehicle = vehicle(GOOD, seed);
    for (int i = 0; i < 10_000; i++) {
      List<Message> said = vehicle.step(i * 1000L, 1);
      assertThat(vehicle.failed()).isFalse();
      assertThat(faults(said).getFaultsCount()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 42, 4711, -1, Long.MIN_VALUE})
  void faulty_software_sets_the_code_and_good_software_clears_it_for_good(long seed)
      throws InvalidProtocolBufferException {
    SimulatedVehicle vehicle = vehicle(FAULTY, seed);
    int set = 0;
    while (!vehicle.failed() && set < 100) {
      set++;
      FaultReport report = faults(vehicle.step(set, 5));
      assertThat(report.getFaultsCount()).isEqualTo(vehicle.failed() ? 1 : 0);
      assertThat(report.getComplete()).isTrue();
    }
    assertThat(set).as("steps to the code").isLessThan(100);
    FaultReport report = faults(vehicle.step(200, 5));
    assertThat(report.getFaults(0).getCode()).isEqualTo("P0A93");
    assertThat(report.getFaults(0).getStatus()).isEqualTo(0x2B);
    assertThat(report.getFaults(0).getCount()).isEqualTo(1);
    vehicle.run(GOOD);
    int cleared = 0;
    while (vehicle.failed() && cleared < 100) {
      cleared++;
      vehicle.step(300 + cleared, 5);
    }
    assertThat(cleared).as("steps to its end").isLessThan(100);
    for (int i = 0; i < 10_000; i++) {
      vehicle.step(1000 + i, 5);
      assertThat(vehicle.failed()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.5, 1, 5, 20, 600})
  void length_of_a_step_changes_nothing_of_the_verdict(double seconds) {
    SimulatedVehicle good = vehicle(GOOD, 5);
    SimulatedVehicle faulty = vehicle(FAULTY, 5);
    boolean everFailed = false;
    for (int i = 0; i < 10_000; i++) {
      good.step(i, seconds);
      faulty.step(i, seconds);
      assertThat(good.failed()).isFalse();
      everFailed |= faulty.failed();
    }
    assertThat(everFailed).isTrue();
  }

  @Test
  void parked_vehicle_stands_still_and_keeps_its_code() throws InvalidProtocolBufferException {
    SimulatedVehicle vehicle = vehicle(FAULTY, 1);
    for (int i = 0; i < 100; i++) {
      vehicle.step(i, 5);
    }
    boolean before = vehicle.failed();
    vehicle.park();
    for (int i = 0; i < 100; i++) {
      Report report = Report.parseFrom(vehicle.step(1000 + i, 5).get(0).payload());
      assertThat(report.getSeries(0).getSignal()).isEqualTo("Vehicle.Speed");
      assertThat(report.getSeries(0).getValue(0)).isZero();
      assertThat(vehicle.failed()).isEqualTo(before);
    }
    vehicle.driveOff();
    assertThat(vehicle.parked()).isFalse();
    assertThat(vehicle.speed()).isGreaterThan(0);
  }

  @Test
  void messages_are_numbered_without_gaps_and_carry_the_event_time()
      throws InvalidProtocolBufferException {
    SimulatedVehicle vehicle = vehicle(GOOD, 1);
    vehicle.step(5, 1);
    List<Message> said = vehicle.step(7, 1);
    assertThat(said).extracting(Message::path).containsExactly("v1/telemetry", "v1/faults");
    assertThat(Report.parseFrom(said.get(0).payload()).getOrigin().getSequence()).isEqualTo(3);
    assertThat(Report.parseFrom(said.get(0).payload()).getBaseTime()).isEqualTo(7);
    assertThat(faults(said).getOrigin().getSequence()).isEqualTo(4);
    assertThat(faults(said).getTime()).isEqualTo(7);
  }

  @Test
  void precondition_is_judged_on_the_vehicle_and_an_unknown_one_does_not_hold() {
    SimulatedVehicle vehicle = vehicle(GOOD, 1);
    assertThat(unmet(vehicle)).isEmpty();
    assertThat(unmet(vehicle, "speed<1000")).isEmpty();
    assertThat(unmet(vehicle, " speed < 1000.5 ")).isEmpty();
    assertThat(unmet(vehicle, "parked")).hasValue("not parked");
    assertThat(unmet(vehicle, "speed<1000", "speed<3")).isPresent();
    for (String unknown :
        new String[] {"", "Parked", "speed<", "speed<x", "speed>3", "speed<-1", "soc>30"}) {
      assertThat(unmet(vehicle, unknown)).as(unknown).isPresent();
    }
    vehicle.park();
    assertThat(unmet(vehicle, "parked", "speed<3")).isEmpty();
    assertThat(unmet(vehicle, "speed<0")).isPresent();
    assertThat(unmet(vehicle, "parked", "doors-closed"))
        .hasValue("unknown precondition 'doors-closed'");
  }

  private static Optional<String> unmet(SimulatedVehicle vehicle, String... preconditions) {
    return Preconditions.unmet(List.of(preconditions), vehicle);
  }
}
