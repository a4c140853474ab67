package io.foretell.bench.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The whole server, as its users start it: {@code ./foretell serve --sandbox}. */
public final class Foretell implements Server {
  private static final int START_SECONDS = 120;
  private static final int NONE = -1;
  private static final long SETTLE_SECONDS = 120;
  private static final Pattern LAG =
      Pattern.compile("foretell_lane_lag_entries\\{reader=\"loop\",?} (\\S+)");

  private final Child child;
  private final int port;
  private final int httpPort;
  private final Path keys;
  private final double secondsToReady;
  private final double cpuToReady;
  private final HttpClient http = HttpClient.newHttpClient();

  /**
   * Starts it and waits until it is ready.
   *
   * @param root the folder with the script
   * @param data its data folder
   * @param cores as taskset names them
   * @param javaOptions more options of its JVM, separated by blanks
   */
  public Foretell(Path root, Path data, String cores, String javaOptions) {
    this(root, data, cores, javaOptions, List.of(), data);
  }

  /**
   * The same with more keys of the configuration.
   *
   * @param settings {@code key=value}
   * @param keys the folder that has the administrator's token
   */
  Foretell(
      Path root, Path data, String cores, String javaOptions, List<String> settings, Path keys) {
    this.keys = keys;
    List<String> command = new ArrayList<>();
    command.addAll(List.of(root.resolve("foretell").toString(), "serve", "--sandbox", "--json"));
    command.addAll(List.of("--data", data.toString()));
    for (String listener : List.of("mqtt", "mqtts", "coap", "coaps", "http")) {
      command.addAll(List.of("--" + listener + "-port", "0"));
    }
    settings.forEach(setting -> command.addAll(List.of("--set", setting)));
    long begun = System.nanoTime();
    child =
        new Child(
            command, cores, Path.of(data + ".log"), Map.of("FORETELL_JAVA_OPTIONS", javaOptions));
    String ready = child.await(line -> line.contains("\"ready\":true"), START_SECONDS);
    secondsToReady = (System.nanoTime() - begun) / 1e9;
    cpuToReady = child.cpuSeconds();
    port = ready.contains("\"mqtt\"") ? number(ready, "mqtt") : NONE;
    httpPort = number(ready, "http");
  }

  /** From the start of the process to its ready line, seconds. */
  public double secondsToReady() {
    return secondsToReady;
  }

  /** CPU time that it took to be ready, seconds. */
  public double cpuToReady() {
    return cpuToReady;
  }

  private static int number(String json, String name) {
    return (int) Long.parseLong(field(json, name));
  }

  private static String field(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*([^,}\\s]+)").matcher(json);
    if (!found.find()) {
      throw new IllegalStateException("no " + name + " in " + json);
    }
    return found.group(1);
  }

  @Override
  public String name() {
    return "whole";
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public long pid() {
    return child.pid();
  }

  @Override
  public double cpuSeconds() {
    return child.cpuSeconds();
  }

  @Override
  public double compilerSeconds() {
    return child.compilerSeconds();
  }

  @Override
  public long residentKib() {
    return child.residentKib();
  }

  @Override
  public double besideSeconds() {
    return 0;
  }

  /** Waits until the loop has read all uplinks. */
  @Override
  public long settle() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
    while (System.nanoTime() < deadline) {
      if (inFlight() == 0) {
        return System.nanoTime();
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new IllegalStateException("still uplinks to read after " + SETTLE_SECONDS + " s");
  }

  @Override
  public Optional<Count> count() {
    String json = get("/api/v1/conservation");
    return Optional.of(
        new Count(
            Long.parseLong(field(json, "acknowledged")),
            Long.parseLong(field(json, "stored")),
            Long.parseLong(field(json, "rejected")),
            Boolean.parseBoolean(field(json, "holds"))));
  }

  private String get(String path) {
    try {
      String token = Files.readString(keys.resolve("admin.token")).strip();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
              .header("Authorization", "Bearer " + token)
              .build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
      }
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Uplinks that are not finished, of all processes together. */
  long inFlight() {
    Matcher lag = LAG.matcher(get("/metrics"));
    if (!lag.find()) {
      throw new IllegalStateException("no foretell_lane_lag_entries in /metrics");
    }
    return (long) Double.parseDouble(lag.group(1));
  }

  /** Ends it as a crash would. */
  void kill() {
    child.kill();
  }

  @Override
  public void close() {
    child.close();
  }
}
