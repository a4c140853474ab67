package io.foretell.ingest.history.influx;

import io.foretell.proto.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A real server that a test starts on a free port, with its data in a folder of the test. */
final class Daemon implements AutoCloseable {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(120);

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> command;
  private final Path folder;
  private final URI url;
  private Process process;

  private Daemon(List<String> command, Path folder, int port) {
    this.command = command;
    this.folder = folder;
    this.url = URI.create("http://127.0.0.1:" + port);
    this.process = launch();
  }

  static Daemon influxd(Path folder, boolean authentication) throws IOException {
    int port = FreePort.pick();
    Path config =
        Files.writeString(
            folder.resolve("influxdb.conf"),
            """
            reporting-disabled = true
            bind-address = "127.0.0.1:0"
            [meta]
              dir = "%1$s/meta"
            [data]
              dir = "%1$s/data"
              wal-dir = "%1$s/wal"
              query-log-enabled = false
            [monitor]
              store-enabled = false
            [http]
              bind-address = "127.0.0.1:%2$d"
              log-enabled = false
              auth-enabled = %3$s
            """
                .formatted(folder, port, authentication));
    return new Daemon(List.of("influxd", "-config", config.toString()), folder, port).ready();
  }

  static Daemon victoriaMetrics(Path folder) throws IOException {
    int port = FreePort.pick();
    return new Daemon(
            List.of(
                "victoria-metrics",
                "-storageDataPath=" + folder.resolve("data"),
                "-httpListenAddr=127.0.0.1:" + port,
                "-retentionPeriod=100y"),
            folder,
            port)
        .ready();
  }

  URI url() {
    return url;
  }

  /** Answers a GET with the body. */
  String get(String path) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(url + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** POSTs an InfluxQL statement. */
  void statement(String influxQl) throws IOException, InterruptedException {
    http.send(
        HttpRequest.newBuilder(
                URI.create(url + "/query?q=" + URLEncoder.encode(influxQl, StandardCharsets.UTF_8)))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.discarding());
  }

  /** Writes lines, times in ms. */
  void lines(String database, String lines) throws IOException, InterruptedException {
    int status =
        http.send(
                HttpRequest.newBuilder(URI.create(url + "/write?precision=ms&db=" + database))
                    .POST(HttpRequest.BodyPublishers.ofString(lines))
                    .build(),
                HttpResponse.BodyHandlers.discarding())
            .statusCode();
    if (status / 100 != 2) {
      throw new AssertionError("lines were answered " + status);
    }
  }

  /** Ends it at once, as a loss of power would. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Starts it again on what it left. */
  void restart() throws IOException {
    process = launch();
    ready();
  }

  @Override
  public void close() {
    kill();
  }

  private Process launch() {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
          .start();
    } catch (IOException e) {
      throw new AssertionError(
          command.get(0) + " is not installed: apt-get install influxdb victoria-metrics", e);
    }
  }

  private Daemon ready() throws IOException {
    long deadline = System.nanoTime() + PATIENCE;
    HttpRequest ping =
        HttpRequest.newBuilder(URI.create(url + "/ping")).timeout(Duration.ofSeconds(5)).build();
    while (System.nanoTime() < deadline && process.isAlive()) {
      try {
        if (http.send(ping, HttpResponse.BodyHandlers.discarding()).statusCode() / 100 == 2) {
          return this;
        }
      } catch (IOException notYet) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    throw new AssertionError(
        command.get(0) + " did not come up:\n" + Files.readString(folder.resolve("log")));
  }
}
