package io.foretell.ingest.engine.kafka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Knobs of the distributed engine.
 *
 * @param bootstrap brokers to ask first, {@code host:port,…}
 * @param prefix begins the name of every topic and group, so that installations share brokers
 * @param partitions of each lane, 1–1024; must be what the topics have
 * @param replication copies of each partition; 1 on a single broker
 * @param minInSync copies that must have an entry before it counts; 1 to {@code replication}
 * @param folder where this process keeps its copy of states; may be lost
 * @param retention how long entries of a topic are kept, by their {@code at}; a topic that is not
 *     named keeps all
 * @param commitInterval the time between two commits of a stage that has less than a batch to do
 * @param batchSize the most entries of a commit or of a sink's batch
 * @param maxInFlight the most appends that wait for the brokers; more are refused at once
 * @param threads that a stage has in this process
 * @param cachedStates decoded states kept in memory, a stage and partition
 * @param retryFrom the first pause after a sink failed; doubles each time
 * @param retryTo the longest such pause
 * @param patience how long starting may take, and how long a call waits for the brokers
 * @param client further settings of every client, as Kafka names them: {@code security.protocol}, …
 */
public record KafkaEngineOptions(
    String bootstrap,
    String prefix,
    int partitions,
    int replication,
    int minInSync,
    Path folder,
    Map<String, Duration> retention,
    Duration commitInterval,
    int batchSize,
    int maxInFlight,
    int threads,
    int cachedStates,
    Duration retryFrom,
    Duration retryTo,
    Duration patience,
    Map<String, String> client) {
  /** Refuses what makes no sense. */
  public KafkaEngineOptions {
    retention = Map.copyOf(retention);
    client = Map.copyOf(client);
    check(!bootstrap.isBlank(), "bootstrap: host:port");
    check(prefix.matches("[a-z0-9][a-z0-9-]{0,62}"), "prefix: small letters, digits, hyphens");
    check(partitions >= 1 && partitions <= 1024, "partitions: 1 to 1024");
    check(replication >= 1 && replication <= 9, "replication: 1 to 9");
    check(minInSync >= 1 && minInSync <= replication, "minInSync: 1 to replication");
    check(commitInterval.toMillis() >= 1, "commitInterval: 1 ms or more");
    check(batchSize >= 1, "batchSize: 1 or more");
    check(maxInFlight >= 1, "maxInFlight: 1 or more");
    check(threads >= 1, "threads: 1 or more");
    check(cachedStates >= 0, "cachedStates: 0 or more");
    check(retryFrom.toMillis() > 0, "retryFrom: 1 ms or more");
    check(retryTo.compareTo(retryFrom) >= 0, "retryTo: retryFrom or more");
    check(patience.toMillis() > 0, "patience: 1 ms or more");
  }

  /**
   * 4 partitions, one copy; uplinks kept for 7 days and all else for ever; commits every 100 ms.
   */
  public static KafkaEngineOptions of(String bootstrap, Path folder) {
    return new KafkaEngineOptions(
        bootstrap,
        "foretell",
        4,
        1,
        1,
        folder,
        Map.of("uplink", Duration.ofDays(7)),
        Duration.ofMillis(100),
        4096,
        262_144,
        Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
        16_384,
        Duration.ofMillis(100),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Map.of());
  }

  /**
   * The same under another prefix, with another number of partitions and of their copies, two of
   * which must have an entry where there are as many.
   */
  public KafkaEngineOptions withTopics(String named, int count, int copies) {
    return new KafkaEngineOptions(
        bootstrap,
        named,
        count,
        copies,
        Math.min(2, copies),
        folder,
        retention,
        commitInterval,
        batchSize,
        maxInFlight,
        threads,
        cachedStates,
        retryFrom,
        retryTo,
        patience,
        client);
  }

  /** The same with another number of copies that must have an entry before it counts. */
  public KafkaEngineOptions withMinInSync(int copies) {
    return new KafkaEngineOptions(
        bootstrap,
        prefix,
        partitions,
        replication,
        copies,
        folder,
        retention,
        commitInterval,
        batchSize,
        maxInFlight,
        threads,
        cachedStates,
        retryFrom,
        retryTo,
        patience,
        client);
  }

  /** The same with another retention of one topic. */
  public KafkaEngineOptions withRetention(String topic, Duration kept) {
    Map<String, Duration> changed = new HashMap<>(retention);
    changed.put(topic, kept);
    return new KafkaEngineOptions(
        bootstrap,
        prefix,
        partitions,
        replication,
        minInSync,
        folder,
        changed,
        commitInterval,
        batchSize,
        maxInFlight,
        threads,
        cachedStates,
        retryFrom,
        retryTo,
        patience,
        client);
  }

  /** The same with another pace: of commits, and of trying again what failed. */
  public KafkaEngineOptions withPace(Duration interval, Duration from, Duration to, Duration wait) {
    return new KafkaEngineOptions(
        bootstrap,
        prefix,
        partitions,
        replication,
        minInSync,
        folder,
        retention,
        interval,
        batchSize,
        maxInFlight,
        threads,
        cachedStates,
        from,
        to,
        wait,
        client);
  }

  /** The same with further settings of every client. */
  public KafkaEngineOptions withClient(Map<String, String> settings) {
    return new KafkaEngineOptions(
        bootstrap,
        prefix,
        partitions,
        replication,
        minInSync,
        folder,
        retention,
        commitInterval,
        batchSize,
        maxInFlight,
        threads,
        cachedStates,
        retryFrom,
        retryTo,
        patience,
        settings);
  }

  private static void check(boolean good, String rule) {
    if (!good) {
      throw new IllegalArgumentException(rule);
    }
  }
}
