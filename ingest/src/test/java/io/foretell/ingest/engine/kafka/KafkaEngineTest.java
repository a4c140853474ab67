package io.foretell.ingest.engine.kafka;

import static io.foretell.ingest.engine.EchoStage.CALLS;
import static io.foretell.ingest.engine.EchoStage.ECHOES;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.ingest.engine.EchoStage;
import io.foretell.proto.Await;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.HandClock;
import io.foretell.proto.KafkaBroker;
import io.foretell.proto.Lane;
import io.foretell.proto.Sink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaEngineTest {
  @TempDir Path folder;

  private final String prefix = Brokers.newPrefix();
  private final MemoryKeys keys = new MemoryKeys();
  private final List<KafkaEngine> opened = new ArrayList<>();
  private final AtomicInteger folders = new AtomicInteger();

  @AfterEach
  void close_all() {
    opened.forEach(KafkaEngine::close);
  }

  @Test
  void address_that_nobody_answers_is_refused_with_the_key_to_change() {
    KafkaEngineOptions nobody =
        KafkaEngineOptions.of("127.0.0.1:9", folder)
            .withPace(
                Duration.ofMillis(10),
                Duration.ofMillis(5),
                Duration.ofMillis(50),
                Duration.ofSeconds(1));

    assertThatExceptionOfType(KafkaRefusedException.class)
        .isThrownBy(() -> open(nobody).start())
        .withMessageContaining("engine.kafka.bootstrap")
        .withMessageContaining("127.0.0.1:9");
  }

  @Test
  void topic_with_another_number_of_partitions_is_refused_with_both_numbers() {
    KafkaEngine two = open(options());
    two.lane(CALLS);
    two.start();
    two.close();
    KafkaEngine three = open(options().withTopics(prefix, 3, 1));
    three.lane(CALLS);

    assertThatExceptionOfType(KafkaRefusedException.class)
        .isThrownBy(three::start)
        .withMessageContaining("has 2 partitions")
        .withMessageContaining("lanes.partitions says 3");
  }

  @Test
  void topics_of_a_later_version_are_refused() {
    open(options()).start();
    try (var producer = new Clients(options()).producer()) {
      Await.until(
          "the producer knows the topic",
          () -> {
            try {
              return producer.partitionsFor(new Names(prefix).about()).size() == 1;
            } catch (TimeoutException notYet) {
              return false;
            }
          });
      producer.send(
          new ProducerRecord<>(
              new Names(prefix).about(), 0, "format".getBytes(UTF_8), "3".getBytes(UTF_8)));
    }

    assertThatExceptionOfType(KafkaRefusedException.class)
        .isThrownBy(() -> open(options()).start())
        .withMessageContaining("later version");
  }

  @Test
  void topic_of_the_name_that_somebody_else_made_is_refused() throws Exception {
    try (Admin admin = new Clients(options()).admin()) {
      admin.createTopics(List.of(new NewTopic(prefix + ".uplink", 2, (short) 1))).all().get();
    }

    assertThatExceptionOfType(KafkaRefusedException.class)
        .isThrownBy(() -> open(options()).start())
        .withMessageContaining("engine.kafka.prefix");
  }

  @Test
  void two_processes_share_the_work_and_one_that_leaves_loses_nothing() {
    KafkaEngine one = numbering(options());
    KafkaEngine other = numbering(options());
    one.start();
    Queue<CompletableFuture<?>> appends = new ConcurrentLinkedQueue<>();
    append(one, appends, 0, 200);
    other.start();
    append(other, appends, 200, 400);
    one.close();
    append(other, appends, 400, 600);
    appends.forEach(Await::done);

    Await.until("all is numbered", () -> other.lag("numbers") == 0);
    numberedOnce(other, 600);
  }

  @Test
  void states_that_another_process_hosts_are_read_in_a_copy() {
    KafkaEngine worker = numbering(options());
    KafkaEngine desk = open(options());
    desk.lane(ECHOES);
    desk.observe("numbers", CALLS, new EchoStage());
    desk.start();
    assertThat(desk.state("numbers", device(0), Long.class)).isEmpty();
    worker.start();
    Queue<CompletableFuture<?>> appends = new ConcurrentLinkedQueue<>();
    append(desk, appends, 0, 300);
    appends.forEach(Await::done);

    Await.until("the copy has all", () -> desk.lag("numbers") == 0);
    Map<DeviceId, Long> seen = new TreeMap<>();
    desk.eachState("numbers", Long.class, seen::put);
    assertThat(seen).hasSize(5).containsEntry(device(1), 60L);
    assertThat(desk.state("numbers", device(4), Long.class)).contains(60L);
    KafkaEngine later = open(options());
    later.observe("numbers", CALLS, new EchoStage());
    later.start();
    assertThat(later.state("numbers", device(4), Long.class)).contains(60L);
    assertThat(later.health().ready()).isTrue();
  }

  @Test
  void what_a_copy_knows_and_what_it_misses_are_all_that_came_at_any_moment() {
    KafkaEngine worker = numbering(options());
    KafkaEngine desk = open(options());
    desk.lane(ECHOES);
    desk.observe("numbers", CALLS, new EchoStage());
    desk.start();
    worker.start();
    Queue<CompletableFuture<?>> appends = new ConcurrentLinkedQueue<>();
    append(desk, appends, 0, 20);
    appends.forEach(Await::done);
    Await.until("the copy has all", () -> desk.lag("numbers") == 0);

    int at = 20;
    while (at < 2_000) {
      append(desk, appends, at, at += 20);
      long came = 0;
      for (int p = 0; p < desk.lane(CALLS).partitions(); p++) {
        came += desk.lane(CALLS).end(p);
      }
      long missing = desk.lag("numbers");
      assertThat(numbers(desk) + missing).isGreaterThanOrEqualTo(came);
    }
    appends.forEach(Await::done);
    Await.until("the copy has all", () -> desk.lag("numbers") == 0);
    assertThat(numbers(desk)).isEqualTo(at);
  }

  /** What a transaction that is not ended holds back is committed for its group, and not copied. */
  @Test
  void copy_that_cannot_get_what_is_committed_misses_it() {
    KafkaEngine worker = numbering(options());
    KafkaEngine desk = open(options());
    desk.observe("numbers", CALLS, new EchoStage());
    desk.start();
    worker.start();
    Queue<CompletableFuture<?>> appends = new ConcurrentLinkedQueue<>();
    append(desk, appends, 0, 100);
    appends.forEach(Await::done);
    Await.until("the copy has all", () -> desk.lag("numbers") == 0);
    try (KafkaProducer<byte[], byte[]> other = transactional()) {
      other.initTransactions();
      other.beginTransaction();
      for (int p = 0; p < 2; p++) {
        other.send(
            new ProducerRecord<>(new Names(prefix).states("numbers"), p, new byte[2], new byte[1]));
      }
      other.flush();

      append(desk, appends, 100, 200);
      appends.forEach(Await::done);
      Await.until("the worker has committed all", () -> worker.lag("numbers") == 0);
      assertThat(desk.lag("numbers")).as("with gaps of transactions").isGreaterThanOrEqualTo(100);
      assertThat(numbers(desk)).isEqualTo(100);
      other.abortTransaction();
    }
    Await.until("the copy has all", () -> desk.lag("numbers") == 0);
    assertThat(numbers(desk)).isEqualTo(200);
  }

  private KafkaProducer<byte[], byte[]> transactional() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            KafkaBroker.shared().bootstrap(),
            "transactional.id",
            prefix + "-other"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static long numbers(KafkaEngine desk) {
    AtomicLong sum = new AtomicLong();
    desk.eachState("numbers", Long.class, (device, number) -> sum.addAndGet(number));
    return sum.get();
  }

  @Test
  void followers_get_every_entry_in_each_process_and_begin_where_a_sink_stands() {
    Shelf taken = new Shelf(0);
    KafkaEngine one = open(options());
    one.attach("shelf", CALLS, taken);
    one.start();
    Queue<CompletableFuture<?>> appends = new ConcurrentLinkedQueue<>();
    append(one, appends, 0, 20);
    Await.until("the sink has them", () -> taken.taken().size() == 20);
    one.close();
    KafkaEngine other = open(options());
    Shelf fromThere = new Shelf(3);
    Shelf fromEnd = new Shelf(0);
    other.follow("all", CALLS, fromThere, Optional.of("shelf"));
    other.lane(ECHOES);
    KafkaEngine writer = open(options());
    writer.lane(CALLS);
    writer.start();
    append(writer, appends, 20, 40);
    appends.forEach(Await::done);
    other.follow("news", CALLS, fromEnd, Optional.empty());
    other.start();
    append(writer, appends, 40, 60);

    Await.until("it has all since", () -> fromThere.taken().size() == 40);
    Await.until("it has all that is new", () -> fromEnd.taken().size() == 20);
    assertThat(fromThere.of(device(2))).startsWith("w22", "w27").endsWith("w57");
    assertThat(fromEnd.of(device(2))).containsExactly("w42", "w47", "w52", "w57");
  }

  @Test
  void entries_that_wait_share_commits_also_where_a_commit_takes_longer_than_the_interval() {
    KafkaEngine writer = open(options());
    writer.lane(CALLS);
    writer.start();
    Queue<CompletableFuture<?>> appends = new ConcurrentLinkedQueue<>();
    append(writer, appends, 0, 2_000);
    appends.forEach(Await::done);
    KafkaEngine engine = numbering(options());
    engine.start();

    Await.until("all is numbered", () -> engine.lag("numbers") == 0);
    numberedOnce(engine, 2_000);
    // The mark of a transaction takes an offset on each partition.
    long marks = 0;
    for (int p = 0; p < 2; p++) {
      marks += engine.lane(ECHOES).end(p) - engine.lane(ECHOES).read(p, 0, 10_000).size();
    }
    assertThat(marks).as("commits of 2,000 entries").isLessThan(500);
  }

  @Test
  void records_that_are_no_entry_cost_themselves_alone() {
    KafkaEngine engine = numbering(options());
    Shelf sink = new Shelf(0);
    engine.attach("shelf", CALLS, sink);
    engine.start();
    Queue<CompletableFuture<?>> appends = new ConcurrentLinkedQueue<>();
    append(engine, appends, 0, 10);
    appends.forEach(Await::done);
    try (var producer = new Clients(options()).producer()) {
      producer.partitionsFor(prefix + ".calls");
      for (int p = 0; p < 2; p++) {
        producer.send(new ProducerRecord<>(prefix + ".calls", p, null, new byte[] {1}));
        producer.send(new ProducerRecord<>(prefix + ".calls", p, new byte[] {7}, null));
      }
      producer.flush();
    }
    append(engine, appends, 10, 600);
    appends.forEach(Await::done);

    Await.until("all is numbered", () -> engine.lag("numbers") == 0);
    Await.until("all is taken", () -> sink.taken().size() == 600);
    numberedOnce(engine, 600);
    assertThat(engine.skipped()).isEqualTo(8);
    assertThat(engine.health().ready()).isTrue();
  }

  @Test
  void broker_that_is_killed_under_load_loses_nothing_that_was_acknowledged() {
    KafkaBroker broker = KafkaBroker.started();
    KafkaEngine engine =
        numbering(
            KafkaEngineOptions.of(broker.bootstrap(), folder)
                .withTopics(prefix, 2, 1)
                .withPace(
                    Duration.ofMillis(10),
                    Duration.ofMillis(5),
                    Duration.ofMillis(50),
                    Duration.ofSeconds(60)));
    engine.start();
    Queue<CompletableFuture<?>> before = new ConcurrentLinkedQueue<>();
    append(engine, before, 0, 300);
    before.forEach(Await::done);
    broker.stop();
    Queue<CompletableFuture<?>> meanwhile = new ConcurrentLinkedQueue<>();
    append(engine, meanwhile, 300, 310);
    broker.start();
    Await.until(
        "it takes messages again",
        () -> taken(engine.lane(CALLS).append(device(0), 310, "again").toCompletableFuture()));
    Queue<CompletableFuture<?>> after = new ConcurrentLinkedQueue<>();
    append(engine, after, 311, 600);
    after.forEach(Await::done);

    Await.until("all is numbered", () -> engine.lag("numbers") == 0);
    // What was not acknowledged may be there or not; what is there is numbered, and all else is.
    Map<DeviceId, List<String>> words = all(engine.lane(CALLS));
    for (int i = 0; i < 600; i++) {
      if (i < 300 || i > 310) {
        assertThat(words.get(device(i))).contains("w" + i);
      }
    }
    Map<DeviceId, List<String>> said = all(engine.lane(ECHOES));
    words.forEach((device, in) -> assertThat(said.get(device)).isEqualTo(numbered(in)));
    Await.until("it says that all is well", () -> engine.health().ready());
    engine.close();
    broker.stop();
  }

  private KafkaEngineOptions options() {
    return Brokers.options(prefix, folder.resolve("" + folders.incrementAndGet()));
  }

  private KafkaEngine open(KafkaEngineOptions options) {
    KafkaEngine engine = new KafkaEngine(options, new HandClock(0), keys);
    opened.add(engine);
    return engine;
  }

  private KafkaEngine numbering(KafkaEngineOptions options) {
    KafkaEngine engine = open(options);
    engine.lane(ECHOES);
    engine.host("numbers", CALLS, new EchoStage());
    return engine;
  }

  private static DeviceId device(int i) {
    return DeviceId.parse("d" + i % 5);
  }

  private static void append(
      KafkaEngine engine, Queue<CompletableFuture<?>> appends, int from, int to) {
    for (int i = from; i < to; i++) {
      appends.add(engine.lane(CALLS).append(device(i), i, "w" + i).toCompletableFuture());
    }
  }

  private static boolean taken(CompletableFuture<?> append) {
    return append.handle((position, failure) -> failure == null).join();
  }

  private static Map<DeviceId, List<String>> all(Lane<String> lane) {
    Map<DeviceId, List<String>> all = new HashMap<>();
    for (int p = 0; p < lane.partitions(); p++) {
      for (Entry<String> entry : lane.read(p, 0, Integer.MAX_VALUE)) {
        all.computeIfAbsent(entry.key(), key -> new ArrayList<>()).add(entry.value());
      }
    }
    return all;
  }

  private static List<String> numbered(List<String> words) {
    List<String> numbered = new ArrayList<>();
    for (String word : words) {
      numbered.add(numbered.size() + ":" + word);
    }
    return numbered;
  }

  /** Each word once, in the order of its device, with the next number. */
  private static void numberedOnce(KafkaEngine engine, int count) {
    Map<DeviceId, List<String>> said = all(engine.lane(ECHOES));
    for (int d = 0; d < 5; d++) {
      List<String> expected = new ArrayList<>();
      for (int i = d; i < count; i += 5) {
        expected.add("w" + i);
      }
      assertThat(said.get(device(d))).isEqualTo(numbered(expected));
    }
  }

  /** Takes what it is given, after it has refused some batches. */
  private static final class Shelf implements Sink<String> {
    private final List<Entry<String>> taken = new ArrayList<>();
    private int refusals;

    Shelf(int refusals) {
      this.refusals = refusals;
    }

    @Override
    public synchronized CompletionStage<?> write(List<Entry<String>> batch) {
      if (refusals-- > 0) {
        return CompletableFuture.failedFuture(new IllegalStateException("on purpose"));
      }
      taken.addAll(batch);
      return CompletableFuture.completedFuture(null);
    }

    synchronized List<Entry<String>> taken() {
      return List.copyOf(taken);
    }

    synchronized List<String> of(DeviceId device) {
      return taken.stream().filter(e -> e.key().equals(device)).map(Entry::value).toList();
    }
  }
}
