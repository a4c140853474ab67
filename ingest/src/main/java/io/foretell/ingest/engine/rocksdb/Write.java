package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.LaneUnavailableException;
import org.rocksdb.RocksDBException;

/** Something that the one writer puts into a group commit. */
interface Write {
  /** Whether someone is told that it is durable; a group of none such is not synced. */
  boolean synced();

  /** About how many bytes it adds. */
  int size();

  /** Adds itself to the group; called by the writer alone, in order. */
  void into(Group group) throws RocksDBException;

  /** The group is durable. */
  void done();

  /** The group is not. */
  void failed(LaneUnavailableException cause);
}
