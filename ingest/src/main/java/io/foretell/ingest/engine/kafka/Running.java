package io.foretell.ingest.engine.kafka;

import io.foretell.ingest.engine.Attached;
import io.foretell.ingest.engine.Notices;
import io.foretell.ingest.engine.Replay;
import io.foretell.proto.Health;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Severity;
import io.foretell.proto.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A started engine: its clients, its stages and its sinks. */
final class Running implements KafkaLane.Brokers {
  private static final Logger LOG = LoggerFactory.getLogger(Running.class);
  private static final String NOTICE = "appends";
  private static final int TIMER_THREADS = 2;
  private static final String AWAY = "brokers";
  private static final long TRIED_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long COPYING_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final KafkaEngineOptions options;
  private final Names names;
  private final Clients clients;
  private final Turns turns;
  private final Notices notices;
  private final Hosting hosting;
  private final Map<String, List<Attached<?>>> passing = new HashMap<>();
  private final List<HostedStage<?, ?>> hosted = new ArrayList<>();
  private final List<SinkGroup<?>> groups = new ArrayList<>();
  private final List<StateCopy<?, ?>> copies = new ArrayList<>();
  private final List<Follower<?>> followers = new ArrayList<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          TIMER_THREADS,
          task -> {
            Thread thread = new Thread(task, "lanes-later");
            thread.setDaemon(true);
            return thread;
          });
  private @Nullable About about;
  private @Nullable Admin admin;
  private @Nullable LogReader reader;
  private @Nullable Producer<byte[], byte[]> producer;
  private final List<String> watched = new CopyOnWriteArrayList<>();
  private @Nullable BrokerWatch watch;
  private volatile boolean down;
  private volatile long downAt;
  private volatile boolean away;

  Running(
      KafkaEngineOptions options,
      Names names,
      InstantSource clock,
      Notices notices,
      Sealing sealing,
      LongAdder passed,
      LongAdder skipped,
      LongAdder sinkFailures,
      Function<Topic<?>, KafkaLane<?>> lanes) {
    this.options = options;
    this.names = names;
    this.notices = notices;
    this.clients = new Clients(options);
    this.turns = new Turns(sealing.keys());
    this.hosting =
        new Hosting(
            options,
            names,
            clock,
            notices,
            sealing,
            passed,
            skipped,
            sinkFailures,
            passing,
            lanes,
            timer,
            new CompletableFuture<>());
  }

  /** Opens lanes on brokers that fit. */
  void connect(Collection<KafkaLane<?>> lanes) {
    try {
      Admin asking = clients.admin();
      admin = asking;
      Consumer<byte[], byte[]> reading = clients.reader();
      reader = new LogReader(reading, options.patience());
      Producer<byte[], byte[]> sending = clients.producer();
      producer = sending;
      about = new TopicSetup(asking, options).check(reading, sending);
    } catch (KafkaException e) {
      throw new KafkaRefusedException("engine.kafka.bootstrap: " + e.getMessage(), e);
    }
    open(lanes);
  }

  /** Opens lanes, which are made where they are not there. */
  void open(Collection<KafkaLane<?>> lanes) {
    new TopicSetup(admin(), options).lanes(lanes.stream().map(KafkaLane::name).toList());
    for (KafkaLane<?> lane : lanes) {
      learn(lane.topic());
      lane.open(this);
    }
    watched.addAll(lanes.stream().map(KafkaLane::topic).toList());
    if (watch == null) {
      BrokerWatch made = new BrokerWatch(admin(), watched, timer, this::looked);
      watch = made;
      made.start();
    }
  }

  private void looked(String trouble) {
    if (!trouble.isEmpty()) {
      if (!away) {
        LOG.error("lanes: LANES_UNAVAILABLE, {}", trouble);
      }
      away = true;
      notices.put(
          AWAY,
          new Health.Notice(
              "LANES_UNAVAILABLE",
              Severity.CRITICAL,
              "Messages could not be made durable: " + trouble,
              "See that enough brokers run for min.insync.replicas; they are asked again every few"
                  + " seconds."));
      return;
    }
    if (away) {
      away = false;
      notices.clear(AWAY);
      LOG.info("lanes: the brokers answer again");
    }
    // Where nobody sends since this was said to be unready, nobody would see that it is over.
    if (down && System.nanoTime() - downAt > TRIED_AGAIN_NANOS) {
      up();
    }
  }

  // An append must not wait for the first answer about a topic that was just made.
  private void learn(String topic) {
    long limit = System.nanoTime() + options.patience().toNanos();
    while (true) {
      try {
        if (producer().partitionsFor(topic).size() == options.partitions()) {
          return;
        }
      } catch (org.apache.kafka.common.errors.TimeoutException e) {
        LOG.trace("{} is not known yet", topic);
      }
      if (System.nanoTime() > limit) {
        throw new KafkaRefusedException("topic " + topic + " does not come up");
      }
    }
  }

  void host(Collection<HostedStage<?, ?>> stages, Collection<Attached<?>> sinks) {
    for (Attached<?> sink : sinks) {
      if (!sink.from().durable()) {
        passing.computeIfAbsent(sink.from().name(), topic -> new ArrayList<>()).add(sink);
      }
    }
    for (Attached<?> sink : sinks) {
      if (sink.from().durable()) {
        groups.add(group(sink));
      }
    }
    hosted.addAll(stages);
    hosted.forEach(stage -> stage.start(hosting, clients));
    groups.forEach(SinkGroup::start);
    for (HostedStage<?, ?> stage : hosted) {
      if (!stage.awaitRunning(options.patience())) {
        LOG.warn("{}: still learns its states; it goes on by itself", stage.name());
      }
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // a topic's name stands for its type
  private SinkGroup<?> group(Attached sink) {
    return new SinkGroup(sink, hosting.lane(sink.from()), hosting, clients);
  }

  /**
   * A sink that is to have every entry of a lane in this process.
   *
   * @param after the attached sink where which stands it begins; empty: at the end
   */
  record Following(Attached<?> sink, KafkaLane<?> lane, Optional<String> after) {}

  /** Begins to follow states and lanes. */
  void observe(Collection<StateCopy<?, ?>> observed, Collection<Following> following) {
    for (Following asked : following) {
      followers.add(follower(asked));
    }
    copies.addAll(observed);
    for (StateCopy<?, ?> copy : copies) {
      new TopicSetup(admin(), options).changelog(copy.name());
      copy.start(hosting, clients, reader());
    }
    followers.forEach(Follower::start);
    for (StateCopy<?, ?> copy : copies) {
      if (!copy.awaitRunning(options.patience())) {
        LOG.warn("{}: its states are still copied; it goes on by itself", copy.name());
      }
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // a topic's name stands for its type
  private Follower<?> follower(Following asked) {
    Map<TopicPartition, OffsetAndMetadata> taken =
        asked.after().map(this::offsets).orElse(Map.of());
    Map<TopicPartition, Long> from = new HashMap<>();
    for (int p = 0; p < options.partitions(); p++) {
      TopicPartition partition = new TopicPartition(asked.lane().topic(), p);
      OffsetAndMetadata stands = taken.get(partition);
      long begin = stands == null ? asked.lane().begin(p) : stands.offset();
      from.put(partition, asked.after().isPresent() ? begin : asked.lane().end(p));
    }
    return new Follower(asked.sink(), asked.lane(), from, hosting, clients);
  }

  private Admin admin() {
    return Objects.requireNonNull(admin);
  }

  private Producer<byte[], byte[]> producer() {
    return Objects.requireNonNull(producer);
  }

  @Override
  public LogReader reader() {
    return Objects.requireNonNull(reader);
  }

  @Override
  public Turns turns() {
    return turns;
  }

  @Override
  public int partitions() {
    return options.partitions();
  }

  @Override
  public void send(ProducerRecord<byte[], byte[]> message, KafkaLane.Appended appended) {
    if (inFlight.incrementAndGet() > options.maxInFlight()) {
      inFlight.decrementAndGet();
      appended.failed(new LaneUnavailableException("too many appends wait for the brokers"));
      return;
    }
    try {
      producer()
          .send(
              message,
              (at, failure) -> {
                inFlight.decrementAndGet();
                if (failure == null) {
                  up();
                  appended.at(at.offset());
                } else {
                  appended.failed(down(failure));
                }
              });
    } catch (KafkaException | IllegalStateException e) {
      inFlight.decrementAndGet();
      appended.failed(down(e));
    }
  }

  private void up() {
    if (down) {
      down = false;
      notices.clear(NOTICE);
      LOG.info("lanes: the brokers take messages again");
    }
  }

  private LaneUnavailableException down(Exception failure) {
    downAt = System.nanoTime();
    if (!down && !hosting.closing()) {
      down = true;
      LOG.error("lanes: LANES_UNAVAILABLE, nothing is acknowledged until it works again", failure);
      notices.put(
          NOTICE,
          new Health.Notice(
              "LANES_UNAVAILABLE",
              Severity.CRITICAL,
              "Messages cannot be made durable: " + failure.getMessage(),
              "See that enough brokers run for min.insync.replicas and have space; it is tried"
                  + " with every message."));
    }
    return new LaneUnavailableException(
        "the brokers do not take messages: " + failure.getMessage(), failure);
  }

  /** Whether messages are taken and stages run. */
  boolean up(Collection<HostedStage<?, ?>> stages, Collection<StateCopy<?, ?>> observed) {
    return !down
        && !away
        && stages.stream().allMatch(HostedStage::up)
        && observed.stream().allMatch(StateCopy::up);
  }

  /**
   * Entries of its lane that a stage has not finished: what follows from them is not readable.
   *
   * @param stage null where other processes host it
   * @param copy null where it is read in those that host it
   */
  long lag(@Nullable HostedStage<?, ?> stage, @Nullable StateCopy<?, ?> copy) {
    Long missing = copy == null ? null : missing(copy);
    if (missing != null) {
      return missing == 0 && stage != null ? unseen(stage) : missing;
    }
    long lag = 0;
    if (stage != null) {
      lag = lag(stage);
    } else if (copy != null) {
      lag = lag(copy.name(), copy.lane());
    }
    return copy == null ? lag : lag + settled(copy);
  }

  // What the copy knows and what it misses must fit together, also while both move: so it is asked,
  // and not the group how far it is. Null where the states of a partition do not say it yet.
  private @Nullable Long missing(StateCopy<?, ?> copy) {
    Map<TopicPartition, Long> read = new HashMap<>();
    Map<TopicPartition, Long> silent = new HashMap<>();
    for (int p = 0; p < options.partitions(); p++) {
      Long until = copy.read(p);
      (until == null ? silent : read)
          .put(new TopicPartition(copy.lane().topic(), p), until == null ? 0 : until);
    }
    if (!silent.isEmpty() && reader().behind(silent) > 0) {
      return null;
    }
    return reader().behind(read);
  }

  // One change of a state may stand for many entries, so it is rather waited for than counted.
  private long settled(StateCopy<?, ?> copy) {
    long limit = System.nanoTime() + COPYING_NANOS;
    long behind = copy.behind(reader());
    while (behind > 0 && System.nanoTime() < limit) {
      LockSupport.parkNanos(COPYING_NANOS / 100);
      behind = copy.behind(reader());
    }
    return behind;
  }

  /** Whether a stage has committed all before an offset, and its copy has it. */
  boolean passed(
      @Nullable HostedStage<?, ?> stage,
      @Nullable StateCopy<?, ?> copy,
      String name,
      TopicPartition partition,
      long end) {
    Long safe = stage == null ? null : stage.safe(partition.partition());
    if (safe == null ? !passed(name, partition, end) : safe < end) {
      return false;
    }
    return copy == null
        || copy.has(partition.partition(), reader().end(copy.changelog(partition.partition())));
  }

  /** Whether a group has committed all before an offset. */
  boolean passed(String name, TopicPartition partition, long end) {
    OffsetAndMetadata at = offsets(name).get(partition);
    return end <= reader().begin(partition) || (at != null && at.offset() >= end);
  }

  private long lag(HostedStage<?, ?> stage) {
    Map<TopicPartition, Long> safe = new HashMap<>();
    Map<TopicPartition, OffsetAndMetadata> elsewhere = null;
    for (int p = 0; p < options.partitions(); p++) {
      TopicPartition partition = new TopicPartition(stage.lane().topic(), p);
      Long here = stage.safe(p);
      if (here == null) {
        elsewhere = elsewhere == null ? offsets(stage.name()) : elsewhere;
        here = offset(elsewhere, partition);
      }
      safe.put(partition, here);
    }
    long lag = reader().behind(safe);
    return lag == 0 ? unseen(stage) : lag;
  }

  // Whether what it wrote to other lanes is still to be seen there.
  private long unseen(HostedStage<?, ?> stage) {
    Transactions transactions = stage.transactions();
    return transactions == null
            || transactions.written().isEmpty()
            || reader().committed(transactions.written())
        ? 0
        : 1;
  }

  private static long offset(
      Map<TopicPartition, OffsetAndMetadata> committed, TopicPartition partition) {
    OffsetAndMetadata at = committed.get(partition);
    return at == null ? 0 : at.offset();
  }

  /** Entries of a lane that a sink has not taken. */
  long lag(String sink, KafkaLane<?> lane) {
    Map<TopicPartition, OffsetAndMetadata> taken = offsets(sink);
    Map<TopicPartition, Long> safe = new HashMap<>();
    for (int p = 0; p < options.partitions(); p++) {
      TopicPartition partition = new TopicPartition(lane.topic(), p);
      safe.put(partition, offset(taken, partition));
    }
    return reader().behind(safe);
  }

  /** Entries of a lane that a migration left behind, since they were not kept any more. */
  long before(String lane) {
    About said = Objects.requireNonNull(about);
    long before = 0;
    for (int p = 0; p < options.partitions(); p++) {
      before += said.entriesBefore(lane, p);
    }
    return before;
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets(String name) {
    try {
      return admin()
          .listConsumerGroupOffsets(names.group(name))
          .partitionsToOffsetAndMetadata()
          .get(options.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new LaneUnavailableException("the brokers do not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaneUnavailableException("interrupted", e);
    }
  }

  /** The ticks by the clock of the stages that read a lane. */
  List<Replay.Tick> ticks(String lane, int partition) {
    TopicPartition ticks = new TopicPartition(names.ticks(lane), partition);
    List<Replay.Tick> found = new ArrayList<>();
    long next = reader().begin(ticks);
    long end = reader().end(ticks);
    while (next < end) {
      for (ConsumerRecord<byte[], byte[]> tick : reader().read(ticks, next, options.batchSize())) {
        ByteBuffer value = ByteBuffer.wrap(tick.value());
        found.add(new Replay.Tick(value.getLong(), value.getLong()));
        next = tick.offset() + 1;
      }
    }
    return found;
  }

  void close(Collection<KafkaLane<?>> lanes) {
    hosting.shut().complete(null);
    if (watch != null) {
      watch.close();
    }
    lanes.forEach(lane -> lane.open(null));
    timer.getQueue().stream().toList().forEach(task -> ((Runnable) task).run());
    List<Runnable> ends = new ArrayList<>();
    hosted.forEach(stage -> ends.add(stage::close));
    groups.forEach(group -> ends.add(group::close));
    followers.forEach(follower -> ends.add(follower::close));
    copies.forEach(copy -> ends.add(copy::close));
    together(ends);
    timer.shutdownNow();
    if (producer != null) {
      producer.close(Duration.ofSeconds(10));
    }
    if (reader != null) {
      reader.close();
    }
    if (admin != null) {
      admin.close(Duration.ofSeconds(5));
    }
  }

  // Each waits for the brokers, and none for another.
  private static void together(List<Runnable> ends) {
    List<Thread> threads = ends.stream().map(end -> new Thread(end, "lanes-end")).toList();
    threads.forEach(Thread::start);
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
