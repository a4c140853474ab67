package io.foretell.ingest.engine.kafka;

import io.foretell.ingest.engine.Attached;
import io.foretell.ingest.engine.Fold;
import io.foretell.ingest.engine.Held;
import io.foretell.ingest.engine.Outputs;
import io.foretell.ingest.engine.Partitioning;
import io.foretell.ingest.engine.Skips;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import io.foretell.proto.Stage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fold of one partition by one stage, as a task of Kafka Streams: entries are folded as they
 * come, and settled in passes. To settle is: the sinks of pass topics take what was made, then
 * states, timers and outputs are written, and Streams is asked to commit them with the offset, all
 * in one transaction.
 *
 * <p>A pass that is cut off anywhere leaves nothing behind: the next begins from what is committed.
 * The offset is also kept beside the states, so an entry that comes again is not folded again.
 *
 * <p>Ticks by the clock fall where the fold stands when the clock passes them, and are written down
 * in the same transaction: {@code offset:8 at:8} of the entry before which they were, so a replay
 * ticks at the same places.
 *
 * <p>A record that erases a device ends the pass before it, and takes out state and timer in one of
 * its own.
 */
final class StageProcessor<S, I>
    implements Processor<byte[], byte[], Output, byte[]>, Transactions.Member {
  private static final Logger LOG = LoggerFactory.getLogger(StageProcessor.class);
  private static final Bytes NEXT = Bytes.wrap(Names.NEXT);

  // How long the thread of Streams waits for a sink before it looks after its membership again.
  private static final long SLICE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final HostedStage<S, I> hosted;
  private final Hosting hosting;
  private final Deque<Given<I>> waiting = new ArrayDeque<>();
  private final CommittedStates committed = new CommittedStates();
  private final List<Runnable> puts = new ArrayList<>();
  private final Skips<I> skips;
  private final Outputs out;

  private @Nullable ProcessorContext<Output, byte[]> context;
  private @Nullable KeyValueStore<Bytes, byte[]> states;
  private @Nullable KeyValueStore<Bytes, byte[]> timers;
  private @Nullable Fold<S, I> fold;
  private @Nullable CompletableFuture<Void> serving;
  private int partition;
  private int folded;
  private long earliest;
  private long lookedUntil = Long.MIN_VALUE;
  private long next;
  private long passed;
  private long passedBefore;
  private Bytes readKey = Bytes.wrap(Names.read(0));
  private volatile long settled;
  private volatile long safe;

  /**
   * What a record of the lane stands for.
   *
   * @param entry null where it is none, or cannot be read any more
   * @param erased whom it erases
   */
  private record Given<I>(long offset, @Nullable Entry<I> entry, @Nullable DeviceId erased) {}

  StageProcessor(HostedStage<S, I> hosted, Hosting hosting) {
    this.hosted = hosted;
    this.hosting = hosting;
    this.skips = new Skips<>(hosted.name(), hosting.skipped(), hosting.notices());
    this.out = new Outputs(topic -> !hosting.sinks(topic).isEmpty());
  }

  @Override
  public void init(@NonNull ProcessorContext<Output, byte[]> given) {
    context = given;
    partition = given.taskId().partition();
    KeyValueStore<Bytes, byte[]> kept = given.getStateStore(HostedStage.STATES);
    states = kept;
    timers = given.getStateStore(HostedStage.TIMERS);
    fold =
        new Fold<>(
            hosted.stage(),
            hosted.lane().name(),
            partition,
            hosting.options().cachedStates(),
            this::saved,
            skips);
    byte[] offset = timers().get(NEXT);
    next = offset == null ? 0 : ByteBuffer.wrap(offset).getLong();
    settled = next;
    safe = next;
    readKey = Bytes.wrap(Names.read(partition));
    byte[] noEntries = kept.get(Bytes.wrap(Names.passed(partition)));
    passed = noEntries == null ? 0 : ByteBuffer.wrap(noEntries).getLong();
    passedBefore = passed;
    earliest = Long.MIN_VALUE;
    hosting.transactions(hosted).join(new TopicPartition(hosted.lane().topic(), partition), this);
    hosted.runs(partition, this);
    given.schedule(
        hosting.transactions(hosted).anchor(),
        hosting.options().commitInterval(),
        PunctuationType.WALL_CLOCK_TIME,
        time -> beat());
  }

  // Where its key is destroyed, and its record of the erasure is still to come, it is as if new.
  private byte @Nullable [] saved(DeviceId device) {
    byte[] kept = states().get(Bytes.wrap(Names.key(device)));
    return kept == null ? null : hosting.state(hosted.name(), device, kept);
  }

  private ProcessorContext<Output, byte[]> context() {
    return Objects.requireNonNull(context);
  }

  private KeyValueStore<Bytes, byte[]> states() {
    return Objects.requireNonNull(states);
  }

  private KeyValueStore<Bytes, byte[]> timers() {
    return Objects.requireNonNull(timers);
  }

  private Fold<S, I> fold() {
    return Objects.requireNonNull(fold);
  }

  @Override
  public void process(@NonNull Record<byte[], byte[]> given) {
    RecordMetadata place = context().recordMetadata().orElseThrow();
    if (place.offset() < after()) {
      return;
    }
    waiting.add(given(place, given));
    if (serving == null || settle(SLICE_NANOS)) {
      drain();
    }
  }

  private Given<I> given(RecordMetadata place, Record<byte[], byte[]> given) {
    UUID id = Names.sealedBy(given.key());
    Map<UUID, LaneKey> keys = id == null ? Map.of() : hosting.keys(hosted.name(), List.of(id));
    if (KafkaLane.erases(given.headers())) {
      LaneKey of = id == null ? null : keys.get(id);
      return new Given<>(place.offset(), null, of == null ? null : of.device());
    }
    Position position = new Position(hosted.lane().name(), partition, place.offset());
    try {
      Entry<I> entry =
          hosted.lane().entry(position, given.key(), given.timestamp(), given.value(), keys);
      if (entry == null) {
        hosting.passed().increment();
      }
      return new Given<>(place.offset(), entry, null);
    } catch (RuntimeException e) {
      // Boundary: bytes on the topic that are no entry cost themselves, not the partition.
      LOG.error("{}: ENTRY_SKIPPED, no entry at {}", hosted.name(), place, e);
      hosting.skipped().increment();
      return new Given<>(place.offset(), null, null);
    }
  }

  private void drain() {
    while (serving == null && !waiting.isEmpty()) {
      // A device is erased between two passes.
      if (waiting.element().erased() != null && folded > 0 && !settle(SLICE_NANOS)) {
        return;
      }
      take(waiting.remove());
    }
  }

  /** Behind the last record that was handed over. */
  private long after() {
    Given<I> last = waiting.peekLast();
    return last == null ? next : last.offset() + 1;
  }

  private void take(Given<I> given) {
    Entry<I> entry = given.entry();
    if (entry == null) {
      passed++;
    } else {
      fold().entry(entry, out);
    }
    next = given.offset() + 1;
    folded++;
    DeviceId erased = given.erased();
    if (erased != null) {
      erase(erased);
    }
    if (erased != null || folded >= hosting.options().batchSize()) {
      settle(SLICE_NANOS);
    }
  }

  private void erase(DeviceId device) {
    Bytes key = Bytes.wrap(Names.key(device));
    byte[] record = saved(device);
    if (record != null && Held.timer(record) != Stage.NEVER) {
      Bytes timer = Bytes.wrap(Names.timer(Held.timer(record), device));
      puts.add(() -> timers().delete(timer));
    }
    puts.add(() -> committed.change(key, states(), () -> states().delete(key)));
    fold().forget(device);
  }

  private void beat() {
    if (serving != null && !settle(SLICE_NANOS)) {
      return;
    }
    drain();
    if (!hosting.transactions(hosted).due()) {
      return;
    }
    if (serving == null && (folded == 0 || settle(SLICE_NANOS))) {
      clock();
      if (folded > 0) {
        settle(SLICE_NANOS);
      }
    }
  }

  /**
   * Ticks whoever waits for a moment that the clock has passed. All entries folded are settled
   * then, so the index of timers is complete.
   */
  private void clock() {
    long now = hosting.clock().millis();
    if (earliest > now) {
      return;
    }
    boolean ticked = false;
    for (Due due : due(now)) {
      folded++;
      if (unreadable(due.device())) {
        Bytes timer = Bytes.wrap(Names.timer(due.at(), due.device()));
        puts.add(() -> timers().delete(timer));
        continue;
      }
      long wakeAt = fold().wakeAt(due.device());
      if (wakeAt > now) {
        // Put off since: its timer is set anew.
        fold().touch(due.device());
      } else if (fold().clock(due.device(), now, out)) {
        ticked = true;
      } else {
        byte[] timer = Names.timer(due.at(), due.device());
        puts.add(() -> timers().delete(Bytes.wrap(timer)));
      }
    }
    lookedUntil = now;
    if (ticked) {
      byte[] tick = ByteBuffer.allocate(2 * Long.BYTES).putLong(next).putLong(now).array();
      puts.add(
          () ->
              context()
                  .forward(
                      new Record<>(
                          new Output(hosting.names().ticks(hosted.lane().name()), partition, null),
                          tick,
                          Math.max(0, now))));
    }
  }

  /** Whether there is no state to tick. */
  private boolean unreadable(DeviceId device) {
    byte[] kept = states().get(Bytes.wrap(Names.key(device)));
    return kept == null || hosting.gone(hosted.name(), kept);
  }

  /** A place in the index of timers. */
  private record Due(long at, DeviceId device) {}

  private List<Due> due(long now) {
    List<Due> due = new ArrayList<>();
    long first = Stage.NEVER;
    try (KeyValueIterator<Bytes, byte[]> each =
        timers().range(Bytes.wrap(Names.timersFrom(earliest)), null)) {
      while (each.hasNext()) {
        byte[] key = each.next().key.get();
        if (key.length < Long.BYTES) {
          continue;
        }
        if (Names.timerAt(key) > now) {
          first = Names.timerAt(key);
          break;
        }
        due.add(new Due(Names.timerAt(key), Names.timerDevice(key)));
      }
    }
    earliest = first;
    return due;
  }

  /**
   * Ends the pass.
   *
   * @return false where sinks have not taken all yet, after the limit
   */
  private boolean settle(long limitNanos) {
    CompletableFuture<Void> serve = serving;
    if (serve == null) {
      serve = finish();
      serving = serve;
    }
    try {
      CompletableFuture.anyOf(serve, hosting.shut()).get(limitNanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      // The engine closes: nothing of this pass is written.
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    if (!serve.isDone()) {
      return false;
    }
    write();
    return true;
  }

  private CompletableFuture<Void> finish() {
    fold().finish(this::put, out);
    out.all().forEach(this::forward);
    Map<String, List<Entry<?>>> passing = new LinkedHashMap<>();
    for (Outputs.Emitted<?> emitted : out.all()) {
      if (emitted.encoded() == null) {
        passing
            .computeIfAbsent(emitted.topic().name(), topic -> new ArrayList<>())
            .add(emitted.entry());
      }
    }
    List<CompletableFuture<Void>> served = new ArrayList<>();
    passing.forEach(
        (topic, entries) -> {
          for (Attached<?> sink : hosting.sinks(topic)) {
            served.add(serve(sink, entries));
          }
        });
    return CompletableFuture.allOf(served.toArray(new CompletableFuture<?>[0]));
  }

  // Keys are asked for before anything is written: no transaction waits for them.
  private void put(Held<S> held, byte[] encoded, long wakeAt) {
    LaneKey by = hosting.key(hosted.name(), held.key());
    puts.add(
        () -> {
          move(held, wakeAt);
          Bytes key = Bytes.wrap(Names.key(held.key()));
          byte[] kept = hosting.sealing().sealState(hosted.name(), by, held.record(encoded));
          committed.change(key, states(), () -> states().put(key, kept));
        });
  }

  /** Sets a device's timer anew where it must be: it is never later than the state's own. */
  private void move(Held<S> held, long wakeAt) {
    if (held.timer() > lookedUntil && wakeAt >= held.timer()) {
      return;
    }
    if (held.timer() != Stage.NEVER) {
      timers().delete(Bytes.wrap(Names.timer(held.timer(), held.key())));
    }
    if (wakeAt != Stage.NEVER) {
      timers().put(Bytes.wrap(Names.timer(wakeAt, held.key())), new byte[0]);
      earliest = Math.min(earliest, wakeAt);
    }
    held.timer(wakeAt);
  }

  // A topic's name stands for its type: whoever emits to it and whoever listens have the same one.
  @SuppressWarnings({"unchecked", "rawtypes"})
  private CompletableFuture<Void> serve(Attached sink, List entries) {
    return sink.serve(entries, hosting);
  }

  private void write() {
    puts.forEach(Runnable::run);
    puts.clear();
    lookedUntil = Long.MIN_VALUE;
    if (passed != passedBefore) {
      Bytes key = Bytes.wrap(Names.passed(partition));
      byte[] count = ByteBuffer.allocate(Long.BYTES).putLong(passed).array();
      committed.change(key, states(), () -> states().put(key, count));
      passedBefore = passed;
    }
    // Behind all states of the pass: who follows them knows of no more than it has.
    states().put(readKey, ByteBuffer.allocate(Long.BYTES).putLong(next).array());
    out.clear();
    timers().put(NEXT, ByteBuffer.allocate(Long.BYTES).putLong(next).array());
    fold().committed();
    settled = next;
    serving = null;
    folded = 0;
    hosting.transactions(hosted).settled(this);
    context().commit();
  }

  private void forward(Outputs.Emitted<?> emitted) {
    byte[] encoded = emitted.encoded();
    if (encoded != null) {
      KafkaLane<?> lane = hosting.lane(emitted.topic());
      DeviceId device = emitted.entry().key();
      LaneKey by = hosting.key(hosted.name(), device);
      int to = Partitioning.of(device, hosting.options().partitions());
      Record<Output, byte[]> message =
          new Record<>(
              new Output(lane.topic(), to, by.id()),
              hosting.sealing().seal(lane.name(), by, encoded),
              Math.max(0, emitted.entry().at()));
      puts.add(() -> context().forward(message));
    }
  }

  @Override
  public long unsettled() {
    return settled;
  }

  @Override
  public void committed() {
    committed.clear();
    safe = settled;
  }

  /** The offset up to which all is committed. */
  long safe() {
    return safe;
  }

  /** What hides from readers what is not committed yet. */
  CommittedStates committedStates() {
    return committed;
  }

  @Override
  public void close() {
    hosted.ends(partition, this);
  }
}
