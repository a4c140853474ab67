package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Attached;
import io.foretell.proto.Entry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The passes of a sink on one partition of a lane: read, give, remember how far. */
final class SinkPass<I> implements Loop.Pass {
  private final Attached<I> sink;
  private final Partition<I> partition;
  private final Works works;
  private final byte[] offsetKey;
  private long epoch = -1;
  private volatile long next;

  SinkPass(Attached<I> sink, Partition<I> partition, Works works) {
    this.sink = sink;
    this.partition = partition;
    this.works = works;
    this.offsetKey = Keys.offset(sink.name(), partition.lane(), partition.number());
    reload();
  }

  private void reload() {
    epoch = works.store().epoch();
    next = works.store().metaNumber(offsetKey, 0);
  }

  @Override
  public CompletionStage<Boolean> run() {
    if (epoch != works.store().epoch()) {
      reload();
    }
    long end = partition.end();
    List<Entry<I>> batch = partition.read(next, works.options().batchSize());
    if (batch.isEmpty()) {
      // What is left was erased: it is passed over.
      return end > next ? commit(end) : CompletableFuture.completedFuture(false);
    }
    long after = batch.get(batch.size() - 1).position().offset() + 1;
    return sink.serve(batch, works).thenCompose(served -> commit(after));
  }

  private CompletionStage<Boolean> commit(long after) {
    Commit commit = new Commit(works.store(), epoch, works.counters());
    commit.meta(offsetKey, Keys.number(after));
    works.writer().pass(commit);
    return commit.thenApply(
        safe -> {
          next = after;
          return partition.end() > after;
        });
  }

  @Override
  public long backlog() {
    return partition.end() - next;
  }

  @Override
  public long lag() {
    return partition.end() - next;
  }

  @Override
  public long finished() {
    return next;
  }

  @Override
  public long end() {
    return partition.end();
  }

  @Override
  public boolean due(long now) {
    return false;
  }
}
