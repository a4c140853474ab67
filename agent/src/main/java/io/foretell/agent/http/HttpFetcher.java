package io.foretell.agent.http;

import io.foretell.agent.update.Fetcher;
import io.foretell.proto.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fetches from a server's {@code /v1/metadata} and {@code /v1/artifacts}; a download goes on by
 * Range (RFC 9110, 14).
 *
 * <p>A server that falls silent in the middle of a body is given up after half a minute, like one
 * that never answers.
 */
public final class HttpFetcher implements Fetcher {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient http;
  private final URI server;
  private final @Nullable String token;
  private final Duration patience;

  /**
   * A fetcher.
   *
   * @param http shared by all devices of a process
   * @param server {@code http://host:8080}
   * @param token the device's; null in a server's sandbox
   */
  public HttpFetcher(HttpClient http, URI server, @Nullable String token) {
    this(http, server, token, TIMEOUT);
  }

  HttpFetcher(HttpClient http, URI server, @Nullable String token, Duration patience) {
    this.http = http;
    this.server = server;
    this.token = token;
    this.patience = patience;
  }

  @Override
  public Optional<InputStream> metadata(String name) throws IOException {
    HttpResponse<InputStream> answer = send(request("/v1/metadata/" + name).build());
    if (answer.statusCode() == 404) {
      answer.body().close();
      return Optional.empty();
    }
    return Optional.of(body(answer, name));
  }

  @Override
  public InputStream artifact(Digest digest, long offset) throws IOException {
    HttpRequest.Builder request = request("/v1/artifacts/" + digest.hex());
    if (offset > 0) {
      request.header("range", "bytes=" + offset + "-");
    }
    HttpResponse<InputStream> answer = send(request.build());
    InputStream body = body(answer, digest.toString());
    if (answer.statusCode() == 206) {
      String range = answer.headers().firstValue("content-range").orElse("");
      if (!range.startsWith("bytes " + offset + "-")) {
        body.close();
        throw new IOException(digest + ": asked for bytes from " + offset + ", got " + range);
      }
    } else if (offset > 0) {
      skip(body, offset);
    }
    return body;
  }

  /** The server knows no Range: it sends what we have once more. */
  private static void skip(InputStream body, long offset) throws IOException {
    try {
      body.skipNBytes(offset);
    } catch (IOException e) {
      body.close();
      throw e;
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(path)).timeout(patience).GET();
    if (token != null) {
      request.header("authorization", "Bearer " + token);
    }
    return request;
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, answer -> new PatientBody(patience));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static InputStream body(HttpResponse<InputStream> answer, String what)
      throws IOException {
    if (answer.statusCode() / 100 != 2) {
      answer.body().close();
      throw new IOException(what + ": status " + answer.statusCode());
    }
    return answer.body();
  }
}
