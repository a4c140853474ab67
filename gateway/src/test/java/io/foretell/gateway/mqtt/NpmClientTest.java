package io.foretell.gateway.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The npm package {@code mqtt}, over TCP and WebSocket. */
final class NpmClientTest {
  private static final Path HOME = Path.of("target", "npm");
  private static final DeviceId TRUCK = DeviceId.parse("truck");

  private static final Vertx VERTX = Vertx.vertx();

  @BeforeAll
  static void install() throws Exception {
    assertThat(exit("node", "--version")).as("Node.js (apt-get install nodejs)").isZero();
    NpmPackages.install(HOME);
    try (InputStream script = NpmClientTest.class.getResourceAsStream("/npm/device.js")) {
      Files.write(HOME.resolve("device.js"), script.readAllBytes());
    }
  }

  @AfterAll
  static void close() {
    VERTX.close().toCompletionStage().toCompletableFuture().join();
  }

  @ParameterizedTest
  @CsvSource({"mqtt, 3", "mqtt, 4", "mqtt, 5", "ws, 4", "ws, 5"})
  void npm_client_reports_and_gets_its_command(String scheme, String version) throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      HttpServer http =
          VERTX
              .createHttpServer()
              .requestHandler(request -> gateway.listener.upgrade(request))
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get(60, TimeUnit.SECONDS);
      int port = scheme.equals("ws") ? http.actualPort() : gateway.listener.port();
      String url = scheme + "://127.0.0.1:" + port + "/mqtt";
      long now = System.currentTimeMillis();
      gateway.downlink.issue(
          TRUCK, new Command("c1", "reboot", "{}", now, now + 60_000, List.of(), "user:eva"));
      Path said = HOME.resolve(scheme + version + ".txt");
      Process node = start(said, "node", HOME.resolve("device.js").toString(), url, version);
      assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(node.exitValue()).as(Files.readString(said)).isZero();
      assertThat(Files.readString(said))
          .startsWith("v1/commands/json")
          .contains("\"id\":\"c1\"")
          .contains(version.equals("5") ? "v1/replies" : "");
      assertThat(gateway.uplinks.end(0)).isEqualTo(3);
      for (int i = 0; i < 3; i++) {
        assertThat(new String(gateway.uplinks.next().value().payload(), UTF_8))
            .isEqualTo("{\"x\":" + i + "}");
      }
      http.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
  }

  private static int exit(String... command) throws InterruptedException, IOException {
    Files.createDirectories(HOME);
    try {
      Process process = start(HOME.resolve("node.txt"), command);
      return process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  private static Process start(Path said, String... command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
  }
}
