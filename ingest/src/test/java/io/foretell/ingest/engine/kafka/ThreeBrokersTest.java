package io.foretell.ingest.engine.kafka;

import static io.foretell.ingest.engine.EchoStage.CALLS;
import static io.foretell.ingest.engine.EchoStage.ECHOES;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.ingest.engine.EchoStage;
import io.foretell.proto.Await;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Health;
import io.foretell.proto.KafkaBroker;
import io.foretell.proto.Lane;
import io.foretell.proto.LaneUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers, three copies of everything, of which two must have a message. */
class ThreeBrokersTest {
  private static final DeviceId DEVICE = DeviceId.parse("d");

  private static final Duration RECOVERY = Duration.ofSeconds(120);

  // Longer than the brokers need to find out that one of them is gone.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final List<KafkaBroker> brokers = KafkaBroker.three();
  private final AtomicInteger next = new AtomicInteger();
  private final List<String> acknowledged = new ArrayList<>();
  private KafkaEngine engine;

  @AfterEach
  void stop() {
    engine.close();
    brokers.forEach(KafkaBroker::stop);
  }

  @Test
  void acknowledging_goes_on_without_one_broker_stops_without_two_and_recovers() {
    engine = new KafkaEngine(options(), InstantSource.system(), new MemoryKeys());
    engine.lane(ECHOES);
    engine.host("numbers", CALLS, new EchoStage());
    engine.start();
    assertThat(append(50)).isEqualTo(50);

    brokers.get(0).stop();
    assertThat(append(50)).as("acknowledged with two brokers of three").isEqualTo(50);
    Await.until("the stage goes on", RECOVERY, () -> lag() == 0 && engine.health().ready());

    brokers.get(1).stop();
    assertThat(append(5)).as("acknowledged with one broker of three").isZero();
    Await.until(
        "it says so",
        () ->
            !engine.health().ready()
                && engine.health().notices().stream()
                    .map(Health.Notice::code)
                    .anyMatch("LANES_UNAVAILABLE"::equals));

    brokers.get(0).start();
    Await.until("it takes messages again", RECOVERY, () -> append(1) == 1);
    assertThat(append(20)).isEqualTo(20);
    Await.until("the stage has all", RECOVERY, () -> lag() == 0 && engine.health().ready());
    List<String> words = all(engine.lane(CALLS));
    assertThat(words).doesNotHaveDuplicates().containsSubsequence(acknowledged);
    List<String> numbered = new ArrayList<>();
    words.forEach(word -> numbered.add(numbered.size() + ":" + word));
    assertThat(all(engine.lane(ECHOES))).isEqualTo(numbered);
  }

  private KafkaEngineOptions options() {
    String bootstrap =
        brokers.stream().map(KafkaBroker::bootstrap).collect(Collectors.joining(","));
    return KafkaEngineOptions.of(bootstrap, folder)
        .withTopics("three", 1, 3)
        .withPace(Duration.ofMillis(10), Duration.ofMillis(5), Duration.ofMillis(50), PATIENCE);
  }

  /** How many of so many messages are acknowledged. */
  private int append(int count) {
    List<CompletableFuture<String>> appends = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int n = next.getAndIncrement();
      appends.add(
          engine
              .lane(CALLS)
              .append(DEVICE, n, "w" + n)
              .handle((position, failure) -> failure == null ? "w" + n : "")
              .toCompletableFuture());
    }
    List<String> taken = appends.stream().map(Await::done).filter(word -> !word.isEmpty()).toList();
    acknowledged.addAll(taken);
    return taken.size();
  }

  private long lag() {
    try {
      return engine.lag("numbers");
    } catch (LaneUnavailableException e) {
      return Long.MAX_VALUE;
    }
  }

  private static List<String> all(Lane<String> lane) {
    return lane.read(0, 0, Integer.MAX_VALUE).stream().map(Entry::value).toList();
  }
}
