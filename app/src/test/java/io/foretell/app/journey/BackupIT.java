package io.foretell.app.journey;

import static io.foretell.app.journey.RunningServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.cli.Foretell;
import io.foretell.app.journey.RunningServer.Identity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A backup under load has what was acknowledged, and a restored server goes on from there. */
final class BackupIT {
  private static final int DEVICES = 3;
  private static final long START = System.currentTimeMillis() - 3_600_000;

  @TempDir Path folder;

  /** One device that reports as fast as it is answered, each time another moment. */
  private static final class Reporter {
    final Identity device;
    final AtomicLong acknowledged = new AtomicLong();

    Reporter(Identity device) {
      this.device = device;
    }

    void run(String url, AtomicBoolean stop) {
      HttpClient http = HttpClient.newHttpClient();
      try {
        for (long i = 0; !stop.get(); i++) {
          HttpRequest report =
              HttpRequest.newBuilder(URI.create(url + "/v1/telemetry"))
                  .header("authorization", "Bearer " + device.token())
                  .header("content-type", "application/json")
                  .POST(BodyPublishers.ofString("{\"t\":" + (START + i) + ",\"n\":" + i + "}"))
                  .build();
          assertThat(http.send(report, BodyHandlers.discarding()).statusCode()).isEqualTo(204);
          acknowledged.incrementAndGet();
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"backup.zip", "backup"})
  void backup_underLoad_hasAllThatWasAcknowledged(String name) throws Exception {
    Path backup = folder.resolve(name);
    List<Reporter> reporters = new ArrayList<>();
    List<Long> acknowledged = new ArrayList<>();
    try (RunningServer server = RunningServer.in(folder.resolve("first"))) {
      fault(server);
      String digest = artifact(server);
      AtomicBoolean stop = new AtomicBoolean();
      List<CompletableFuture<Void>> load = new ArrayList<>();
      for (int i = 0; i < DEVICES; i++) {
        Reporter reporter = new Reporter(server.add("busy-" + i));
        reporters.add(reporter);
        load.add(CompletableFuture.runAsync(() -> reporter.run(server.url(), stop)));
      }
      await("some load", () -> reporters.stream().allMatch(r -> r.acknowledged.get() > 300));

      reporters.forEach(reporter -> acknowledged.add(reporter.acknowledged.get()));
      Foretell.Ran ran =
          Foretell.run("backup", backup + "", "--data", server.data() + "", "--json");
      List<Long> meanwhile = reporters.stream().map(r -> r.acknowledged.get()).toList();
      await("the load goes on", () -> reporters.get(0).acknowledged.get() > meanwhile.get(0) + 50);
      stop.set(true);
      load.forEach(CompletableFuture::join);

      assertThat(ran.exit()).as(ran.err()).isZero();
      assertThat(ran.out()).contains("\"history\":\"embedded\"");
      assertThat(server.data().toFile().list()).noneMatch(file -> file.startsWith(".backup"));
      assertOwnersEyesOnly(backup);
      assertThat(digest).startsWith("sha256:");
    }
    Path data = folder.resolve("second");
    assertThat(Foretell.run("restore", backup + "", "--data", data + "", "--dry-run").exit())
        .isZero();
    assertThat(data).doesNotExist();

    Foretell.Ran restored = Foretell.run("restore", backup + "", "--data", data + "");

    assertThat(restored.exit()).as(restored.err()).isZero();
    try (RunningServer server = RunningServer.in(data)) {
      server.conserved();
      for (int i = 0; i < DEVICES; i++) {
        Set<Long> kept = moments(server, reporters.get(i).device);
        for (long n = 0; n < acknowledged.get(i); n++) {
          assertThat(kept).contains(START + n);
        }
      }
      assertThat(server.items("/tickets", Map.of())).hasSize(1);
      assertThat(server.items("/artifacts", Map.of())).hasSize(1);
      Foretell.Ran doctor = Foretell.run("doctor", "--data", data + "", "--folder", data + "");
      assertThat(doctor.exit()).as(doctor.out()).isZero();
      // Devices have their secrets still, and what they say goes on from there, once.
      Tool.Ran sent =
          Sender.COAPS.send(
              server,
              reporters.get(0).device,
              "faults",
              "application/json",
              "{\"code\":\"P0420\",\"status\":47}"
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8));
      assertThat(Sender.COAPS.acknowledged(sent)).as(sent.toString()).isTrue();
      await("a second ticket", () -> server.items("/tickets", Map.of()).size() == 2);
    }
  }

  @Test
  void restore_refusesWhatItCannotTrust_andWritesNothing() throws Exception {
    Path backup = folder.resolve("good.zip");
    try (RunningServer server = RunningServer.in(folder.resolve("first"))) {
      fault(server);
      assertThat(Foretell.run("backup", backup + "", "--data", server.data() + "").exit()).isZero();
      assertRefused(
          Foretell.run("backup", backup + "", "--data", server.data() + ""), "is there already");
      assertRefused(
          Foretell.run("restore", backup + "", "--data", server.data() + ""), "is not empty");
    }
    Path data = folder.resolve("second");
    byte[] bytes = Files.readAllBytes(backup);

    Path cut = Files.write(folder.resolve("cut.zip"), java.util.Arrays.copyOf(bytes, 9000));
    assertRefused(Foretell.run("restore", cut + "", "--data", data + ""), "damaged");
    Path none = Files.write(folder.resolve("none.zip"), new byte[] {1, 2, 3});
    assertRefused(Foretell.run("restore", none + "", "--data", data + ""), "no backup");
    assertRefused(Foretell.run("restore", "nowhere.zip", "--data", data + ""), "there is no");
    assertThat(Foretell.run("restore").exit()).isEqualTo(2);
    assertThat(Foretell.run("backup", folder.resolve("x.tar.gz") + "").exit()).isEqualTo(2);

    Path unpacked = folder.resolve("unpacked");
    assertThat(Foretell.run("restore", backup + "", "--data", unpacked + "").exit()).isZero();
    assertRefused(Foretell.run("restore", unpacked + "", "--data", data + ""), "manifest.json");
    assertThat(data).doesNotExist();
  }

  @Test
  void folder_thatWasChanged_orIsOfALaterFormat_isRefused() throws Exception {
    Path backup = folder.resolve("backup");
    try (RunningServer server = RunningServer.in(folder.resolve("first"))) {
      assertThat(Foretell.run("backup", backup + "", "--data", server.data() + "").exit()).isZero();
    }
    Path data = folder.resolve("second");
    Path manifest = backup.resolve("manifest.json");
    String good = Files.readString(manifest);

    Files.writeString(manifest, good.replace("\"format\" : 1", "\"format\" : 2"));
    assertRefused(Foretell.run("restore", backup + "", "--data", data + ""), "format 2", "up to 1");
    Files.writeString(manifest, good);
    Path token = backup.resolve("admin.token");
    byte[] whole = Files.readAllBytes(token);
    byte[] changed = whole.clone();
    changed[0] ^= 1;
    Files.write(token, changed);
    assertRefused(
        Foretell.run("restore", backup + "", "--data", data + "", "--dry-run"), "admin.token");
    Files.write(token, whole);
    Files.writeString(backup.resolve("more.txt"), "more");
    assertRefused(Foretell.run("restore", backup + "", "--data", data + ""), "more.txt");
    Files.delete(backup.resolve("more.txt"));
    Files.delete(token);
    assertRefused(Foretell.run("restore", backup + "", "--data", data + ""), "lacks admin.token");
    assertThat(data).doesNotExist();
  }

  private static void assertRefused(Foretell.Ran ran, String... words) {
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains(words).doesNotContain("\tat ");
  }

  private static void assertOwnersEyesOnly(Path backup) throws IOException {
    try (Stream<Path> all = Files.walk(backup)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo("rw-------");
      }
    }
  }

  private static Set<Long> moments(RunningServer server, Identity device) {
    Set<Long> moments = new HashSet<>();
    long since = 0;
    while (true) {
      List<JsonNode> page =
          server.items(
              "/devices/" + device.device() + "/history",
              Map.of("signal", "n", "since", since + "", "limit", "10000"));
      page.forEach(sample -> moments.add(sample.path("t").asLong()));
      if (page.size() < 10_000) {
        return moments;
      }
      since = page.get(page.size() - 1).path("t").asLong() + 1;
    }
  }

  private static void fault(RunningServer server) {
    Identity device = server.add("faulty");
    Tool.Ran sent =
        Sender.HTTP.send(
            server,
            device,
            "faults",
            "application/json",
            "{\"code\":\"P0301\",\"status\":47}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(Sender.HTTP.acknowledged(sent)).isTrue();
    await("the ticket", () -> server.items("/tickets", Map.of()).size() == 1);
  }

  private static String artifact(RunningServer server) {
    return server
        .api()
        .upload(
            "/artifacts",
            Map.of("name", "pump", "component", "pump", "version", "1.0.0"),
            new byte[100_000])
        .path("digest")
        .asText();
  }
}
