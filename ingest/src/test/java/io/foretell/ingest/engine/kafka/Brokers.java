package io.foretell.ingest.engine.kafka;

import io.foretell.proto.KafkaBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Engines on the broker that all tests share, each test with topics of its own. */
final class Brokers {
  private static final AtomicInteger TESTS = new AtomicInteger();

  private Brokers() {}

  static String newPrefix() {
    return "t" + TESTS.incrementAndGet() + "-" + ProcessHandle.current().pid();
  }

  static KafkaEngineOptions options(String prefix, Path folder) {
    return KafkaEngineOptions.of(KafkaBroker.shared().bootstrap(), folder)
        .withTopics(prefix, 2, 1)
        .withPace(
            Duration.ofMillis(10),
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            Duration.ofSeconds(60));
  }
}
