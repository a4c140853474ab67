package io.foretell.app.migrate;

import io.foretell.app.Config;
import io.foretell.app.DataFolder;
import io.foretell.app.records.Records;
import io.foretell.firmwareota.blobs.KeptBlobs;
import io.foretell.ingest.engine.Filling;
import io.foretell.ingest.engine.Resting;
import io.foretell.ingest.history.KeptHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Moves a stopped installation from one shape to the other: lanes, artifacts, history and records,
 * in this order. Each row is counted and digested as it goes in, and read back. Only where all are
 * there does the target begin to count and the source end to; until then the source is as it was.
 */
public final class Migration {
  private final Terms terms;
  private final Side from;
  private final Side to;
  private final Side holder;
  private final Set<Concern> moving;
  private final Tallies source;
  private final Tallies target;

  /**
   * What is to be moved.
   *
   * @param config the distributed shape: what has an address in it is moved, or brought back; its
   *     data folder has, or will have, the embedded stores
   * @param grow from embedded to distributed; false: back
   * @param dryRun look at both sides, count, and write nothing
   * @param now ms since 1970
   */
  public record Terms(Config config, boolean grow, boolean dryRun, long now) {}

  private Migration(Terms terms, Progress progress) {
    this.terms = terms;
    Path data = terms.config().get(Config.DATA);
    String stamp = Instant.ofEpochMilli(terms.now()).toString().replace(':', '-');
    Side embedded = new EmbeddedSide(data, terms.config(), stamp);
    Side distributed = new DistributedSide(terms.config(), stamp);
    this.from = terms.grow() ? embedded : distributed;
    this.to = terms.grow() ? distributed : embedded;
    this.moving = EnumSet.copyOf(distributed.has());
    if (terms.grow()) {
      moving.retainAll(embedded.has());
    }
    boolean here = embedded.has().contains(Concern.LANES);
    this.holder = moving.contains(Concern.LANES) ? from : here ? embedded : distributed;
    this.source = new Tallies(terms.dryRun() ? "count" : "move", progress);
    this.target = new Tallies("verify", progress);
  }

  /**
   * Moves.
   *
   * @throws MigrationException where it cannot be; nothing counts as moved then
   * @throws IOException where a store fails; likewise
   */
  public static Report run(Terms terms, Progress progress) throws IOException {
    Migration migration = new Migration(terms, progress);
    try (Side from = migration.from;
        Side to = migration.to) {
      return migration.run();
    } catch (SQLException e) {
      throw new MigrationException("the records: " + e.getMessage(), e);
    }
  }

  private Report run() throws IOException, SQLException {
    requireSense();
    Report report = null;
    try (DataFolder ours = DataFolder.hold(terms.config().get(Config.DATA));
        Resting lanes = holder.lanes()) {
      requirePartitions(lanes);
      report = terms.dryRun() ? counted(lanes) : moved(lanes);
    } finally {
      from.clean();
      if (!terms.dryRun() && (report == null || !report.verified())) {
        to.clean();
      }
    }
    if (!report.verified()) {
      return report;
    }
    to.settle(moving);
    return report(report.kinds(), from.retire(moving, to.name()));
  }

  private Report counted(Resting lanes) throws IOException, SQLException {
    requireFree();
    count(lanes);
    return report(source.alone(), Optional.empty());
  }

  private Report moved(Resting lanes) throws IOException, SQLException {
    to.clean();
    requireFree();
    return report(move(lanes), Optional.empty());
  }

  private Report report(List<Report.Kind> kinds, Optional<Path> aside) {
    return new Report(from.name(), to.name(), terms.dryRun(), kinds, aside);
  }

  private void requireSense() {
    Path data = terms.config().get(Config.DATA);
    if (moving.isEmpty()) {
      throw new MigrationException(
          "there is nothing to move: the configuration has no address of Kafka, PostgreSQL,"
              + " InfluxDB or S3 (--config), or "
              + data
              + " has no embedded stores (--data)");
    }
    if (moving.contains(Concern.LANES) != moving.contains(Concern.RECORDS)
        && moving.contains(Concern.LANES)) {
      throw new MigrationException(
          "the records tell places on the lanes, so both move together: set records.url, and see"
              + " that "
              + (terms.grow() ? data + " has records.db" : "it is the database of these lanes"));
    }
    Path shared = terms.config().shared();
    Path keys = terms.grow() ? shared : data;
    if (!Files.exists(keys.resolve("admin.token"))) {
      throw new MigrationException(
          "keys and the administrator's token do not move by themselves: cp -a "
              + Stream.of("keys", "metadata", "admin.token")
                  .map(name -> (terms.grow() ? data : shared).resolve(name).toString())
                  .collect(Collectors.joining(" "))
              + " "
              + keys);
    }
  }

  private void requirePartitions(Resting lanes) {
    int configured = terms.config().get(Config.PARTITIONS);
    if (moving.contains(Concern.LANES) && lanes.partitions() != configured) {
      throw new MigrationException(
          "lanes.partitions = "
              + configured
              + ": the lanes have "
              + lanes.partitions()
              + ", and devices stay on theirs; set it to "
              + lanes.partitions());
    }
  }

  private void requireFree() throws IOException, SQLException {
    to.requireFree(moving);
    if (terms.grow() && moving.contains(Concern.RECORDS)) {
      try (Records old = from.records();
          Records there = to.records()) {
        RecordMove.requireFree(old.source(), there.source(), moving.contains(Concern.LANES));
        if (moving.contains(Concern.LANES)) {
          RecordMove.requireErased(old.source());
        }
      }
    }
  }

  private void count(Resting lanes) throws IOException, SQLException {
    if (moving.contains(Concern.LANES)) {
      Nowhere nowhere = new Nowhere(lanes.partitions());
      var unused = new LaneMove(lanes, nowhere, source, to.embedded()).run();
    }
    if (moving.contains(Concern.ARTIFACTS)) {
      BlobMove.count(from.blobs(), source);
    }
    if (moving.contains(Concern.HISTORY)) {
      KeptHistory history = from.history();
      try {
        HistoryMove.count(history, source);
      } finally {
        history.close();
      }
    }
    if (moving.contains(Concern.RECORDS)) {
      try (Records records = from.records()) {
        RecordMove.count(records.source(), source, moving.contains(Concern.LANES));
      }
    }
  }

  private List<Report.Kind> move(Resting lanes) throws IOException, SQLException {
    if (!moving.contains(Concern.LANES)) {
      beside();
      return records(lanes, Optional.empty());
    }
    try (Filling filling = to.newLanes(lanes.partitions())) {
      Places places = new LaneMove(lanes, filling, source, to.embedded()).run();
      try (Resting filled = filling.filled()) {
        LaneMove.readBack(filled, target, to.embedded());
      }
      beside();
      List<Report.Kind> kinds = records(lanes, Optional.of(places));
      if (kinds.stream().allMatch(Report.Kind::same)) {
        filling.finish();
      }
      return kinds;
    }
  }

  /** What can be moved again and again, and stays the same. */
  private void beside() throws IOException {
    if (moving.contains(Concern.ARTIFACTS)) {
      KeptBlobs blobs = from.blobs();
      BlobMove.run(blobs, to.blobs(), source);
      BlobMove.readBack(to.blobsAfresh(), blobs, target);
    }
    if (moving.contains(Concern.HISTORY)) {
      KeptHistory old = from.history();
      try {
        KeptHistory made = to.newHistory();
        try {
          HistoryMove.run(old, made, source);
          HistoryMove.count(made, target);
        } finally {
          made.close();
        }
      } finally {
        old.close();
      }
    }
  }

  /** The last step: the records count with the end of their transaction. */
  private List<Report.Kind> records(Resting lanes, Optional<Places> places)
      throws IOException, SQLException {
    if (!moving.contains(Concern.RECORDS)) {
      lanes.requireUnchanged();
      return source.against(target);
    }
    try (Records old = from.records();
        Records made = to.newRecords();
        RecordMove move = RecordMove.between(old.source(), made.source(), places.isPresent())) {
      move.run(places, source);
      move.readBack(target);
      List<Report.Kind> kinds = source.against(target);
      if (kinds.stream().allMatch(Report.Kind::same)) {
        lanes.requireUnchanged();
        move.commit();
      }
      return kinds;
    }
  }
}
