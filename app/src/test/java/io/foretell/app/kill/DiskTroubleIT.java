package io.foretell.app.kill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A disk that is full, read-only, or fails to synchronise, while a device reports as fast as it
 * can: nothing is acknowledged, readiness says which part it is, and when the disk works again all
 * goes on in the same process and nothing is lost or there twice.
 */
final class DiskTroubleIT {
  private static final int TIMES = 2;
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  @TempDir private Path folder;

  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    scheduler.shutdownNow();
    blocking.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void disk_inTroubleForAWhile_stopsAcknowledgingAndLosesNothing(Disk.Trouble trouble)
      throws Exception {
    Disk disk = new Disk(folder.resolve("data"), Files.createDirectory(folder.resolve("tools")));
    List<String> settings = List.of("diagnostics.lateness=1s");
    Path log = folder.resolve("server.log");
    try (ServerProcess server =
        ServerProcess.launch(folder.resolve("data"), log, settings, disk.environment())) {
      server.awaitReady();
      ApiClient api = server.api();
      String token = api.post("/devices", Map.of(), Map.of("id", "device")).path("token").asText();
      long base = InstantSource.system().millis() - 1_800_000;
      try (NumberedDevice device =
          new NumberedDevice("device", token, server::mqtt, scheduler, blocking, base)) {
        device.start();
        for (int time = 1; time <= TIMES; time++) {
          long wanted = device.acknowledged().cardinality() + 200;
          RunningServer.await("reports", () -> device.acknowledged().cardinality() >= wanted);
          outage(server, device, disk, trouble);
        }
        long wanted = device.acknowledged().cardinality() + 200;
        RunningServer.await("reports", () -> device.acknowledged().cardinality() >= wanted);
        device.finish();
        RunningServer.await("all that is unsent", () -> device.backlog() == 0);
        KillIT.settle(api);
        assertThat(KillIT.stored(api, device)).isEqualTo(KillIT.all(device));
        JsonNode balance = api.get("/conservation", Map.of());
        assertThat(balance.path("holds").asBoolean()).as(balance.toString()).isTrue();
      }
    }
  }

  private void outage(ServerProcess server, NumberedDevice device, Disk disk, Disk.Trouble trouble)
      throws Exception {
    disk.is(trouble);
    // The lanes see it when they write next; another part may have seen it before.
    RunningServer.await(
        "readiness false",
        () -> {
          HttpResponse<String> ready = ready(server);
          return ready.statusCode() == 503
              && ready.body().contains("{\"part\":\"lanes\",\"ready\":false");
        });
    int before = acknowledgedBefore(device);
    assertThat(server.endsWithin(2_000)).as("ends by itself").isFalse();
    assertThat(device.acknowledged().cardinality()).as("acknowledged meanwhile").isEqualTo(before);
    assertThat(ready(server).statusCode()).isEqualTo(503);
    disk.is(Disk.Trouble.NONE);
    RunningServer.await("readiness", () -> ready(server).statusCode() == 200);
  }

  /** What was acknowledged before may still be on its way to the device: waits until none comes. */
  private static int acknowledgedBefore(NumberedDevice device) {
    int[] seen = {-1};
    long[] since = {0};
    RunningServer.await(
        "acknowledgements that were under way",
        () -> {
          int now = device.acknowledged().cardinality();
          if (now != seen[0]) {
            seen[0] = now;
            since[0] = System.nanoTime();
          }
          return System.nanoTime() - since[0] > QUIET_NANOS;
        });
    return seen[0];
  }

  private HttpResponse<String> ready(ServerProcess server) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(server.http() + "/health/ready")).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
