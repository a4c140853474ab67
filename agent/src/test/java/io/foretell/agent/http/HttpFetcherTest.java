package io.foretell.agent.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.foretell.proto.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HttpFetcherTest {
  private static final Digest DIGEST = new Digest("ab".repeat(32));

  private final byte[] artifact = new byte[300_000];
  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private Handler artifacts = this::ranged;

  private interface Handler {
    void handle(HttpExchange exchange) throws IOException, InterruptedException;
  }

  @BeforeEach
  void serve() throws IOException {
    new Random(1).nextBytes(artifact);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/v1/metadata/timestamp.json", exchange -> answer(exchange, 200, "signed".getBytes(UTF_8)));
    server.createContext("/v1/metadata/broken.json", e -> answer(e, 503, new byte[3]));
    server.createContext(
        "/v1/artifacts/" + DIGEST.hex(),
        exchange -> {
          asked.add(
              exchange.getRequestHeaders().getFirst("authorization")
                  + " "
                  + exchange.getRequestHeaders().getFirst("range"));
          try {
            artifacts.handle(exchange);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private HttpFetcher fetcher(Duration patience) {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new HttpFetcher(HttpClient.newHttpClient(), uri, "t0ken", patience);
  }

  private HttpFetcher fetcher() {
    return fetcher(Duration.ofSeconds(60));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void ranged(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("range");
    if (range == null) {
      answer(exchange, 200, artifact);
      return;
    }
    int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    exchange
        .getResponseHeaders()
        .add(
            "content-range", "bytes " + from + "-" + (artifact.length - 1) + "/" + artifact.length);
    answer(exchange, 206, Arrays.copyOfRange(artifact, from, artifact.length));
  }

  private static byte[] all(InputStream in) throws IOException {
    try (in) {
      return in.readAllBytes();
    }
  }

  private byte[] tail(int from) {
    return Arrays.copyOfRange(artifact, from, artifact.length);
  }

  @Test
  void metadata_is_fetched_and_what_is_not_there_is_empty() throws IOException {
    assertThat(all(fetcher().metadata("timestamp.json").orElseThrow()))
        .asString()
        .isEqualTo("signed");
    assertThat(fetcher().metadata("7.root.json")).isEmpty();
    assertThatThrownBy(() -> fetcher().metadata("broken.json"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("503");
  }

  @Test
  void artifact_is_fetched_whole_with_the_devices_token() throws IOException {
    assertThat(all(fetcher().artifact(DIGEST, 0))).isEqualTo(artifact);
    assertThat(asked.remove()).isEqualTo("Bearer t0ken null");
  }

  @Test
  void download_goes_on_where_it_ended() throws IOException {
    for (int from : new int[] {1, 123_456, artifact.length - 1}) {
      assertThat(all(fetcher().artifact(DIGEST, from))).isEqualTo(tail(from));
      assertThat(asked.remove()).isEqualTo("Bearer t0ken bytes=" + from + "-");
    }
  }

  @Test
  void server_that_knows_no_range_is_read_from_the_start_and_skipped() throws IOException {
    artifacts = exchange -> answer(exchange, 200, artifact);
    assertThat(all(fetcher().artifact(DIGEST, 200_000))).isEqualTo(tail(200_000));
    artifacts = exchange -> answer(exchange, 200, new byte[10]);
    assertThatThrownBy(() -> fetcher().artifact(DIGEST, 200_000)).isInstanceOf(EOFException.class);
  }

  @Test
  void another_range_than_was_asked_for_is_refused() {
    artifacts =
        exchange -> {
          exchange.getResponseHeaders().add("content-range", "bytes 0-99/300000");
          answer(exchange, 206, new byte[100]);
        };
    assertThatThrownBy(() -> fetcher().artifact(DIGEST, 50))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bytes 0-99");
  }

  @Test
  void failure_of_the_server_is_an_error_not_a_body() {
    for (int status : new int[] {401, 404, 416, 503}) {
      artifacts = exchange -> answer(exchange, status, new byte[5]);
      assertThatThrownBy(() -> fetcher().artifact(DIGEST, 10))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(String.valueOf(status));
    }
  }

  @Test
  void connection_that_breaks_in_the_body_is_an_error_after_what_came() throws IOException {
    artifacts =
        exchange -> {
          exchange.sendResponseHeaders(200, artifact.length);
          exchange.getResponseBody().write(artifact, 0, 1000);
          exchange.getResponseBody().flush();
          throw new IOException("planted");
        };
    try (InputStream in = fetcher().artifact(DIGEST, 0)) {
      assertThat(in.readNBytes(1000)).isEqualTo(Arrays.copyOf(artifact, 1000));
      assertThatThrownBy(in::read).isInstanceOf(IOException.class);
    }
  }

  @Test
  void server_that_falls_silent_in_the_body_is_given_up() throws IOException {
    artifacts =
        exchange -> {
          exchange.sendResponseHeaders(200, artifact.length);
          exchange.getResponseBody().write(artifact, 0, 1000);
          exchange.getResponseBody().flush();
          over.await();
        };
    try (InputStream in = fetcher(Duration.ofSeconds(6)).artifact(DIGEST, 0)) {
      assertThat(in.readNBytes(1000)).hasSize(1000);
      assertThatThrownBy(in::read).isInstanceOf(HttpTimeoutException.class);
    }
  }
}
