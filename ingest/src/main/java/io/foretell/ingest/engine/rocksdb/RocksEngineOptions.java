package io.foretell.ingest.engine.rocksdb;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Knobs of the embedded engine.
 *
 * @param partitions of each lane, 1–64; fixed when the store is made, later values are ignored
 * @param retention how long entries of a topic are kept, by their {@code at}; a topic that is not
 *     named keeps all
 * @param commitInterval the shortest time between two passes of a stage or sink that has less than
 *     a batch to do: longer costs less, shorter is sooner
 * @param batchSize the most entries of a pass
 * @param maxInFlight the most appends that wait for the disk; more are refused at once
 * @param threads that stages and sinks share
 * @param cachedStates decoded states kept in memory, a stage and partition
 * @param retryFrom the first pause after a sink, a stage or the disk failed; doubles each time
 * @param retryTo the longest such pause
 */
public record RocksEngineOptions(
    int partitions,
    Map<String, Duration> retention,
    Duration commitInterval,
    int batchSize,
    int maxInFlight,
    int threads,
    int cachedStates,
    Duration retryFrom,
    Duration retryTo) {
  /** Refuses what makes no sense. */
  public RocksEngineOptions {
    retention = Map.copyOf(retention);
    check(partitions >= 1 && partitions <= 64, "partitions: 1 to 64");
    check(batchSize >= 1, "batchSize: 1 or more");
    check(maxInFlight >= 1, "maxInFlight: 1 or more");
    check(threads >= 1, "threads: 1 or more");
    check(cachedStates >= 0, "cachedStates: 0 or more");
    check(!commitInterval.isNegative(), "commitInterval: 0 or more");
    check(retryFrom.toMillis() > 0, "retryFrom: 1 ms or more");
    check(retryTo.compareTo(retryFrom) >= 0, "retryTo: retryFrom or more");
  }

  /** 4 partitions; uplinks kept for 7 days and all else for ever; passes every 50 ms. */
  public static RocksEngineOptions defaults() {
    return new RocksEngineOptions(
        4,
        Map.of("uplink", Duration.ofDays(7)),
        Duration.ofMillis(50),
        4096,
        262_144,
        Math.max(2, Runtime.getRuntime().availableProcessors()),
        16_384,
        Duration.ofMillis(100),
        Duration.ofSeconds(10));
  }

  /** The same with another number of partitions. */
  public RocksEngineOptions withPartitions(int count) {
    return new RocksEngineOptions(
        count,
        retention,
        commitInterval,
        batchSize,
        maxInFlight,
        threads,
        cachedStates,
        retryFrom,
        retryTo);
  }

  /** The same with another retention of one topic. */
  public RocksEngineOptions withRetention(String topic, Duration kept) {
    Map<String, Duration> changed = new HashMap<>(retention);
    changed.put(topic, kept);
    return new RocksEngineOptions(
        partitions,
        changed,
        commitInterval,
        batchSize,
        maxInFlight,
        threads,
        cachedStates,
        retryFrom,
        retryTo);
  }

  /** The same with another pace of passes. */
  public RocksEngineOptions withPace(Duration interval, int batch) {
    return new RocksEngineOptions(
        partitions,
        retention,
        interval,
        batch,
        maxInFlight,
        threads,
        cachedStates,
        retryFrom,
        retryTo);
  }

  /** The same with other bounds of memory. */
  public RocksEngineOptions withBounds(int inFlight, int states) {
    return new RocksEngineOptions(
        partitions,
        retention,
        commitInterval,
        batchSize,
        inFlight,
        threads,
        states,
        retryFrom,
        retryTo);
  }

  /** The same with other pauses after a failure. */
  public RocksEngineOptions withRetries(Duration from, Duration to) {
    return new RocksEngineOptions(
        partitions,
        retention,
        commitInterval,
        batchSize,
        maxInFlight,
        threads,
        cachedStates,
        from,
        to);
  }

  private static void check(boolean good, String rule) {
    if (!good) {
      throw new IllegalArgumentException(rule);
    }
  }
}
