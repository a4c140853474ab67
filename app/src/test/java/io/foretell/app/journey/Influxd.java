package io.foretell.app.journey;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import io.foretell.proto.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Debian's InfluxDB 1.6 on a free port, with its data in a folder of the test. */
public final class Influxd implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port;
  private final Tool server;

  private Influxd(int port, Tool server) {
    this.port = port;
    this.server = server;
  }

  /** Starts one. */
  public static Influxd in(Path folder) throws IOException {
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
            [monitor]
              store-enabled = false
            [http]
              bind-address = "127.0.0.1:%2$d"
              log-enabled = false
            """
                .formatted(folder, port));
    Influxd influxd = new Influxd(port, Tool.start("influxd", "-config", settings.toString()));
    RunningServer.await("influxd", PATIENCE, influxd::answers);
    return influxd;
  }

  /** Its address. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The rows of an InfluxQL question; times in ms. */
  JsonNode ask(String influxQl) {
    try {
      String path = "/query?db=foretell&epoch=ms&q=" + ApiClient.encode(influxQl);
      return ApiClient.JSON
          .readTree(get(path).body())
          .path("results")
          .path(0)
          .path("series")
          .path(0)
          .path("values");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean answers() {
    try {
      return get("/ping").statusCode() / 100 == 2;
    } catch (IOException notYet) {
      return false;
    }
  }

  private HttpResponse<String> get(String path) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(20)).build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
