package io.foretell.firmwareota;

import static io.foretell.firmwareota.CampaignFixture.HOUR;
import static io.foretell.firmwareota.CampaignFixture.TENANT;
import static io.foretell.firmwareota.CampaignFixture.plan;
import static io.foretell.firmwareota.CampaignFixture.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.firmwareota.Rollout.State;
import io.foretell.proto.Command;
import io.foretell.proto.Entry;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Telemetry.UpdateStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

final class CampaignsPropertyTest {
  private static final int DEVICES = 6;

  /** One thing that happens: what, and to which device. */
  record Action(int kind, int device) {}

  @Property(tries = 60)
  void campaign_in_any_order_of_reports_restarts_and_lane_failures_keeps_its_promises(
      @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 131) Integer> choices)
      throws IOException {
    Path folder = Files.createTempDirectory("campaigns");
    try {
      run(new CampaignFixture(folder.resolve("foretell.db")), choices);
    } finally {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static void run(CampaignFixture fleet, List<Integer> choices) {
    fleet.addDevices(DEVICES);
    Campaign campaign =
        fleet.started(
            plan(
                new Wave(new Wave.Count(2), rule(0, 0, 1, 1000)),
                new Wave(new Wave.Share(1), rule(0.5, 1, 0.5, 1000))));
    List<Entry<Telemetry>> said = new ArrayList<>();
    for (int choice : choices) {
      int sent = fleet.lane.all().size();
      act(fleet, campaign, new Action(choice / 11, choice % DEVICES), said);
      assertCommands(fleet);
      assertNothingSentPastAThreshold(fleet, campaign, sent);
    }
    assertReplayChangesNothing(fleet, campaign, said);
  }

  private static void act(
      CampaignFixture fleet, Campaign campaign, Action action, List<Entry<Telemetry>> said) {
    String device = String.format("truck-%02d", action.device());
    switch (action.kind()) {
      case 0 -> said.add(fleet.says(device, campaign, UpdateStep.RECEIVED));
      case 1 -> said.add(fleet.says(device, campaign, UpdateStep.INSTALLED));
      case 2, 3, 4 -> said.add(fleet.says(device, campaign, UpdateStep.RUNNING));
      case 5 -> said.add(fleet.says(device, campaign, UpdateStep.FAILED));
      case 6 -> said.add(fleet.says(device, campaign, UpdateStep.ROLLED_BACK));
      case 7 -> said.add(fleet.says(device, fleet.update("", UpdateStep.RUNNING, "1.0.0")));
      case 8 -> fleet.tickAfter(action.device() == 0 ? HOUR : 1000);
      case 9 -> fleet.restart();
      case 10 -> {
        if (fleet.state(campaign) == State.HALTED) {
          fleet.campaigns.resume(TENANT, campaign.id(), action.device() % 2 == 0, "user:ann");
        }
      }
      default -> fleet.lane.mode = MemoryLane.Mode.values()[action.device() % 3];
    }
  }

  // Each attempt is one command, and a device has one attempt at a time.
  private static void assertCommands(CampaignFixture fleet) {
    Set<String> seen = new HashSet<>();
    Map<String, Long> openUntil = new HashMap<>();
    for (Entry<Command> entry : fleet.lane.all()) {
      assertThat(seen.add(entry.value().id())).as("sent twice: %s", entry.value().id()).isTrue();
      openUntil.merge(entry.key().device(), 1L, Long::sum);
    }
    for (DeviceProgress device : fleet.devices(fleet.campaigns.list(TENANT, 0, 1).get(0))) {
      assertThat(openUntil.getOrDefault(device.device(), 0L)).isLessThanOrEqualTo(device.attempt());
    }
  }

  private static void assertNothingSentPastAThreshold(
      CampaignFixture fleet, Campaign campaign, int sentBefore) {
    Rollout rollout = fleet.show(campaign).rollout();
    List<DeviceProgress> devices = fleet.devices(campaign);
    boolean secondBegan =
        devices.stream()
            .anyMatch(d -> d.wave() == 1 && d.status() != DeviceStatus.PENDING && d.attempt() > 0);
    if (secondBegan && rollout.state() == State.RUNNING) {
      assertThat(devices)
          .filteredOn(d -> d.wave() == 0 && !d.writtenOff())
          .extracting(DeviceProgress::status)
          .doesNotContain(
              DeviceStatus.FAILED,
              DeviceStatus.SILENT,
              DeviceStatus.ROLLED_BACK,
              DeviceStatus.REFUSED);
    }
    if (rollout.state() == State.HALTED && rollout.started() == 1) {
      assertThat(devices).filteredOn(d -> d.wave() == 1).allMatch(d -> d.attempt() == 0);
    }
    assertThat(fleet.lane.all().size()).isGreaterThanOrEqualTo(sentBefore);
  }

  private static void assertReplayChangesNothing(
      CampaignFixture fleet, Campaign campaign, List<Entry<Telemetry>> said) {
    Campaign before = fleet.show(campaign);
    List<DeviceProgress> devices = fleet.devices(campaign);
    int events = fleet.campaigns.events(TENANT, campaign.id(), 0, 10_000).size();
    fleet.restart();
    fleet.deliver(said);
    assertThat(fleet.show(campaign)).isEqualTo(before);
    assertThat(fleet.devices(campaign)).isEqualTo(devices);
    assertThat(fleet.campaigns.events(TENANT, campaign.id(), 0, 10_000)).hasSize(events);
  }
}
