package io.foretell.ingest.engine.rocksdb;

import static io.foretell.ingest.engine.rocksdb.EchoStage.CALLS;
import static io.foretell.ingest.engine.rocksdb.EchoStage.ECHOES;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.proto.Await;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.HandClock;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import io.foretell.proto.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a device has in the store goes, and nothing else. */
final class EraseTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long DAY = 86_400_000;
  private static final DeviceId GONE = new DeviceId("acme", "gone-for-good");
  private static final DeviceId KEPT = new DeviceId("acme", "kept-as-it-is");

  @TempDir Path dir;
  private final HandClock clock = new HandClock(0);
  private final List<RocksEngine> opened = new ArrayList<>();
  private boolean taker;

  @AfterEach
  void close_all() {
    opened.forEach(RocksEngine::close);
  }

  @Test
  void entries_and_states_of_the_device_go_and_those_of_others_stay() throws Exception {
    RocksEngine engine = started();
    for (int i = 0; i < 50; i++) {
      append(engine, GONE, "marker-of-gone " + i);
      append(engine, KEPT, "marker-of-kept " + i);
    }
    settled(engine);

    assertThat(engine.erase(GONE, PATIENCE))
        .containsEntry("calls", 50L)
        .containsEntry("echoes", 50L)
        .containsEntry("states", 1L);

    assertOnlyKeptIsThere(engine, 50);
    assertThat(engine.erase(GONE, PATIENCE).values()).containsOnly(0L);
    assertThat(bytesWith("marker-of-gone")).isEmpty();
    engine.close();
    RocksEngine again = started();
    assertOnlyKeptIsThere(again, 50);
    // Where a table begins, the list of tables names a key until the store is opened anew.
    assertThat(bytesWith("gone-for-good", "marker-of-gone")).isEmpty();
    assertThat(bytesWith("marker-of-kept")).isNotEmpty();
  }

  private static void assertOnlyKeptIsThere(RocksEngine engine, int n) {
    assertThat(all(engine, CALLS)).hasSize(n).allMatch(entry -> entry.key().equals(KEPT));
    assertThat(all(engine, ECHOES)).hasSize(n).allMatch(entry -> entry.key().equals(KEPT));
    assertThat(engine.state("echo", GONE, Long.class)).isEmpty();
    assertThat(engine.state("echo", KEPT, Long.class)).contains((long) n);
    List<String> replayed = new ArrayList<>();
    Emit out =
        new Emit() {
          @Override
          public <T> void to(Topic<T> topic, DeviceId key, T value) {
            replayed.add(String.valueOf(value));
          }
        };
    assertThat(engine.replay(CALLS, new EchoStage(), out)).isEqualTo(n);
    assertThat(replayed).hasSize(n).startsWith("0:marker-of-kept 0");
  }

  @Test
  void offsets_are_never_given_again() {
    RocksEngine engine = started();
    Position last = append(engine, GONE, "a");
    settled(engine);
    engine.erase(GONE, PATIENCE);

    assertThat(engine.lane(CALLS).end(last.partition())).isEqualTo(last.offset() + 1);
    engine.close();
    RocksEngine again = started();
    assertThat(again.lane(CALLS).end(last.partition())).isEqualTo(last.offset() + 1);
    assertThat(append(again, GONE, "b").offset()).isEqualTo(last.offset() + 1);
    settled(again);
    assertThat(again.state("echo", GONE, Long.class)).as("as if never seen").contains(1L);
  }

  @Test
  void others_go_on_meanwhile_and_none_is_lost_or_folded_twice() {
    RocksEngine engine = started();
    AtomicBoolean stop = new AtomicBoolean();
    List<String> written = new ArrayList<>();
    CompletableFuture<Void> load =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; !stop.get(); i++) {
                append(engine, KEPT, "n" + i);
                written.add("n" + i);
              }
            });
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 20; i++) {
        append(engine, GONE, "x");
      }
      Await.until("it is folded", () -> erased(engine));
    }
    stop.set(true);
    Await.done(load);
    settled(engine);

    assertThat(all(engine, CALLS)).extracting(Entry::value).containsExactlyElementsOf(written);
    assertThat(all(engine, ECHOES)).hasSameSizeAs(written);
    assertThat(engine.state("echo", KEPT, Long.class)).contains((long) written.size());
  }

  private static boolean erased(RocksEngine engine) {
    try {
      return engine.erase(GONE, PATIENCE).get("calls") > 0;
    } catch (LaneUnavailableException stillToRead) {
      return false;
    }
  }

  @Test
  void entries_that_a_sink_has_still_to_read_are_not_erased() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    RocksEngine engine = engine();
    engine.attach("slow", CALLS, batch -> answer);
    engine.start();
    Position at = append(engine, GONE, "a");

    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> engine.erase(GONE, Duration.ofMillis(300)));
    assertThat(engine.lane(CALLS).read(at.partition(), 0, 10)).hasSize(1);

    answer.complete(null);
    Await.until("it has it", () -> engine.lag("slow") == 0);
    assertThat(engine.erase(GONE, PATIENCE)).containsEntry("calls", 1L);
  }

  @Test
  void retention_is_not_misled_by_gaps() {
    RocksEngineOptions options = options().withRetention("calls", Duration.ofDays(7));
    RocksEngine engine = new RocksEngine(dir, options, clock);
    opened.add(engine);
    engine.host("echo", CALLS, new EchoStage());
    engine.start();
    for (int day = 0; day < 20; day++) {
      DeviceId device = day % 2 == 0 && day > 4 ? GONE : KEPT;
      engine.lane(CALLS).append(device, day * DAY, "day " + day).toCompletableFuture().join();
    }
    settled(engine);
    engine.erase(GONE, PATIENCE);
    clock.to(20 * DAY);

    engine.trim();

    Await.until("it is dropped", () -> engine.lane(CALLS).begin(0) > 0);
    assertThat(all(engine, CALLS))
        .extracting(Entry::value)
        .containsExactly("day 13", "day 15", "day 17", "day 19");
  }

  @Test
  void timers_that_were_used_up_leave_no_byte() throws Exception {
    for (int i = 1; i < 4; i++) {
      RocksEngine engine = engine();
      engine.host("alarm", CALLS, new AlarmStage());
      engine.start();
      append(engine, GONE, "in " + i * 1_000);
      Await.until("it is folded", () -> engine.lag("alarm") == 0);
      clock.to(i * 10_000);
      engine.advance();
      int rung = i;
      Await.until("it rings", () -> all(engine, ECHOES).size() == rung);
      engine.close();
    }
    assertThat(bytesWith("gone-for-good")).isNotEmpty();
    RocksEngine engine = engine();
    engine.host("alarm", CALLS, new AlarmStage());
    engine.start();
    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> engine.erase(GONE, PATIENCE))
        .withMessageContaining("lane/echoes/0");
    engine.lane(ECHOES);
    engine.erase(GONE, PATIENCE);
    engine.close();
    RocksEngine again = engine();
    again.host("alarm", CALLS, new AlarmStage());
    again.start();

    assertThat(bytesWith("gone-for-good")).isEmpty();
  }

  @Test
  void timer_of_the_device_goes_with_its_state() {
    RocksEngine engine = engine();
    engine.host("alarm", CALLS, new AlarmStage());
    engine.start();
    append(engine, GONE, "in 1000");
    append(engine, KEPT, "in 1000");
    Await.until("they are folded", () -> engine.lag("alarm") == 0);
    engine.erase(GONE, PATIENCE);
    clock.to(5_000);
    engine.advance();

    Await.until("the other rings", () -> !all(engine, ECHOES).isEmpty());
    assertThat(all(engine, ECHOES)).extracting(Entry::key).containsExactly(KEPT);
  }

  private RocksEngine started() {
    RocksEngine engine = engine();
    engine.host("echo", CALLS, new EchoStage());
    taker = true;
    engine.attach("taker", ECHOES, batch -> CompletableFuture.completedFuture(null));
    engine.start();
    return engine;
  }

  private RocksEngine engine() {
    RocksEngine engine = new RocksEngine(dir, options(), clock);
    opened.add(engine);
    return engine;
  }

  private static RocksEngineOptions options() {
    // One partition, so that the devices are neighbours.
    return RocksEngineOptions.defaults().withPartitions(1);
  }

  private void settled(RocksEngine engine) {
    Await.until("all is taken", () -> engine.lag("echo") + (taker ? engine.lag("taker") : 0) == 0);
  }

  private static Position append(RocksEngine engine, DeviceId device, String value) {
    return engine.lane(CALLS).append(device, 0, value).toCompletableFuture().join();
  }

  private static List<Entry<String>> all(RocksEngine engine, Topic<String> topic) {
    List<Entry<String>> all = new ArrayList<>();
    for (int p = 0; p < engine.lane(topic).partitions(); p++) {
      long next = engine.lane(topic).begin(p);
      List<Entry<String>> page = engine.lane(topic).read(p, next, 1_000);
      while (!page.isEmpty()) {
        all.addAll(page);
        next = page.get(page.size() - 1).position().offset() + 1;
        page = engine.lane(topic).read(p, next, 1_000);
      }
    }
    return all;
  }

  private List<Path> bytesWith(String... texts) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = new String(Files.readAllBytes(file), ISO_8859_1);
        for (String text : texts) {
          if (bytes.contains(text)) {
            found.add(file);
          }
        }
      }
    }
    return found;
  }
}
