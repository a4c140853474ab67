package io.foretell.app;

import io.foretell.app.backup.Backups;
import io.foretell.app.records.RecordVersions;
import io.foretell.app.records.Records;
import io.foretell.ingest.engine.rocksdb.RestingStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the first start of this version changes in the stores of a data folder; tried on a copy, or
 * done. The history has had one format until now.
 */
public final class Upgrade {
  private static final String RECORDS = "records.db";

  private Upgrade() {}

  /**
   * Tries or does it.
   *
   * @param data of a server that does not run
   * @param dryRun on a copy of the records, which is removed afterwards
   * @return the changes, in their order; empty where all is of this version
   * @throws FolderInUseException where a server runs
   * @throws io.foretell.ingest.engine.rocksdb.StoreRefusedException where one has the lanes, or a
   *     later version wrote them
   * @throws io.foretell.app.records.RecordsRefusedException where a later version changed the
   *     records
   */
  public static List<String> run(Path data, boolean dryRun) throws IOException {
    Path lanes = data.resolve(Stores.LANES);
    List<String> changes = new ArrayList<>();
    try (DataFolder ours = DataFolder.hold(data);
        RestingStore held = RestingStore.open(lanes)) {
      if (held.format() < RestingStore.FORMAT) {
        changes.add(Stores.LANES + " format " + RestingStore.FORMAT);
      }
      changes.addAll(dryRun ? onACopy(data) : changed(data));
    }
    if (!dryRun) {
      RestingStore.upgrade(lanes);
    }
    return changes;
  }

  private static List<String> onACopy(Path data) throws IOException {
    Path copy = Files.createTempDirectory(data, ".upgrade-");
    try {
      for (String file : List.of(RECORDS, RECORDS + "-wal")) {
        if (Files.exists(data.resolve(file))) {
          Files.copy(data.resolve(file), copy.resolve(file));
        }
      }
      return changed(copy);
    } finally {
      Backups.delete(copy);
    }
  }

  private static List<String> changed(Path folder) {
    List<String> before;
    try (Records records = Records.open(folder)) {
      before = RecordVersions.changes(records.source());
    }
    Config config =
        Config.of(Optional.empty(), Map.of(), Map.of(Config.DATA.name(), folder.toString()));
    try (Records records = Stores.records(config)) {
      List<String> changes = new ArrayList<>(RecordVersions.changes(records.source()));
      changes.removeAll(before);
      return changes;
    }
  }
}
