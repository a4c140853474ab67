package io.foretell.app;

import io.foretell.app.backup.Backups;
import io.foretell.ingest.engine.rocksdb.RocksEngine;
import io.foretell.ingest.history.rocksdb.RocksHistory;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Backups of a server that runs. Devices go on being acknowledged meanwhile; only the passes of
 * stages and sinks are held while the stores are copied, so that tickets, commands and samples
 * belong to the offsets of the lanes: nothing is lost, and nothing counts as done that was not.
 */
final class Snapshot {
  private static final String PREFIX = ".backup-";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String TLS = "tls";

  /** What stands beside the stores; the rest of a data folder is made anew at each start. */
  private static final List<String> BESIDE = List.of(TLS, "admin.token", "blobs");

  private final Parts parts;
  private final Path data;
  private final AtomicBoolean busy = new AtomicBoolean();

  Snapshot(Parts parts) {
    this.parts = parts;
    this.data = parts.config.get(Config.DATA);
  }

  /** Writes an archive; see {@link Backups#write}. */
  void write(String version, OutputStream out) {
    if (!busy.compareAndSet(false, true)) {
      throw new InvalidInputException(ReasonCode.CONFLICT, "another backup is being made");
    }
    try {
      forgetOld();
      Path folder = Files.createTempDirectory(data, PREFIX);
      try {
        stage(folder);
        String history = parts.history instanceof RocksHistory ? "embedded" : "external";
        Backups.write(folder, version, parts.clock.millis(), history, out);
      } finally {
        Backups.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no backup: " + e.getMessage(), e);
    } finally {
      busy.set(false);
    }
  }

  private void stage(Path folder) throws IOException {
    if (parts.engine instanceof RocksEngine lanes) {
      lanes.snapshot(folder.resolve("lanes"), () -> besideLanes(folder), PATIENCE);
    }
    // A campaign's artifact was there before the campaign, so it is among those copied now.
    synchronized (
        parts.repository) { // its own lock: keys and what they have signed belong together
      copy("keys", folder);
      copy("metadata", folder);
    }
    for (String name : BESIDE) {
      copy(name, folder);
    }
  }

  private void besideLanes(Path folder) {
    parts.ground.tables().records().copyTo(folder);
    if (parts.history instanceof RocksHistory history) {
      history.snapshot(folder.resolve("history"));
    }
  }

  private void copy(String name, Path folder) throws IOException {
    Path base = name.equals(TLS) ? data : parts.config.shared();
    Path from = base.resolve(name);
    if (!Files.exists(from)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> found = Files.walk(from)) {
      all = found.filter(Files::isRegularFile).filter(file -> !half(file)).toList();
    }
    for (Path file : all) {
      Path to = folder.resolve(base.relativize(file).toString());
      Path parent = to.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.copy(file, to);
    }
  }

  /** A blob on its way in. */
  private static boolean half(Path file) {
    return file.toString().endsWith(".part");
  }

  /** What a server that was killed at a backup has left. */
  private void forgetOld() throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(data, PREFIX + "*")) {
      for (Path folder : left) {
        Backups.delete(folder);
      }
    }
  }
}
