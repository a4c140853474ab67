package io.foretell.app.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.Config;
import io.foretell.app.Server;
import io.foretell.app.client.ApiClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A server on free ports with its data in a folder of the test, and its API as a client sees it.
 */
public final class RunningServer implements AutoCloseable {
  /** Long enough for a machine that builds beside the test. */
  public static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final long GLANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  private final Server server;
  private final ApiClient api;

  private RunningServer(Server server) {
    this.server = server;
    this.api = new ApiClient("http://127.0.0.1:" + server.ports().get("http"), token());
  }

  /** Starts one; the flags are pairs of key and value. */
  public static RunningServer in(Path data, String... flags) {
    Map<String, String> all = new HashMap<>();
    all.put("data", data.toString());
    for (String listener : List.of("http", "mqtt", "mqtts", "coap", "coaps")) {
      all.put(listener + "-port", "0");
    }
    for (int i = 0; i < flags.length; i += 2) {
      all.put(flags[i], flags[i + 1]);
    }
    Config config = Config.of(Optional.empty(), Map.of(), all);
    return new RunningServer(new Server(config, InstantSource.system()).start());
  }

  /** Waits until something holds, looking again and again; fails after the limit. */
  public static void await(String what, Duration limit, BooleanSupplier condition) {
    await(() -> what, limit, condition);
  }

  private static void await(Supplier<String> what, Duration limit, BooleanSupplier condition) {
    long begun = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - begun)
          .as(() -> "waited in vain for " + what.get())
          .isLessThan(limit.toNanos());
      LockSupport.parkNanos(GLANCE_NANOS);
    }
  }

  /** Waits as long as it is reasonable. */
  public static void await(String what, BooleanSupplier condition) {
    await(what, PATIENCE, condition);
  }

  /** What a device needs to know to connect. */
  public record Identity(String device, String token, String psk) {}

  /** Registers a device. */
  public Identity add(String device) {
    JsonNode issued = api.post("/devices", Map.of(), Map.of("id", device, "model", "journey"));
    return new Identity(
        issued.path("device").asText(), issued.path("token").asText(), issued.path("psk").asText());
  }

  /** Its API. */
  public ApiClient api() {
    return api;
  }

  /** The items of a list of the API. */
  public List<JsonNode> items(String path, Map<String, String> query) {
    List<JsonNode> items = new ArrayList<>();
    api.get(path, query).path("items").forEach(items::add);
    return items;
  }

  /** The rejects of a device, newest first. */
  public List<JsonNode> rejects(String device) {
    return items("/rejects", Map.of("limit", "1000")).stream()
        .filter(reject -> reject.path("device").asText().equals(device))
        .toList();
  }

  /** The administrator's token. */
  public String token() {
    return server.admin().reveal();
  }

  /** A port by the listener's name: http, mqtt, mqtts, coap, coaps. */
  public int port(String listener) {
    return server.ports().get(listener);
  }

  /** Its HTTP address. */
  public String url() {
    return "http://127.0.0.1:" + port("http");
  }

  /** The routes of the API that are bound. */
  public List<String> routes() {
    return server.routes();
  }

  /** Where its data is. */
  public Path data() {
    return server.data();
  }

  /**
   * Waits until nothing is in flight and both sides of the books are the same, and demands that
   * nothing has disappeared. What comes by itself, such as presence, may be read between the count
   * of one side and that of the other: then it is on one of them alone, and nothing was in flight.
   */
  public JsonNode conserved() {
    AtomicReference<JsonNode> still = new AtomicReference<>(balance());
    await(
        () -> "both sides of the books are the same: " + still.get(),
        PATIENCE,
        () -> {
          JsonNode balance = balance();
          still.set(balance);
          if (balance.path("inFlight").asLong() != 0) {
            return false;
          }
          assertThat(balance.path("holds").asBoolean()).as(balance.toString()).isTrue();
          return balance.path("acknowledged").asLong()
              == balance.path("stored").asLong()
                  + balance.path("rejected").asLong()
                  + balance.path("erased").asLong();
        });
    return still.get();
  }

  private JsonNode balance() {
    return api.get("/conservation", Map.of());
  }

  @Override
  public void close() {
    server.close();
  }
}
