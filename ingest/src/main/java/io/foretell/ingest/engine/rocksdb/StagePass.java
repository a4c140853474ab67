package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Attached;
import io.foretell.ingest.engine.Fold;
import io.foretell.ingest.engine.Outputs;
import io.foretell.ingest.engine.Skips;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Topic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The passes of a stage on one partition: read, fold, give the sinks of pass topics what was made,
 * then commit states, timers, outputs and offset at once.
 *
 * <p>While more comes than a pass takes, a pass that leaves nothing for lanes only gives the sinks
 * what was made; some passes later all of them are committed as one. A device that reports all the
 * time then has its state written once for many messages.
 *
 * <p>A pass that fails anywhere leaves nothing behind: the next begins from what is committed.
 */
final class StagePass<S, I> implements Loop.Pass {
  private static final Logger LOG = LoggerFactory.getLogger(StagePass.class);

  /** The most passes that one commit is for; their entries stay in memory until then. */
  private static final int MAX_UNCOMMITTED = 8;

  private final HostedStage<S, I> hosted;
  private final Partition<I> partition;
  private final Works works;
  private final Wiring wiring;
  private final Store.Family states;
  private final Timers timers;
  private final Fold<S, I> fold;
  private final Outputs out;
  private final byte[] offsetKey;

  private long epoch = -1;
  private boolean clean;
  private Fence.@Nullable Raised fence;
  private int uncommitted;
  private volatile long next;
  private volatile long committed;

  /** Where outputs go. */
  interface Wiring {
    /** The lane of a durable topic. */
    RocksLane<?> lane(Topic<?> topic);

    /** The sinks of a pass topic. */
    List<Attached<?>> sinks(String topic);
  }

  StagePass(HostedStage<S, I> hosted, Partition<I> partition, Works works, Wiring wiring) {
    this.hosted = hosted;
    this.partition = partition;
    this.works = works;
    this.wiring = wiring;
    this.states = works.store().family("states");
    this.timers = new Timers(works.store(), hosted.id(), partition.number());
    this.offsetKey = Keys.offset(hosted.name(), partition.lane(), partition.number());
    this.out = new Outputs(topic -> !wiring.sinks(topic).isEmpty());
    this.fold =
        new Fold<>(
            hosted.stage(),
            partition.lane(),
            partition.number(),
            works.options().cachedStates(),
            this::saved,
            new Skips<>(hosted.name(), works.counters().skipped, works.notices()));
    reload();
  }

  private byte @Nullable [] saved(DeviceId key) {
    byte[] stateKey = Keys.state(hosted.id(), key);
    return works.store().read(db -> db.get(states.handle(), stateKey));
  }

  private void reload() {
    epoch = works.store().epoch();
    long kept = works.store().metaNumber(offsetKey, 0);
    if (kept < partition.begin()) {
      LOG.warn(
          "{}: entries {} to {} of {}/{} are no longer kept and were never folded",
          hosted.name(),
          kept,
          partition.begin() - 1,
          partition.lane(),
          partition.number());
      kept = partition.begin();
    }
    committed = kept;
    next = kept;
    uncommitted = 0;
    fence = null;
    fold.forget();
    timers.reload();
    clean = true;
  }

  @Override
  public CompletionStage<Boolean> run() {
    if (!clean || epoch != works.store().epoch()) {
      reload();
    }
    clean = false;
    out.clear();
    return step().thenApply(this::end);
  }

  private boolean end(boolean more) {
    clean = true;
    return more || partition.end() > next || due(works.clock().millis());
  }

  private CompletionStage<Boolean> step() {
    int limit = works.options().batchSize();
    Fence.Raised raised = fence;
    if (raised != null) {
      return next < raised.end()
          ? entries((int) Math.min(limit, raised.end() - next))
          : tick(raised, limit);
    }
    long now = works.clock().millis();
    return timers.due(now) ? look(now, limit) : entries(limit);
  }

  private CompletionStage<Boolean> entries(int limit) {
    boolean small = partition.fresh(next);
    long end = partition.end();
    List<Entry<I>> batch = partition.read(next, limit);
    if (batch.isEmpty()) {
      // What is left was erased: it is passed over.
      return end > next
          ? settle(newCommit(), end, Long.MIN_VALUE)
          : CompletableFuture.completedFuture(false);
    }
    long after = batch.get(batch.size() - 1).position().offset() + 1;
    fold.entries(batch, out);
    return small && mayWait(after) ? give(after) : settle(newCommit(), after, Long.MIN_VALUE);
  }

  /**
   * Whether what was folded may be committed with a later pass. There is one: as long as entries
   * are left, the loop goes on.
   */
  private boolean mayWait(long after) {
    return fence == null
        && uncommitted + 1 < MAX_UNCOMMITTED
        && after - committed < works.options().batchSize()
        && partition.end() > after
        && out.all().stream().allMatch(emitted -> emitted.encoded() == null);
  }

  /** Gives the sinks what was made, and commits nothing. */
  private CompletionStage<Boolean> give(long after) {
    return serve(newCommit())
        .thenApply(
            served -> {
              uncommitted++;
              next = after;
              return true;
            });
  }

  @Override
  public CompletionStage<Boolean> flush() {
    if (uncommitted == 0 || !clean || epoch != works.store().epoch()) {
      return CompletableFuture.completedFuture(true);
    }
    clean = false;
    out.clear();
    return settle(newCommit(), next, Long.MIN_VALUE).thenApply(this::end);
  }

  /** The clock has passed timers: whoever really waits is ticked behind a fence. */
  private CompletionStage<Boolean> look(long now, int limit) {
    long latest = Long.MIN_VALUE;
    for (Timers.Timer timer : timers.until(now, limit)) {
      long wakeAt = fold.wakeAt(timer.device());
      if (wakeAt == Long.MIN_VALUE) {
        latest = Math.max(latest, timer.at());
      } else if (wakeAt <= now) {
        latest = Math.max(latest, wakeAt);
      } else {
        fold.touch(timer.device());
      }
    }
    if (latest == Long.MIN_VALUE) {
      return settle(newCommit(), next, now).thenApply(more -> sought());
    }
    Fence raising = new Fence(partition, latest);
    works.writer().pass(raising);
    return raising.thenApply(
        raised -> {
          fence = raised;
          return true;
        });
  }

  /** Everything before the fence is folded. */
  private CompletionStage<Boolean> tick(Fence.Raised raised, int limit) {
    List<Timers.Timer> due = timers.until(raised.at(), limit);
    Commit commit = newCommit();
    for (Timers.Timer timer : due) {
      if (!fold.clock(timer.device(), raised.at(), out)) {
        timers.remove(commit, timer);
      }
    }
    return settle(commit, next, raised.at())
        .thenApply(
            more -> {
              if (due.size() < limit) {
                fence = null;
              }
              return sought();
            });
  }

  private boolean sought() {
    timers.seek();
    return fence != null;
  }

  private Commit newCommit() {
    return new Commit(works.store(), epoch, works.counters());
  }

  private CompletionStage<Boolean> settle(Commit commit, long after, long usedUp) {
    List<Long> wakes = new ArrayList<>();
    fold.finish(
        (held, encoded, wakeAt) -> {
          timers.set(commit, held, wakeAt, usedUp);
          wakes.add(held.timer());
          commit.put(states, Keys.state(hosted.id(), held.key()), held.record(encoded));
        },
        out);
    commit.meta(offsetKey, Keys.number(after));
    return serve(commit)
        .thenCompose(
            served -> {
              works.writer().pass(commit);
              return commit;
            })
        .thenApply(
            safe -> {
              fold.committed();
              wakes.forEach(timers::added);
              uncommitted = 0;
              committed = after;
              next = after;
              return false;
            });
  }

  /** Puts what is for lanes into the commit, and gives the rest to sinks. */
  private CompletableFuture<Void> serve(Commit commit) {
    Map<String, List<Entry<?>>> passing = new LinkedHashMap<>();
    for (Outputs.Emitted<?> emitted : out.all()) {
      byte[] encoded = emitted.encoded();
      if (encoded == null) {
        passing
            .computeIfAbsent(emitted.topic().name(), topic -> new ArrayList<>())
            .add(emitted.entry());
      } else {
        append(commit, emitted, encoded);
      }
    }
    List<CompletableFuture<Void>> served = new ArrayList<>();
    passing.forEach(
        (topic, entries) -> {
          for (Attached<?> sink : wiring.sinks(topic)) {
            served.add(serve(sink, entries));
          }
        });
    return CompletableFuture.allOf(served.toArray(new CompletableFuture<?>[0]));
  }

  // A topic's name stands for its type: whoever emits to it and whoever listens have the same one.
  @SuppressWarnings({"unchecked", "rawtypes"})
  private CompletableFuture<Void> serve(Attached sink, List entries) {
    return sink.serve(entries, works);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private void append(Commit commit, Outputs.Emitted emitted, byte[] encoded) {
    RocksLane lane = wiring.lane(emitted.topic());
    Entry entry = emitted.entry();
    lane.append(commit, entry.key(), entry.at(), entry.value(), encoded);
  }

  @Override
  public long backlog() {
    return fence != null ? Long.MAX_VALUE : partition.end() - next;
  }

  @Override
  public long finished() {
    return committed;
  }

  @Override
  public long end() {
    return partition.end();
  }

  @Override
  public boolean due(long now) {
    return timers.due(now);
  }

  @Override
  public long lag() {
    return partition.end() - committed;
  }
}
