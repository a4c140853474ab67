package io.foretell.ingest.engine.rocksdb;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Figures behind {@link RocksEngineStats}. */
final class Counters {
  final LongAdder appends = new LongAdder();
  final LongAdder outputs = new LongAdder();
  final LongAdder bytes = new LongAdder();
  final LongAdder refused = new LongAdder();
  final AtomicLong inFlight = new AtomicLong();
  final LongAdder groups = new LongAdder();
  final LongAdder syncedGroups = new LongAdder();
  final LongAdder writeNanos = new LongAdder();
  final LongAdder passes = new LongAdder();
  final LongAdder skipped = new LongAdder();
  final LongAdder sinkFailures = new LongAdder();
  final LongAdder recoveries = new LongAdder();

  RocksEngineStats read() {
    return new RocksEngineStats(
        appends.sum(),
        outputs.sum(),
        bytes.sum(),
        refused.sum(),
        inFlight.get(),
        groups.sum(),
        syncedGroups.sum(),
        writeNanos.sum(),
        passes.sum(),
        skipped.sum(),
        sinkFailures.sum(),
        recoveries.sum());
  }
}
