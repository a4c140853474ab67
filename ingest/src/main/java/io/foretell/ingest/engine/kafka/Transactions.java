package io.foretell.ingest.engine.kafka;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/**
 * The transactions of one stage, a thread of Kafka Streams each, seen from its folds.
 *
 * <p>Streams would commit the offset of every entry that it has handed over. A fold works in passes
 * and may hold some that are not settled, because a sink has not taken them yet: so the offset that
 * is committed is that of the first of those. And a fold is told when its pass is safe.
 *
 * <p>A commit takes as long as the brokers need, some milliseconds or a good part of a second, and
 * nothing is folded meanwhile. Where that is longer than the time between two commits, the next one
 * would follow at once and have a single entry, for ever: so between two of them a thread folds for
 * a quarter of that time at least.
 */
final class Transactions implements KafkaClientSupplier {
  private static final String THREAD_PRODUCER = "-producer";
  private static final String CHANGELOG = "-changelog";

  private final KafkaClientSupplier plain = new DefaultKafkaClientSupplier();
  private final Map<TopicPartition, Member> members = new ConcurrentHashMap<>();
  private final Map<String, Open> open = new ConcurrentHashMap<>();
  private final Map<String, Long> endedNanos = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Long> written = new ConcurrentHashMap<>();
  private final String outputs;
  private final long leastNanos;
  private final Instant anchor;

  /** A fold of one partition. */
  interface Member {
    /** The first offset of the partition that is not settled. */
    long unsettled();

    /** What it has settled is safe. */
    void committed();
  }

  /** What a thread has settled since its last commit. */
  private static final class Open {
    final Set<Member> settled = new LinkedHashSet<>();
  }

  /**
   * @param outputs begins the names of lanes' topics, in difference to Streams' own
   * @param interval between two commits of a thread that has less than a batch to do
   */
  Transactions(String outputs, Duration interval) {
    this.outputs = outputs;
    this.leastNanos = interval.toNanos() / 4;
    this.anchor = Instant.ofEpochMilli(ThreadLocalRandom.current().nextLong(interval.toMillis()));
  }

  /**
   * Some moment from which the times of commits are counted, so that all folds of a thread settle
   * for one commit, and threads of other processes at other times.
   */
  Instant anchor() {
    return anchor;
  }

  void join(TopicPartition partition, Member member) {
    members.put(partition, member);
  }

  /** The calling thread's next commit makes it safe. */
  void settled(Member member) {
    String thread = Thread.currentThread().getName();
    open.computeIfAbsent(thread, t -> new Open()).settled.add(member);
  }

  /** Whether the calling thread has folded long enough since its last commit. */
  boolean due() {
    Long ended = endedNanos.get(Thread.currentThread().getName());
    return ended == null || System.nanoTime() - ended >= leastNanos;
  }

  /** How far the lanes were written to, by partition: the offset behind the last. */
  Map<TopicPartition, Long> written() {
    return Map.copyOf(written);
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return plain.getAdmin(config);
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return plain.getConsumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return plain.getRestoreConsumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return plain.getGlobalConsumer(config);
  }

  @Override
  @SuppressWarnings("unchecked") // the proxy is a producer of the same kind
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    Producer<byte[], byte[]> producer = plain.getProducer(config);
    String client = String.valueOf(config.get(ProducerConfig.CLIENT_ID_CONFIG));
    String thread = client.substring(0, client.length() - THREAD_PRODUCER.length());
    Map<TopicPartition, Long> sent = new ConcurrentHashMap<>();
    return (Producer<byte[], byte[]>)
        Proxy.newProxyInstance(
            Producer.class.getClassLoader(),
            new Class<?>[] {Producer.class},
            (self, method, given) -> {
              Object[] arguments = given == null ? new Object[0] : given;
              try {
                switch (method.getName()) {
                  case "send" -> watch(arguments, sent);
                  case "sendOffsetsToTransaction" ->
                      arguments[0] =
                          unsettled((Map<TopicPartition, OffsetAndMetadata>) arguments[0]);
                  default -> {}
                }
                Object result = method.invoke(producer, arguments);
                switch (method.getName()) {
                  case "commitTransaction" -> committed(thread, sent);
                  case "abortTransaction" -> aborted(thread, sent);
                  default -> {}
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @SuppressWarnings("unchecked") // as the producer's methods say
  private void watch(Object[] arguments, Map<TopicPartition, Long> sent) {
    ProducerRecord<byte[], byte[]> message = (ProducerRecord<byte[], byte[]>) arguments[0];
    if (arguments.length == 2
        && message.topic().startsWith(outputs)
        && !message.topic().endsWith(CHANGELOG)) {
      Callback told = (Callback) arguments[1];
      arguments[1] =
          (Callback)
              (at, failure) -> {
                if (failure == null) {
                  sent.merge(
                      new TopicPartition(at.topic(), at.partition()), at.offset() + 1, Math::max);
                }
                told.onCompletion(at, failure);
              };
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> unsettled(
      Map<TopicPartition, OffsetAndMetadata> handedOver) {
    Map<TopicPartition, OffsetAndMetadata> settled = new HashMap<>(handedOver);
    settled.replaceAll(
        (partition, offset) -> {
          Member member = members.get(partition);
          long safe = member == null ? offset.offset() : member.unsettled();
          return safe >= offset.offset()
              ? offset
              : new OffsetAndMetadata(safe, offset.leaderEpoch(), offset.metadata());
        });
    return settled;
  }

  private void committed(String thread, Map<TopicPartition, Long> sent) {
    sent.forEach((partition, end) -> written.merge(partition, end, Math::max));
    sent.clear();
    Open ended = open.remove(thread);
    if (ended != null) {
      endedNanos.put(thread, System.nanoTime());
      ended.settled.forEach(Member::committed);
    }
  }

  private void aborted(String thread, Map<TopicPartition, Long> sent) {
    sent.clear();
    open.remove(thread);
  }
}
