package io.foretell.ingest.engine.rocksdb;

/** A stage or a sink, as a partition knows it. */
interface Reader {
  /** There is something new. */
  void wake();

  /** The offset that it goes on from after a restart; retention stays below it. */
  long finished();
}
