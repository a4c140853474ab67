package io.foretell.app.migrate;

import io.foretell.app.Config;
import io.foretell.app.Stores;
import io.foretell.app.Whereabouts;
import io.foretell.app.backup.Backups;
import io.foretell.app.records.Records;
import io.foretell.firmwareota.blobs.KeptBlobs;
import io.foretell.ingest.engine.Filling;
import io.foretell.ingest.engine.Resting;
import io.foretell.ingest.engine.rocksdb.FillingStore;
import io.foretell.ingest.engine.rocksdb.RestingStore;
import io.foretell.ingest.history.KeptHistory;
import io.foretell.ingest.history.rocksdb.RocksHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The embedded stores of a data folder. New ones are made in a folder beside, and moved to their
 * places when all is well.
 */
final class EmbeddedSide implements Side {
  static final String NAME = "embedded";

  private static final String RECORDS = "records.db";
  private static final String MARK = "CURRENT";

  private final Path data;
  private final Path beside;
  private final Config distributed;
  private final String stamp;

  /**
   * @param distributed the configuration with the addresses of the other side
   * @param stamp names the folder that old stores are put into
   */
  EmbeddedSide(Path data, Config distributed, String stamp) {
    this.data = data;
    this.beside = data.resolve(".migrating");
    this.distributed = distributed;
    this.stamp = stamp;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean embedded() {
    return true;
  }

  @Override
  public Set<Concern> has() {
    Set<Concern> has = EnumSet.noneOf(Concern.class);
    if (Files.exists(data.resolve(Stores.LANES).resolve(MARK))) {
      has.add(Concern.LANES);
    }
    if (Files.exists(data.resolve(RECORDS))) {
      has.add(Concern.RECORDS);
    }
    if (Files.exists(data.resolve(Stores.HISTORY).resolve(MARK))) {
      has.add(Concern.HISTORY);
    }
    if (Files.exists(data.resolve(Stores.BLOBS))) {
      has.add(Concern.ARTIFACTS);
    }
    return has;
  }

  @Override
  public Resting lanes() {
    return RestingStore.open(data.resolve(Stores.LANES));
  }

  @Override
  public void requireFree(Set<Concern> concerns) {
    Set<Concern> there = has();
    there.retainAll(concerns);
    there.remove(Concern.ARTIFACTS); // each is under its own digest
    if (!there.isEmpty()) {
      throw new MigrationException(
          data
              + " has embedded stores already ("
              + String.join(
                  ", ", there.stream().map(c -> c.name().toLowerCase(Locale.ROOT)).toList())
              + "): put them away, or name another folder with --data");
    }
  }

  @Override
  public Filling newLanes(int partitions) {
    return FillingStore.in(beside.resolve(Stores.LANES), partitions);
  }

  @Override
  public Records records() {
    return Records.openToRead(data);
  }

  @Override
  public Records newRecords() {
    return Stores.records(
        Config.of(Optional.empty(), Map.of(), Map.of(Config.DATA.name(), beside.toString())));
  }

  @Override
  public KeptHistory history() {
    return started(data);
  }

  @Override
  public KeptHistory newHistory() {
    return started(beside);
  }

  private static KeptHistory started(Path folder) {
    KeptHistory history = new RocksHistory(folder.resolve(Stores.HISTORY));
    history.start();
    return history;
  }

  @Override
  public KeptBlobs blobs() {
    return Stores.ownBlobs(data);
  }

  @Override
  public KeptBlobs blobsAfresh() {
    return blobs();
  }

  @Override
  public void settle(Set<Concern> concerns) throws IOException {
    // Records last: without them a server would not find its devices, so it must not find lanes.
    for (String name : List.of(Stores.HISTORY, Stores.LANES, RECORDS)) {
      Path made = beside.resolve(name);
      if (Files.exists(made)) {
        Files.move(made, data.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    Whereabouts.forget(data);
    clean();
  }

  @Override
  public Optional<Path> retire(Set<Concern> concerns, String to) throws IOException {
    Whereabouts.note(distributed);
    Path aside = data.resolve("moved-" + stamp);
    Files.createDirectory(aside);
    for (Concern concern : concerns) {
      for (String name : files(concern)) {
        Path old = data.resolve(name);
        if (Files.exists(old)) {
          Files.move(old, aside.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
    return Optional.of(aside);
  }

  private static List<String> files(Concern concern) {
    return switch (concern) {
      case LANES -> List.of(Stores.LANES);
      case RECORDS -> List.of(RECORDS, RECORDS + "-wal", RECORDS + "-shm");
      case HISTORY -> List.of(Stores.HISTORY);
      case ARTIFACTS -> List.of(); // they are this node's copies from now on
    };
  }

  @Override
  public void clean() throws IOException {
    Backups.delete(beside);
  }

  /** Has nothing open of its own. */
  @Override
  public void close() {}
}
