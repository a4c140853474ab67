package io.foretell.firmwareota;

import static io.foretell.firmwareota.CampaignFixture.TENANT;
import static io.foretell.firmwareota.CampaignFixture.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.agent.update.Fetcher;
import io.foretell.agent.update.Hardware;
import io.foretell.agent.update.InstallOrder;
import io.foretell.agent.update.SoftwareImage;
import io.foretell.agent.update.UpdateProgress;
import io.foretell.agent.update.Updater;
import io.foretell.firmwareota.Rollout.State;
import io.foretell.firmwareota.blobs.FileBlobs;
import io.foretell.firmwareota.tuf.Repository;
import io.foretell.firmwareota.tuf.Repository.Draft;
import io.foretell.firmwareota.tuf.Role;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Digest;
import io.foretell.proto.Entry;
import io.foretell.proto.Telemetry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Server and devices together: what the one signs, the others install and prove. */
final class WholeWayIT {
  private static final int VEHICLES = 5;

  @TempDir Path folder;
  private CampaignFixture fleet;
  private FileBlobs blobs;
  private Repository repository;
  private final Map<String, Vehicle> vehicles = new TreeMap<>();
  private final Set<String> done = new TreeSet<>();

  @BeforeEach
  void build() throws IOException {
    fleet = new CampaignFixture(folder.resolve("foretell.db"));
    blobs = new FileBlobs(folder.resolve("artifacts"));
    repository =
        new Repository(
            folder.resolve("metadata"),
            folder.resolve("keys"),
            blobs,
            1 << 20,
            () -> Instant.ofEpochMilli(fleet.now));
    fleet.addDevices(VEHICLES);
    for (int i = 0; i < VEHICLES; i++) {
      String name = String.format("truck-%02d", i);
      vehicles.put(name, new Vehicle(name));
    }
  }

  /** One simulated vehicle: its software decides whether it leaks. */
  private final class Vehicle implements Fetcher {
    final String name;
    final Updater updater;

    Vehicle(String name) throws IOException {
      this.name = name;
      this.updater =
          new Updater(
              folder.resolve(name),
              repository.trustedRoot(TENANT),
              new Hardware("truck-2016", "rev-b"),
              this,
              (component, version, image) -> read(image).comesUpAs(component, version),
              this::report,
              () -> Instant.ofEpochMilli(fleet.now),
              Updater.Limits.DEFAULT);
      updater.provision("app", "1.0.0", image("1.0.0", Map.of("leaks", true)));
    }

    boolean leaks() throws IOException {
      return Boolean.TRUE.equals(read(updater.image("app").orElseThrow()).behaviour().get("leaks"));
    }

    void obey(Command command) throws IOException {
      updater.install(InstallOrder.parse(command.id(), command.arguments(), command.expiresAt()));
      updater.boot();
    }

    private void report(UpdateProgress p) {
      fleet.says(
          name,
          new Telemetry.Update(
              fleet.now,
              p.campaign(),
              p.step(),
              p.percent(),
              p.reason(),
              p.detail(),
              p.software()));
    }

    @Override
    public Optional<InputStream> metadata(String file) {
      return repository.metadata(TENANT, file).map(ByteArrayInputStream::new);
    }

    @Override
    public InputStream artifact(Digest digest, long offset) throws IOException {
      SeekableByteChannel channel = blobs.open(digest).orElseThrow();
      return Channels.newInputStream(channel.position(offset));
    }
  }

  private static byte[] image(String version, Map<String, Object> behaviour) {
    return new SoftwareImage("app", version, behaviour).bytes();
  }

  private static SoftwareImage read(Path image) {
    try {
      return SoftwareImage.parse(Files.readAllBytes(image));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Artifact add(String version, Map<String, Object> behaviour) {
    Artifact artifact =
        repository.add(
            TENANT,
            Draft.of("app-" + version + ".json", "app", version),
            new ByteArrayInputStream(image(version, behaviour)));
    fleet.artifacts.put(artifact.digest(), artifact);
    return artifact;
  }

  private static Plan plan(Artifact artifact) {
    return new Plan(
        artifact.digest(),
        "dtc:*",
        Selection.ALL,
        List.of(
            new Wave(new Wave.Count(1), rule(0, 0, 1, 1000)),
            new Wave(new Wave.Share(1), rule(0, 0, 1, 0))),
        CampaignFixture.HOUR,
        List.of());
  }

  private void obeyAll() throws IOException {
    for (Entry<Command> entry : fleet.lane.all()) {
      if (done.add(entry.value().id())) {
        DeviceId device = entry.key();
        vehicles.get(device.device()).obey(entry.value());
      }
    }
  }

  @Test
  void good_fix_cures_every_vehicle() throws IOException {
    Campaign campaign = fleet.started(plan(add("1.0.1", Map.of("leaks", false))));
    obeyAll();
    repository.rotate(TENANT, Role.ROOT);
    repository.rotate(TENANT, Role.TARGETS);
    repository.rotate(TENANT, Role.TIMESTAMP);
    fleet.tickAfter(1000);
    obeyAll();

    assertThat(fleet.state(campaign)).isEqualTo(State.DONE);
    for (Vehicle vehicle : vehicles.values()) {
      assertThat(vehicle.leaks()).isFalse();
    }
  }

  @Test
  void bad_fix_stops_at_the_first_vehicle_which_goes_back_by_itself() throws IOException {
    Campaign campaign = fleet.started(plan(add("1.0.1", Map.of("starts", false))));
    obeyAll();
    fleet.tickAfter(1000);
    obeyAll();

    assertThat(fleet.state(campaign)).isEqualTo(State.HALTED);
    assertThat(fleet.lane.all()).hasSize(1);
    for (Vehicle vehicle : vehicles.values()) {
      assertThat(vehicle.updater.software()).containsEntry("app", "1.0.0");
    }
  }

  @Test
  void metadata_that_nobody_renewed_is_refused() throws IOException {
    Campaign campaign = fleet.started(plan(add("1.0.1", Map.of())));
    fleet.now += Duration.ofDays(2).toMillis();
    Command old = fleet.lane.all().get(0).value();
    Command command =
        new Command(
            old.id(), old.verb(), old.arguments(), fleet.now, fleet.now + 1000, List.of(), "");
    vehicles.get(fleet.lane.devices().get(0)).obey(command);

    assertThat(fleet.state(campaign)).isEqualTo(State.HALTED);
    assertThat(fleet.device(campaign, fleet.lane.devices().get(0)).reason()).isEqualTo("EXPIRED");
  }

  @Test
  void rollback_of_a_person_brings_the_older_software_back() throws IOException {
    Artifact older = add("1.0.0", Map.of("leaks", true, "build", 2));
    Campaign campaign = fleet.started(plan(add("1.0.1", Map.of("leaks", false))));
    obeyAll();
    fleet.tickAfter(1000);
    obeyAll();

    Campaign back =
        fleet.campaigns.rollBack(
            TENANT, campaign.id(), older.digest(), plan(older).waves(), "user:ann");
    obeyAll();
    fleet.tickAfter(1000);
    obeyAll();

    assertThat(fleet.state(back)).isEqualTo(State.DONE);
    for (Vehicle vehicle : vehicles.values()) {
      assertThat(vehicle.updater.software()).containsEntry("app", "1.0.0");
    }
  }
}
