package io.foretell.app;

import io.foretell.app.erasure.SqlLaneKeys;
import io.foretell.ingest.engine.ErasableLanes;
import io.foretell.ingest.engine.kafka.KafkaEngine;
import io.foretell.ingest.engine.rocksdb.RocksEngine;
import io.foretell.ingest.engine.rocksdb.RocksEngineOptions;
import io.foretell.proto.Engine;
import io.foretell.proto.Lane;
import io.foretell.proto.Sink;
import io.foretell.proto.Stage;
import io.foretell.proto.Topic;
import io.foretell.proto.wire.Topics;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/** Which engine hosts the loop: the embedded one, or Kafka where an address is given. */
final class Engines {
  // On Kafka the transactions of a stage count among the offsets of the lanes it writes to.
  private static final Set<String> FROM_STAGES =
      Set.of(Topics.FINDINGS.name(), Topics.REJECTS.name());

  private Engines() {}

  /**
   * Makes it.
   *
   * @param keys by which the lanes are sealed on Kafka; not needed by the embedded one
   */
  static Engine of(Config config, InstantSource clock, Optional<SqlLaneKeys> keys) {
    Path data = config.get(Config.DATA);
    if (keys.isEmpty()) {
      RocksEngineOptions options =
          RocksEngineOptions.defaults()
              .withPartitions(config.get(Config.PARTITIONS))
              .withRetention(Topics.UPLINK.name(), config.get(Config.UPLINK_RETENTION));
      return new RocksEngine(data.resolve(Stores.LANES), options, clock);
    }
    return new KafkaEngine(Stores.kafka(config), clock, keys.get());
  }

  /**
   * Gives a sink every entry of a lane in each process that asks; on the embedded engine, which has
   * one, to attach it is the same.
   *
   * @param after the attached sink where which stands it begins; empty: what is new
   */
  static <I> void follow(
      Engine engine, String name, Topic<I> from, Sink<I> sink, Optional<String> after) {
    if (engine instanceof KafkaEngine kafka) {
      kafka.follow(name, from, sink, after);
    } else {
      engine.attach(name, from, sink);
    }
  }

  /** Makes the states of a stage readable that other processes host. */
  static <S, I> void observe(Engine engine, String name, Topic<I> from, Stage<S, I> stage) {
    if (engine instanceof KafkaEngine kafka) {
      kafka.observe(name, from, stage);
    }
  }

  /** The lanes as what one device can be erased from. */
  static ErasableLanes erasable(Engine engine) {
    if (engine instanceof ErasableLanes lanes) {
      return lanes;
    }
    throw new IllegalStateException("an engine that erases nothing");
  }

  /** How many uplinks there ever were: what erased devices also takes places on the lane. */
  static long uplinks(Engine engine) {
    long count = count(engine, Topics.UPLINK);
    return engine instanceof KafkaEngine kafka ? count - kafka.passed(Pipeline.LOOP) : count;
  }

  /** How many entries a lane was ever given. */
  static long count(Engine engine, Topic<?> topic) {
    Lane<?> lane = engine.lane(topic);
    if (engine instanceof KafkaEngine kafka && FROM_STAGES.contains(topic.name())) {
      return kafka.before(lane) + kafka.count(lane);
    }
    long sum = engine instanceof KafkaEngine kafka ? kafka.before(lane) : 0;
    for (int p = 0; p < lane.partitions(); p++) {
      sum += lane.end(p);
    }
    return sum;
  }
}
