package io.foretell.firmwareota;

import com.zaxxer.hikari.HikariDataSource;
import io.foretell.firmwareota.sql.SqlCampaigns;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Digest;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import io.foretell.proto.PostgresServer;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Telemetry.UpdateStep;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Campaigns on a real database, with everything around them in memory; can be restarted. */
final class CampaignFixture implements CampaignListener {
  static final String TENANT = "default";
  static final Digest V101 = new Digest("a".repeat(64));
  static final Digest V100 = new Digest("b".repeat(64));
  static final long HOUR = 3_600_000;
  static final long SILENCE = 600_000;

  final MemoryLane lane = new MemoryLane();
  final MemoryDirectory directory = new MemoryDirectory();
  final Map<Digest, Artifact> artifacts = new HashMap<>();
  final List<String> heard = new ArrayList<>();
  final DataSource dataSource;
  long now = 1_795_000_000_000L;
  boolean listenerFails;
  Campaigns campaigns;
  private long offset;
  private int made;

  CampaignFixture(Path file) {
    this(lite(file));
  }

  /** On a real PostgreSQL, in a schema that stands for the file. */
  static CampaignFixture onPostgres(Path file) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(PostgresServer.shared().schemaOf(file));
    pool.setMaximumPoolSize(4);
    pool.setMinimumIdle(0);
    pool.setIdleTimeout(10_000);
    return new CampaignFixture(pool);
  }

  private static DataSource lite(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  private CampaignFixture(DataSource source) {
    dataSource = source;
    artifacts.put(V101, artifact(V101, "1.0.1", List.of(), List.of()));
    artifacts.put(V100, artifact(V100, "1.0.0", List.of(), List.of()));
    campaigns = open();
  }

  static Artifact artifact(
      Digest digest, String version, List<String> models, List<String> hardware) {
    return new Artifact(
        digest,
        "app-" + version + ".json",
        "app",
        new Version(version),
        new Version("0"),
        models,
        hardware,
        1000,
        0,
        "");
  }

  /** As after a crash: all that was in memory is gone. */
  void restart() {
    campaigns = open();
  }

  private Campaigns open() {
    return new Campaigns(
        new SqlCampaigns(dataSource),
        (tenant, digest) ->
            tenant.equals(TENANT) ? Optional.ofNullable(artifacts.get(digest)) : Optional.empty(),
        directory,
        lane,
        this,
        () -> Instant.ofEpochMilli(now),
        () -> "c" + ++made,
        Runnable::run);
  }

  void addDevices(int n) {
    for (int i = 0; i < n; i++) {
      directory.add(TENANT, String.format("truck-%02d", i), "truck-2016", "rev-b", "1.0.0");
    }
  }

  static HaltRule rule(double maxFailed, int maxRolledBack, double minSuccess, long soak) {
    return new HaltRule(maxFailed, maxRolledBack, SILENCE, minSuccess, soak);
  }

  static Plan plan(Wave... waves) {
    return new Plan(V101, "dtc:P0301", Selection.ALL, List.of(waves), HOUR, List.of("parked"));
  }

  Campaign started(Plan plan) {
    Campaign campaign = campaigns.create(TENANT, plan, "user:ann");
    return campaigns.start(TENANT, campaign.id(), "user:ann");
  }

  Campaign show(Campaign campaign) {
    return campaigns.show(TENANT, campaign.id());
  }

  Rollout.State state(Campaign campaign) {
    return show(campaign).rollout().state();
  }

  void tickAfter(long millis) {
    now += millis;
    campaigns.tick(now);
  }

  /** A device says something; returns the entry, so that it can be said again. */
  Entry<Telemetry> says(String device, Telemetry message) {
    Entry<Telemetry> entry =
        new Entry<>(
            new Position("uplink", 0, offset++), 0, new DeviceId(TENANT, device), now, message);
    deliver(List.of(entry));
    return entry;
  }

  void deliver(List<Entry<Telemetry>> batch) {
    try {
      campaigns.tracking().write(batch).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  Entry<Telemetry> says(String device, Campaign campaign, UpdateStep step) {
    String runs = step == UpdateStep.RUNNING ? campaign.install().version().text() : "1.0.0";
    return says(device, update(campaign.id(), step, runs));
  }

  Telemetry update(String campaign, UpdateStep step, String runs) {
    String reason =
        switch (step) {
          case FAILED, REFUSED -> "DIGEST_MISMATCH";
          case ROLLED_BACK -> "SLOT_DID_NOT_START";
          default -> "";
        };
    return new Telemetry.Update(now, campaign, step, 0, reason, "", Map.of("app", runs));
  }

  /** Devices that hold an open command of a campaign. */
  List<String> offered(Campaign campaign) {
    return devices(campaign).stream()
        .filter(d -> d.status() == DeviceStatus.OFFERED)
        .map(DeviceProgress::device)
        .toList();
  }

  List<DeviceProgress> devices(Campaign campaign) {
    return campaigns.devices(TENANT, campaign.id(), "", 1000);
  }

  DeviceProgress device(Campaign campaign, String name) {
    return devices(campaign).stream()
        .filter(d -> d.device().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void hear(String what) {
    if (listenerFails) {
      throw new IllegalStateException("the desk is closed");
    }
    heard.add(what);
  }

  @Override
  public void deviceStarted(Campaign campaign, DeviceId device, String fixes) {
    hear("started " + device.device() + " " + fixes);
  }

  @Override
  public void deviceSucceeded(Campaign campaign, DeviceId device) {
    hear("succeeded " + device.device());
  }

  @Override
  public void deviceFailed(Campaign campaign, DeviceId device, boolean rolledBack, String reason) {
    hear((rolledBack ? "rolled back " : "failed ") + device.device() + " " + reason);
  }

  @Override
  public void waveStarted(Campaign campaign, int wave) {
    hear("wave " + wave);
  }

  @Override
  public void halted(Campaign campaign, String reason) {
    hear("halted");
  }

  @Override
  public void completed(Campaign campaign) {
    hear("completed " + campaign.rollout().state());
  }
}
