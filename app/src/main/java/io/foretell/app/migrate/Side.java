package io.foretell.app.migrate;

import io.foretell.app.records.Records;
import io.foretell.firmwareota.blobs.KeptBlobs;
import io.foretell.ingest.engine.Filling;
import io.foretell.ingest.engine.Resting;
import io.foretell.ingest.history.KeptHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** One shape of an installation, to be moved from or to. What it opens the caller closes. */
interface Side extends AutoCloseable {
  /** As the command line calls it. */
  String name();

  /** Whether its engine is the embedded one. */
  boolean embedded();

  /** What it has, or is to have, stores of. */
  Set<Concern> has();

  /** The lanes; while they are open, or as long as nothing runs, they stay as they are. */
  Resting lanes();

  /** Refuses a target that has something already, records apart; writes nothing. */
  void requireFree(Set<Concern> concerns) throws IOException;

  /** New lanes. */
  Filling newLanes(int partitions);

  /** The records, to be read. */
  Records records();

  /** New records: all tables, empty. */
  Records newRecords() throws IOException;

  /** The history, started. */
  KeptHistory history();

  /** A new history, started. */
  KeptHistory newHistory() throws IOException;

  /** Artifacts. */
  KeptBlobs blobs();

  /** Artifacts again, without what this process has copied of them. */
  KeptBlobs blobsAfresh() throws IOException;

  /** All has arrived here: from now on a server may start on it. */
  void settle(Set<Concern> concerns) throws IOException;

  /**
   * All has gone from here: no server starts on it again.
   *
   * @return where the old stores are, if they were moved
   */
  Optional<Path> retire(Set<Concern> concerns, String to) throws IOException;

  @Override
  void close();

  /** Takes away what is needed no more, or was left half done. */
  void clean() throws IOException;
}
