package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Attached;
import io.foretell.ingest.engine.Notices;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
    Gate gate)
    implements Attached.Host {

  @Override
  public boolean closing() {
    return shut.get();
  }

  Loop loop(String name, Loop.Pass pass) {
    return new Loop(name, pass, gate, pool, timer, notices, options);
  }

  @Override
  public void later(Runnable task, long nanos) {
    timer.schedule(() -> pool.execute(task), nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void sinkFailed() {
    counters.sinkFailures.increment();
  }

  @Override
  public Duration retryFrom() {
    return options.retryFrom();
  }

  @Override
  public Duration retryTo() {
    return options.retryTo();
  }
}
