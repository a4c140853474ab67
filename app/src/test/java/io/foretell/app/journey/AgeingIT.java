package io.foretell.app.journey;

import static io.foretell.app.journey.RunningServer.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.journey.RunningServer.Identity;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Old samples become buckets by themselves, and the API says what a bucket stands for. */
final class AgeingIT {
  private static final long MINUTE = 60_000;

  @TempDir Path folder;

  @Test
  void samples_thatAreOld_readAsTheirMean_withWhatItStandsFor() {
    long old = Math.floorDiv(System.currentTimeMillis() - 86_400_000, MINUTE) * MINUTE;
    long young = System.currentTimeMillis() - 1_000;
    Path data = folder.resolve("data");
    try (RunningServer server =
        RunningServer.in(data, "history.retention", "kept: forever; 1h, 1m for 30d")) {
      Identity device = server.add("pump");
      for (int i = 0; i < 3; i++) {
        send(server, device, "{\"t\":" + (old + i * 1_000) + ",\"flow\":" + i * i + ",\"kept\":7}");
      }
      send(server, device, "{\"t\":" + young + ",\"flow\":50}");

      // Two values alone would also be two raw samples, while the others are on their way.
      await("all three in one, and the young one", () -> counts(server).equals(List.of(3, 0)));

      await("what is kept as it came", () -> history(server, "kept").size() == 3);

      JsonNode bucket = history(server, "flow").get(0);
      assertThat(bucket.path("t").asLong()).isEqualTo(old);
      assertThat(bucket.path("value").asDouble()).isEqualTo(5.0 / 3);
      assertThat(bucket.path("min").asDouble()).isZero();
      assertThat(bucket.path("max").asDouble()).isEqualTo(4);
      assertThat(bucket.path("last").asDouble()).isEqualTo(4);
      assertThat(bucket.path("width").asLong()).isEqualTo(MINUTE);
      assertThat(history(server, "flow").get(1).has("min")).isFalse();
      assertThat(history(server, "kept")).hasSize(3).noneMatch(value -> value.has("count"));
    }
  }

  @Test
  void retention_thatMakesNoSense_isRefusedWithItsKey() {
    assertThatThrownBy(() -> RunningServer.in(folder, "history.retention", "30d, 1m for 20d"))
        .hasMessageContaining("history.retention")
        .hasMessageContaining("kept longer");
  }

  /** How many samples each value of flow stands for, 0 for a sample itself. */
  private static List<Integer> counts(RunningServer server) {
    return history(server, "flow").stream().map(value -> value.path("count").asInt()).toList();
  }

  private static List<JsonNode> history(RunningServer server, String signal) {
    return server.items("/devices/pump/history", Map.of("signal", signal));
  }

  private static void send(RunningServer server, Identity device, String body) {
    Tool.Ran ran =
        Sender.HTTP.send(server, device, "telemetry", "application/json", body.getBytes(UTF_8));
    assertThat(Sender.HTTP.acknowledged(ran)).as(ran.toString()).isTrue();
  }
}
