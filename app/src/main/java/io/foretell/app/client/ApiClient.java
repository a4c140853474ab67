package io.foretell.app.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** The public HTTP API, as the command line uses it. */
public final class ApiClient {
  /** For all JSON of the command line. */
  public static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final String server;
  private final String token;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /**
   * A client.
   *
   * @param server {@code http://127.0.0.1:8080}
   */
  public ApiClient(String server, String token) {
    this.server = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
    this.token = token;
  }

  /** GET below {@code /api/v1}. */
  public JsonNode get(String path, Map<String, String> query) {
    return send("GET", path, query, "application/json", HttpRequest.BodyPublishers.noBody());
  }

  /** POST of a JSON body. */
  public JsonNode post(String path, Map<String, String> query, Object body) {
    return post(path, query, body, TIMEOUT);
  }

  /** POST of a JSON body that may be answered late. */
  public JsonNode post(String path, Map<String, String> query, Object body, Duration patience) {
    try {
      byte[] bytes = JSON.writeValueAsBytes(body);
      return send(
          "POST",
          path,
          query,
          "application/json",
          HttpRequest.BodyPublishers.ofByteArray(bytes),
          patience);
    } catch (JsonProcessingException e) {
      throw new CommandFailed("cannot write the request: " + e.getOriginalMessage());
    }
  }

  /** POST of bytes. */
  public JsonNode upload(String path, Map<String, String> query, byte[] body) {
    return send(
        "POST",
        path,
        query,
        "application/octet-stream",
        HttpRequest.BodyPublishers.ofByteArray(body));
  }

  /**
   * POST whose answer is bytes; the caller closes them.
   *
   * @param patience until they begin
   */
  public InputStream download(String path, Map<String, String> query, Duration patience) {
    return download("POST", path, query, patience);
  }

  /**
   * GET whose answer is bytes; the caller closes them.
   *
   * @param patience until they begin
   */
  public InputStream fetch(String path, Map<String, String> query, Duration patience) {
    return download("GET", path, query, patience);
  }

  private InputStream download(
      String method, String path, Map<String, String> query, Duration patience) {
    HttpRequest request =
        HttpRequest.newBuilder(uri(path, query))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(patience)
            .header("authorization", "Bearer " + token)
            .build();
    HttpResponse<InputStream> answer = exchange(request, HttpResponse.BodyHandlers.ofInputStream());
    if (answer.statusCode() / 100 == 2) {
      return answer.body();
    }
    try (InputStream body = answer.body()) {
      throw new CommandFailed(problem(answer.statusCode(), body.readAllBytes()));
    } catch (IOException e) {
      throw new CommandFailed(server + ": " + e.getMessage());
    }
  }

  /** DELETE. */
  public void delete(String path, Map<String, String> query) {
    send("DELETE", path, query, "application/json", HttpRequest.BodyPublishers.noBody());
  }

  /**
   * Follows the server's events until the process ends or the stream breaks.
   *
   * @param onEvent the event's type and its data
   * @return completes when the stream has ended
   */
  public CompletionStage<?> follow(
      Map<String, String> query, BiConsumer<String, JsonNode> onEvent) {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/events", query))
            .header("authorization", "Bearer " + token)
            .GET()
            .build();
    String[] type = {"message"};
    return http.sendAsync(request, HttpResponse.BodyHandlers.ofLines())
        .thenAccept(answer -> answer.body().forEach(line -> event(line, type, onEvent)));
  }

  private static void event(String line, String[] type, BiConsumer<String, JsonNode> onEvent) {
    if (line.startsWith("event: ")) {
      type[0] = line.substring(7);
    } else if (line.startsWith("data: ")) {
      try {
        onEvent.accept(type[0], JSON.readTree(line.substring(6)));
      } catch (JsonProcessingException e) {
        throw new CommandFailed("an event that is no JSON: " + e.getOriginalMessage());
      }
    }
  }

  private JsonNode send(
      String method,
      String path,
      Map<String, String> query,
      String type,
      HttpRequest.BodyPublisher body) {
    return send(method, path, query, type, body, TIMEOUT);
  }

  private JsonNode send(
      String method,
      String path,
      Map<String, String> query,
      String type,
      HttpRequest.BodyPublisher body,
      Duration patience) {
    HttpRequest request =
        HttpRequest.newBuilder(uri(path, query))
            .method(method, body)
            .timeout(patience)
            .header("authorization", "Bearer " + token)
            .header("content-type", type)
            .build();
    HttpResponse<byte[]> answer = exchange(request, HttpResponse.BodyHandlers.ofByteArray());
    try {
      return read(answer);
    } catch (IOException e) {
      throw new CommandFailed(server + ": " + e.getMessage());
    }
  }

  private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return http.send(request, handler);
    } catch (ConnectException e) {
      throw new CommandFailed(
          "no server answers at "
              + server
              + "; start one with 'foretell serve', or name it with"
              + " --server or FORETELL_SERVER");
    } catch (IOException e) {
      throw new CommandFailed(server + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("interrupted");
    }
  }

  private URI uri(String path, Map<String, String> query) {
    String parameters =
        query.entrySet().stream()
            .map(e -> e.getKey() + "=" + encode(e.getValue()))
            .collect(Collectors.joining("&"));
    return URI.create(server + "/api/v1" + path + (parameters.isEmpty() ? "" : "?" + parameters));
  }

  /** A value as a segment of a path or query. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private JsonNode read(HttpResponse<byte[]> answer) throws IOException {
    byte[] body = answer.body();
    if (answer.statusCode() / 100 == 2) {
      return body.length == 0 ? NullNode.getInstance() : JSON.readTree(body);
    }
    throw new CommandFailed(problem(answer.statusCode(), body));
  }

  private String problem(int status, byte[] body) {
    try {
      JsonNode problem = JSON.readTree(body);
      if (problem.hasNonNull("reason")) {
        return problem.path("reason").asText()
            + ": "
            + problem.path("title").asText()
            + (problem.path("detail").asText().isEmpty()
                ? ""
                : " (" + problem.path("detail").asText() + ")");
      }
    } catch (IOException e) {
      // Not from our server: the status alone has to do.
    }
    return server + " answered with status " + status;
  }
}
