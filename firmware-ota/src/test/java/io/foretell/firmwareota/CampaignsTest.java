package io.foretell.firmwareota;

import static io.foretell.firmwareota.CampaignFixture.HOUR;
import static io.foretell.firmwareota.CampaignFixture.SILENCE;
import static io.foretell.firmwareota.CampaignFixture.TENANT;
import static io.foretell.firmwareota.CampaignFixture.V100;
import static io.foretell.firmwareota.CampaignFixture.V101;
import static io.foretell.firmwareota.CampaignFixture.plan;
import static io.foretell.firmwareota.CampaignFixture.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.firmwareota.Rollout.State;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Position;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Telemetry.UpdateStep;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CampaignsTest {
  private static final Wave ALL = new Wave(new Wave.Share(1), rule(0.25, 1, 0.5, 0));
  private static final Wave ONE = new Wave(new Wave.Count(1), rule(0, 0, 1, 60_000));
  private static final Wave REST = new Wave(new Wave.Share(1), rule(0.25, 0, 0.75, 0));

  @TempDir Path folder;
  private CampaignFixture fleet;

  CampaignFixture fixture(Path file) {
    return new CampaignFixture(file);
  }

  @BeforeEach
  void open() {
    fleet = fixture(folder.resolve("foretell.db"));
  }

  @Test
  void waves_that_prove_success_follow_each_other_to_the_end() {
    fleet.addDevices(5);
    Campaign campaign = fleet.started(plan(ONE, REST));
    String canary = fleet.offered(campaign).get(0);
    assertThat(fleet.lane.devices()).containsExactly(canary);

    fleet.says(canary, campaign, UpdateStep.RECEIVED);
    fleet.says(canary, campaign, UpdateStep.INSTALLED);
    fleet.says(canary, campaign, UpdateStep.RUNNING);
    fleet.tickAfter(59_999);
    assertThat(fleet.lane.devices()).hasSize(1);
    fleet.tickAfter(1);
    assertThat(fleet.lane.devices()).hasSize(5);
    fleet.offered(campaign).forEach(d -> fleet.says(d, campaign, UpdateStep.RUNNING));

    assertThat(fleet.state(campaign)).isEqualTo(State.DONE);
    assertThat(fleet.heard).contains("wave 0", "wave 1", "started " + canary + " dtc:P0301");
    assertThat(fleet.heard).endsWith("completed DONE");
    assertThat(fleet.directory.find(new DeviceId(TENANT, canary)).orElseThrow().software())
        .containsEntry("app", "1.0.1");
  }

  @Test
  void command_carries_what_the_device_needs() {
    fleet.addDevices(1);
    Campaign campaign = fleet.started(plan(ALL));

    Command command = fleet.lane.all().get(0).value();

    assertThat(command.id()).isEqualTo(campaign.id() + ".1.truck-00");
    assertThat(command.verb()).isEqualTo("install");
    assertThat(command.expiresAt()).isEqualTo(fleet.now + HOUR);
    assertThat(command.preconditions()).containsExactly("parked");
    assertThat(command.issuedBy()).isEqualTo("campaign:" + campaign.id());
    assertThat(command.arguments())
        .contains("\"component\":\"app\"", "\"version\":\"1.0.1\"")
        .contains("\"artifact\":\"" + V101 + "\"", "\"url\":\"/v1/artifacts/" + V101.hex() + "\"")
        .contains("\"metadata\":\"/v1/metadata\"", "\"rollback\":false");
  }

  @Test
  void one_rollback_too_many_halts_and_nothing_more_is_sent() {
    fleet.addDevices(5);
    Campaign campaign = fleet.started(plan(ONE, REST));
    String canary = fleet.offered(campaign).get(0);

    fleet.says(canary, campaign, UpdateStep.ROLLED_BACK);
    fleet.tickAfter(10 * HOUR);

    assertThat(fleet.state(campaign)).isEqualTo(State.HALTED);
    assertThat(fleet.lane.devices()).hasSize(1);
    assertThat(fleet.heard).contains("rolled back " + canary + " SLOT_DID_NOT_START", "halted");
  }

  @Test
  void silent_device_counts_as_failed() {
    fleet.addDevices(3);
    Campaign campaign = fleet.started(plan(ONE, REST));
    String canary = fleet.offered(campaign).get(0);
    fleet.says(canary, campaign, UpdateStep.DOWNLOADING);

    fleet.tickAfter(SILENCE - 1);
    assertThat(fleet.state(campaign)).isEqualTo(State.RUNNING);
    fleet.tickAfter(1);

    assertThat(fleet.device(campaign, canary).status()).isEqualTo(DeviceStatus.SILENT);
    assertThat(fleet.state(campaign)).isEqualTo(State.HALTED);
  }

  @Test
  void unreachable_device_halts() {
    fleet.addDevices(3);
    Campaign campaign = fleet.started(plan(ONE, REST));

    fleet.tickAfter(HOUR);

    assertThat(fleet.devices(campaign))
        .extracting(DeviceProgress::status)
        .contains(DeviceStatus.UNREACHED);
    assertThat(fleet.state(campaign)).isEqualTo(State.HALTED);
    assertThat(fleet.lane.devices()).hasSize(1);
  }

  @Test
  void device_that_says_it_runs_another_version_has_failed() {
    fleet.addDevices(1);
    Campaign campaign = fleet.started(plan(ALL));
    fleet.says("truck-00", campaign, UpdateStep.RECEIVED);

    fleet.says("truck-00", fleet.update(campaign.id(), UpdateStep.RUNNING, "7.7.7"));

    assertThat(fleet.device(campaign, "truck-00").status()).isEqualTo(DeviceStatus.FAILED);
    assertThat(fleet.state(campaign)).isEqualTo(State.HALTED);
  }

  @Test
  void device_that_is_back_on_its_old_version_later_counts_as_rolled_back() {
    fleet.addDevices(4);
    Campaign campaign = fleet.started(plan(ONE, REST));
    String canary = fleet.offered(campaign).get(0);
    fleet.says(canary, campaign, UpdateStep.RUNNING);

    fleet.says(canary, fleet.update("", UpdateStep.RUNNING, "1.0.0"));
    fleet.tickAfter(HOUR / 2);

    assertThat(fleet.device(campaign, canary).status()).isEqualTo(DeviceStatus.ROLLED_BACK);
    assertThat(fleet.state(campaign)).isEqualTo(State.HALTED);
  }

  @Test
  void done_reply_is_no_proof_but_a_refusal_counts() {
    fleet.addDevices(2);
    Campaign campaign = fleet.started(plan(ALL));
    for (Entry<Command> entry : fleet.lane.all()) {
      fleet.says(entry.key().device(), reply(entry.value().id(), Telemetry.Outcome.DONE));
    }
    assertThat(fleet.offered(campaign)).hasSize(2);

    fleet.says("truck-00", reply(campaign.id() + ".1.truck-00", Telemetry.Outcome.REFUSED));
    fleet.says("truck-01", reply(campaign.id() + ".9.truck-01", Telemetry.Outcome.REFUSED));

    assertThat(fleet.device(campaign, "truck-00").status()).isEqualTo(DeviceStatus.REFUSED);
    assertThat(fleet.device(campaign, "truck-01").status()).isEqualTo(DeviceStatus.OFFERED);
  }

  @Test
  void resume_with_retry_sends_the_failed_once_more() {
    fleet.addDevices(3);
    Campaign campaign = fleet.started(plan(ONE, REST));
    String canary = fleet.offered(campaign).get(0);
    fleet.says(canary, campaign, UpdateStep.FAILED);
    assertThat(fleet.state(campaign)).isEqualTo(State.HALTED);

    fleet.campaigns.resume(TENANT, campaign.id(), true, "user:ann");

    assertThat(fleet.lane.all())
        .extracting(e -> e.value().id())
        .contains(campaign.id() + ".1." + canary, campaign.id() + ".2." + canary);
    fleet.says(canary, campaign, UpdateStep.RUNNING);
    fleet.tickAfter(60_000);
    assertThat(fleet.offered(campaign)).hasSize(2);
  }

  @Test
  void resume_without_the_failed_goes_on_and_still_watches() {
    fleet.addDevices(8);
    Wave half = new Wave(new Wave.Share(0.5), rule(0.25, 0, 0.5, 0));
    Campaign campaign = fleet.started(plan(half, REST));
    List<String> first = fleet.offered(campaign);
    fleet.says(first.get(0), campaign, UpdateStep.FAILED);
    fleet.says(first.get(1), campaign, UpdateStep.FAILED);
    assertThat(fleet.state(campaign)).isEqualTo(State.HALTED);

    fleet.campaigns.resume(TENANT, campaign.id(), false, "user:ann");
    assertThat(fleet.state(campaign)).isEqualTo(State.RUNNING);
    fleet.says(first.get(2), campaign, UpdateStep.FAILED);

    assertThat(fleet.state(campaign)).isEqualTo(State.HALTED);
    assertThat(fleet.lane.devices()).hasSize(4);
  }

  @Test
  void writing_off_everybody_leaves_it_halted() {
    fleet.addDevices(3);
    Campaign campaign = fleet.started(plan(ONE, REST));
    fleet.says(fleet.offered(campaign).get(0), campaign, UpdateStep.FAILED);

    fleet.campaigns.resume(TENANT, campaign.id(), false, "user:ann");

    assertThat(fleet.state(campaign)).isEqualTo(State.HALTED);
    assertThat(fleet.lane.devices()).hasSize(1);
  }

  @Test
  void cancelled_campaign_sends_nothing_and_lets_its_devices_go_when_they_settle() {
    fleet.addDevices(4);
    Campaign campaign = fleet.started(plan(ONE, REST));
    String canary = fleet.offered(campaign).get(0);
    fleet.says(canary, campaign, UpdateStep.RECEIVED);
    fleet.campaigns.cancel(TENANT, campaign.id(), "wrong file", "user:ann");
    Campaign next = fleet.campaigns.create(TENANT, plan(ALL), "user:ann");

    assertReason(ReasonCode.CONFLICT, () -> fleet.campaigns.start(TENANT, next.id(), "user:ann"));
    fleet.says(canary, campaign, UpdateStep.FAILED);
    fleet.campaigns.start(TENANT, next.id(), "user:ann");

    assertThat(fleet.state(campaign)).isEqualTo(State.CANCELLED);
    assertThat(fleet.device(campaign, canary).status()).isEqualTo(DeviceStatus.FAILED);
    assertThat(fleet.offered(next)).hasSize(4);
  }

  @Test
  void second_campaign_for_the_same_component_conflicts() {
    fleet.addDevices(3);
    fleet.started(plan(ONE, REST));
    Campaign second = fleet.campaigns.create(TENANT, plan(ALL), "user:bob");

    assertReason(ReasonCode.CONFLICT, () -> fleet.campaigns.start(TENANT, second.id(), "user:bob"));

    assertThat(fleet.state(second)).isEqualTo(State.DRAFT);
    assertThat(fleet.devices(second)).isEmpty();
    assertThat(fleet.lane.devices()).hasSize(1);
  }

  @Test
  void roll_back_brings_proven_devices_to_the_older_artifact() {
    fleet.addDevices(4);
    Campaign campaign = fleet.started(plan(ALL));
    fleet.says("truck-00", campaign, UpdateStep.RUNNING);
    fleet.says("truck-01", campaign, UpdateStep.RUNNING);
    fleet.says("truck-02", campaign, UpdateStep.FAILED);

    Campaign back = fleet.campaigns.rollBack(TENANT, campaign.id(), V100, List.of(ALL), "user:ann");

    assertThat(fleet.state(campaign)).isEqualTo(State.ROLLED_BACK);
    assertThat(back.rollbackOf()).isEqualTo(campaign.id());
    assertThat(fleet.offered(back)).containsExactly("truck-00", "truck-01");
    assertThat(fleet.lane.all().get(fleet.lane.all().size() - 1).value().arguments())
        .contains("\"version\":\"1.0");
    fleet.says("truck-00", back, UpdateStep.RUNNING);
    fleet.says("truck-01", back, UpdateStep.RUNNING);
    assertThat(fleet.state(back)).isEqualTo(State.DONE);
    assertThat(fleet.heard).contains("completed ROLLED_BACK", "completed DONE");
  }

  @Test
  void replayed_reports_change_nothing() {
    fleet.addDevices(4);
    Campaign campaign = fleet.started(plan(ALL));
    List<Entry<Telemetry>> said = new ArrayList<>();
    said.add(fleet.says("truck-00", campaign, UpdateStep.RECEIVED));
    said.add(fleet.says("truck-00", campaign, UpdateStep.INSTALLED));
    said.add(fleet.says("truck-00", campaign, UpdateStep.RUNNING));
    said.add(fleet.says("truck-01", campaign, UpdateStep.ROLLED_BACK));
    Campaign before = fleet.show(campaign);
    List<String> heardBefore = List.copyOf(fleet.heard);

    fleet.deliver(said);
    fleet.restart();
    fleet.deliver(said);

    assertThat(fleet.show(campaign)).isEqualTo(before);
    assertThat(fleet.heard).isEqualTo(heardBefore);
  }

  @Test
  void restarted_server_goes_on_where_it_was() {
    fleet.addDevices(5);
    Campaign campaign = fleet.started(plan(ONE, REST));
    String canary = fleet.offered(campaign).get(0);
    Campaign before = fleet.show(campaign);
    fleet.restart();

    assertThat(fleet.show(campaign)).isEqualTo(before);
    fleet.tickAfter(1000);
    assertThat(fleet.lane.devices()).hasSize(1);
    fleet.says(canary, campaign, UpdateStep.RUNNING);
    fleet.restart();
    fleet.tickAfter(60_000);

    assertThat(fleet.lane.devices()).hasSize(5);
  }

  @Test
  void command_that_the_lane_could_not_take_goes_out_later_once() {
    fleet.addDevices(3);
    fleet.lane.mode = MemoryLane.Mode.FAILING;
    fleet.started(plan(ALL));
    assertThat(fleet.lane.all()).isEmpty();
    fleet.restart();
    fleet.lane.mode = MemoryLane.Mode.GOOD;

    fleet.tickAfter(1000);
    fleet.tickAfter(1000);

    assertThat(fleet.lane.devices()).containsExactly("truck-00", "truck-01", "truck-02");
  }

  @Test
  void command_on_the_lane_whose_answer_was_lost_is_not_sent_twice() {
    fleet.addDevices(3);
    fleet.lane.mode = MemoryLane.Mode.KEEPS_BUT_FAILS;
    fleet.started(plan(ALL));
    fleet.restart();
    fleet.lane.mode = MemoryLane.Mode.GOOD;

    fleet.tickAfter(1000);

    assertThat(fleet.lane.devices()).containsExactly("truck-00", "truck-01", "truck-02");
  }

  @Test
  void command_that_expired_before_it_went_out_is_dropped() {
    fleet.addDevices(2);
    fleet.lane.mode = MemoryLane.Mode.FAILING;
    Campaign campaign = fleet.started(plan(ALL));
    fleet.lane.mode = MemoryLane.Mode.GOOD;

    fleet.tickAfter(HOUR);

    assertThat(fleet.lane.all()).isEmpty();
    assertThat(fleet.state(campaign)).isEqualTo(State.HALTED);
  }

  @Test
  void listener_that_fails_hears_it_again() {
    fleet.addDevices(2);
    fleet.listenerFails = true;
    fleet.started(plan(ALL));
    assertThat(fleet.heard).isEmpty();
    fleet.restart();
    fleet.listenerFails = false;

    fleet.tickAfter(1000);

    assertThat(fleet.heard)
        .containsExactly("wave 0", "started truck-00 dtc:P0301", "started truck-01 dtc:P0301");
  }

  @Test
  void campaign_that_cannot_be_read_is_halted() throws SQLException {
    fleet.addDevices(3);
    Campaign campaign = fleet.started(plan(ONE, REST));
    String canary = fleet.offered(campaign).get(0);
    sql("update ota_wave set min_success_share = 0 where campaign = '" + campaign.id() + "'");

    fleet.says(canary, campaign, UpdateStep.RUNNING);
    fleet.tickAfter(10 * HOUR);
    sql("update ota_wave set min_success_share = 1 where campaign = '" + campaign.id() + "'");
    fleet.tickAfter(1000);

    assertThat(fleet.state(campaign)).isEqualTo(State.HALTED);
    assertThat(fleet.show(campaign).rollout().reason()).contains("cannot be read");
    assertThat(fleet.lane.devices()).hasSize(1);
  }

  @Test
  void targets_are_those_that_are_selected_fit_and_are_behind() {
    fleet.addDevices(2);
    fleet.directory.add(TENANT, "bus-1", "bus", "rev-b", "1.0.0");
    fleet.directory.add(TENANT, "truck-newer", "truck-2016", "rev-b", "2.0.0");
    fleet.directory.add(TENANT, "truck-there", "truck-2016", "rev-b", "1.0.1");
    fleet.directory.add(TENANT, "truck-unknown", "truck-2016", "", "1.0.0");
    fleet.directory.add("other", "truck-foreign", "truck-2016", "rev-b", "1.0.0");
    fleet.artifacts.put(
        V101, CampaignFixture.artifact(V101, "1.0.1", List.of("truck-2016"), List.of("rev-b")));

    Campaign campaign = fleet.started(plan(ALL));

    assertThat(fleet.offered(campaign)).containsExactly("truck-00", "truck-01");
  }

  @Test
  void named_device_that_does_not_fit_or_exist_is_said_so() {
    fleet.directory.add(TENANT, "bus-1", "bus", "rev-b", "1.0.0");
    fleet.artifacts.put(
        V101, CampaignFixture.artifact(V101, "1.0.1", List.of("truck-2016"), List.of()));

    assertReason(ReasonCode.CONFLICT, () -> startFor("bus-1"));
    assertReason(ReasonCode.NOT_FOUND, () -> startFor("nobody"));
  }

  @Test
  void devices_beyond_the_waves_are_left_alone() {
    fleet.addDevices(10);
    Campaign campaign = fleet.started(plan(new Wave(new Wave.Count(2), rule(0, 0, 1, 0))));

    assertThat(fleet.devices(campaign)).hasSize(2);
    fleet.offered(campaign).forEach(d -> fleet.says(d, campaign, UpdateStep.RUNNING));
    assertThat(fleet.state(campaign)).isEqualTo(State.DONE);
  }

  @Test
  void plan_without_a_threshold_is_refused() {
    assertReason(ReasonCode.MISSING_THRESHOLD, () -> plan());
    assertReason(ReasonCode.MISSING_THRESHOLD, () -> Wave.of(new Wave.Share(1), null));
    assertReason(ReasonCode.MISSING_THRESHOLD, () -> HaltRule.of(0.1, 0, SILENCE, null, 0L));
    assertReason(ReasonCode.WRONG_SHAPE, () -> rule(Double.NaN, 0, 1, 0));
    assertReason(ReasonCode.WRONG_SHAPE, () -> rule(1, 0, 1, 0));
  }

  @Test
  void other_tenants_campaign_is_not_found() {
    fleet.addDevices(1);
    Campaign campaign = fleet.started(plan(ALL));

    assertReason(ReasonCode.NOT_FOUND, () -> fleet.campaigns.show("other", campaign.id()));
    assertReason(
        ReasonCode.NOT_FOUND, () -> fleet.campaigns.cancel("other", campaign.id(), "", "user:eve"));
    assertThat(fleet.campaigns.list("other", 0, 10)).isEmpty();
    fleet.deliver(
        List.of(
            new Entry<>(
                new Position("uplink", 1, 0),
                0,
                new DeviceId("other", "truck-00"),
                fleet.now,
                fleet.update(campaign.id(), UpdateStep.RUNNING, "1.0.1"))));
    assertThat(fleet.device(campaign, "truck-00").status()).isEqualTo(DeviceStatus.OFFERED);
  }

  @Test
  void timeline_tells_who_did_what() {
    fleet.addDevices(1);
    Campaign campaign = fleet.started(plan(ALL));
    fleet.campaigns.halt(TENANT, campaign.id(), "lunch", "user:ann");
    fleet.campaigns.resume(TENANT, campaign.id(), true, "user:bob");
    fleet.says("truck-00", campaign, UpdateStep.RUNNING);

    List<CampaignEvent> events = fleet.campaigns.events(TENANT, campaign.id(), 0, 100);

    assertThat(events)
        .extracting(e -> e.kind().name())
        .containsExactly(
            "CREATED",
            "STARTED",
            "WAVE_STARTED",
            "DEVICE_STARTED",
            "HALTED",
            "RESUMED",
            "RETRIED",
            "DEVICE_SUCCEEDED",
            "DONE");
    assertThat(events.get(4).by()).isEqualTo("user:ann");
    assertThat(events.get(4).reason()).isEqualTo("lunch");
    assertThat(events).extracting(CampaignEvent::number).isSorted();
  }

  private void startFor(String device) {
    Plan plan = new Plan(V101, "", Selection.of(List.of(device)), List.of(ALL), HOUR, List.of());
    fleet.started(plan);
  }

  private Telemetry reply(String command, Telemetry.Outcome outcome) {
    return new Telemetry.Reply(fleet.now, command, outcome, "", Map.of());
  }

  private void sql(String statement) throws SQLException {
    try (Connection connection = fleet.dataSource.getConnection();
        Statement s = connection.createStatement()) {
      s.execute(statement);
    }
  }

  private static void assertReason(ReasonCode reason, ThrowingCallable call) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(call)
        .extracting(InvalidInputException::reason)
        .isEqualTo(reason);
  }
}
