package io.foretell.ingest.engine.rocksdb;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the parts of one running engine share.
 *
 * @param store where all is kept
 * @param writer the one that writes to it
 * @param pool runs passes
 * @param timer starts what is to be done later; never does it itself
 * @param shut set when the engine closes
 * @param gate what all passes go through
 */
record Works(
    Store store,
    Writer writer,
    Executor pool,
    ScheduledExecutorService timer,
    Notices notices,
    Counters counters,
    RocksEngineOptions options,
    InstantSource clock,
    AtomicBoolean shut,
    Gate gate) {

  boolean closing() {
    return shut.get();
  }

  Loop loop(String name, Loop.Pass pass) {
    return new Loop(name, pass, gate, pool, timer, notices, options);
  }
}
