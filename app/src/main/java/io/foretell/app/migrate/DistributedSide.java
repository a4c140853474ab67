package io.foretell.app.migrate;

import io.foretell.app.Config;
import io.foretell.app.Stores;
import io.foretell.app.backup.Backups;
import io.foretell.app.erasure.SqlLaneKeys;
import io.foretell.app.records.Records;
import io.foretell.firmwareota.blobs.KeptBlobs;
import io.foretell.firmwareota.blobs.s3.S3Blobs;
import io.foretell.ingest.engine.Filling;
import io.foretell.ingest.engine.Resting;
import io.foretell.ingest.engine.kafka.FillingTopics;
import io.foretell.ingest.engine.kafka.LaneKeys;
import io.foretell.ingest.engine.kafka.RestingTopics;
import io.foretell.ingest.history.KeptHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The stores that a configuration has addresses of. */
final class DistributedSide implements Side {
  static final String NAME = "distributed";

  private final Config config;
  private final Path data;
  private final Path copies;
  private final String stamp;
  private @Nullable Records keyRecords;
  private @Nullable SqlLaneKeys laneKeys;

  DistributedSide(Config config, String stamp) {
    this.config = config;
    this.data = config.get(Config.DATA);
    this.copies = data.resolve(".migrating-artifacts");
    this.stamp = stamp;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean embedded() {
    return false;
  }

  @Override
  public Set<Concern> has() {
    Set<Concern> has = EnumSet.noneOf(Concern.class);
    if (!config.get(Config.KAFKA).isEmpty()) {
      has.add(Concern.LANES);
    }
    if (!config.get(Config.RECORDS_URL).isEmpty()) {
      has.add(Concern.RECORDS);
    }
    if (!config.get(Config.INFLUX_URL).isEmpty()) {
      has.add(Concern.HISTORY);
    }
    if (!config.get(Config.S3_URL).isEmpty()) {
      has.add(Concern.ARTIFACTS);
    }
    return has;
  }

  @Override
  public Resting lanes() {
    if (config.get(Config.KAFKA).isEmpty()) {
      throw new MigrationException(
          data + " has no lanes, and engine.kafka.bootstrap is not set: name the data folder");
    }
    // Lanes may be on Kafka and records in the data folder.
    Records there = config.get(Config.RECORDS_URL).isEmpty() ? newRecords() : records();
    return RestingTopics.open(Stores.kafka(config), Stores.ALL_LANES, keys(there));
  }

  @Override
  public void requireFree(Set<Concern> concerns) throws IOException {
    if (concerns.contains(Concern.LANES)) {
      FillingTopics.requireFree(Stores.kafka(config));
    }
    if (concerns.contains(Concern.HISTORY)) {
      requireHistory();
    }
    if (concerns.contains(Concern.ARTIFACTS)) {
      blobs().each(digest -> {});
    }
  }

  /**
   * It must answer. What it has already is not refused, since that may be of a try that was cut
   * off; samples that are not the source's are found when both are compared.
   */
  private void requireHistory() {
    KeptHistory there = newHistory();
    try {
      there.eachSeries((device, signal) -> {});
    } finally {
      there.close();
    }
  }

  @Override
  public Filling newLanes(int partitions) {
    return FillingTopics.in(
        Stores.kafka(config),
        Stores.ALL_LANES,
        List.of(Stores.STAGE),
        "begun " + stamp,
        keys(newRecords()));
  }

  /** The keys of lanes, which are in the records' database and stay there. */
  private LaneKeys keys(Records of) {
    close();
    keyRecords = of;
    SqlLaneKeys keys = Stores.laneKeys(config, of.source(), Duration.ZERO);
    laneKeys = keys;
    keys.start();
    return keys;
  }

  @Override
  public void close() {
    if (laneKeys != null) {
      laneKeys.close();
    }
    if (keyRecords != null) {
      keyRecords.close();
    }
  }

  @Override
  public Records records() {
    return Records.open(
        config.get(Config.RECORDS_URL),
        config.get(Config.RECORDS_USER),
        config.get(Config.RECORDS_PASSWORD));
  }

  @Override
  public Records newRecords() {
    return Stores.records(config);
  }

  @Override
  public KeptHistory history() {
    return newHistory();
  }

  @Override
  public KeptHistory newHistory() {
    KeptHistory history = Stores.history(config);
    history.start();
    return history;
  }

  @Override
  public KeptBlobs blobs() {
    return shared(copies.resolve("1"));
  }

  @Override
  public KeptBlobs blobsAfresh() {
    return shared(copies.resolve("2"));
  }

  private S3Blobs shared(Path folder) {
    return Stores.sharedBlobs(config, folder).orElseThrow();
  }

  @Override
  public void settle(Set<Concern> concerns) throws IOException {
    if (concerns.contains(Concern.LANES)) {
      // States of topics that were there before.
      Backups.delete(data.resolve(Stores.STREAMS));
    }
    clean();
  }

  @Override
  public Optional<Path> retire(Set<Concern> concerns, String to) {
    if (concerns.contains(Concern.LANES)) {
      RestingTopics.moved(Stores.kafka(config), "to " + to + ", " + stamp);
    }
    return Optional.empty();
  }

  @Override
  public void clean() throws IOException {
    if (Files.exists(copies)) {
      Backups.delete(copies);
    }
  }
}
