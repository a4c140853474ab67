package io.foretell.proto;

import java.io.IOException;
import java.io.UncheckedIOException;
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

/**
 * A database of samples of its own on a free port of the loopback, from Debian's binaries, with its
 * data in a folder of the test: InfluxDB 1.6, or VictoriaMetrics, which takes the same writes.
 */
public final class HistoryServer implements AutoCloseable {
  private static final String INSTALL =
      " is not installed: apt-get install influxdb victoria-metrics";
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> command;
  private final Path folder;
  private final URI url;
  private Process process;

  private HistoryServer(List<String> command, Path folder, int port) {
    this.command = command;
    this.folder = folder;
    this.url = URI.create("http://127.0.0.1:" + port);
    this.process = launch();
  }

  /**
   * Starts an InfluxDB that lets everybody in, and waits until it answers.
   *
   * @param folder is there
   */
  public static HistoryServer influx(Path folder) {
    return influx(folder, false);
  }

  /** The same; with authentication it lets nobody in before there is a user. */
  public static HistoryServer influx(Path folder, boolean authentication) {
    try {
      int port = FreePort.pick();
      Path settings =
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
      return new HistoryServer(List.of("influxd", "-config", settings + ""), folder, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a VictoriaMetrics, and waits until it answers. */
  public static HistoryServer victoriaMetrics(Path folder) {
    int port = FreePort.pick();
    List<String> command =
        List.of(
            "victoria-metrics",
            "-storageDataPath=" + folder.resolve("data"),
            "-httpListenAddr=127.0.0.1:" + port,
            "-retentionPeriod=100y");
    return new HistoryServer(command, folder, port);
  }

  /** Where it takes writes and questions. */
  public URI url() {
    return url;
  }

  /** What a GET answers. */
  public String get(String path) {
    return send(to(path).build()).body();
  }

  /** The answer to an InfluxQL question, as JSON; times in ms. */
  public String ask(String database, String influxQl) {
    return get("/query?db=" + database + "&epoch=ms&q=" + encoded(influxQl));
  }

  /** POSTs an InfluxQL statement. */
  public void statement(String influxQl) {
    send(to("/query?q=" + encoded(influxQl)).POST(HttpRequest.BodyPublishers.noBody()).build());
  }

  /** Writes lines, times in ms. */
  public void lines(String database, String lines) {
    HttpRequest write =
        to("/write?precision=ms&db=" + database)
            .POST(HttpRequest.BodyPublishers.ofString(lines))
            .build();
    int status = send(write).statusCode();
    if (status / 100 != 2) {
      throw new AssertionError("lines were answered " + status);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(ANSWER);
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Ends it at once, as a loss of power would. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Starts it again on what it left. */
  public void restart() {
    process = launch();
  }

  @Override
  public void close() {
    kill();
  }

  private Process launch() {
    Path log = folder.resolve("log");
    try {
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      Await.until(command.get(0) + " answers", () -> !started.isAlive() || answers());
      if (!started.isAlive()) {
        throw new AssertionError(command.get(0) + " has ended:\n" + Files.readString(log));
      }
      return started;
    } catch (IOException e) {
      throw new AssertionError(command.get(0) + INSTALL, e);
    }
  }

  private boolean answers() {
    try {
      return send(to("/ping").build()).statusCode() / 100 == 2;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }
}
