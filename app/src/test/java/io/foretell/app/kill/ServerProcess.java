package io.foretell.app.kill;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.AdminToken;
import io.foretell.app.client.ApiClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server in a process of its own, as {@code foretell serve} starts it; it can be killed. */
public final class ServerProcess implements AutoCloseable {
  private static final long READY_SECONDS = 120;

  private final Process process;
  private final Path data;
  private final Path log;
  private final CompletableFuture<JsonNode> ready = new CompletableFuture<>();

  private ServerProcess(Process process, Path data, Path log) {
    this.process = process;
    this.data = data;
    this.log = log;
  }

  /**
   * Starts one on any free ports; it is not ready yet.
   *
   * @param log its standard error is appended to it
   * @param settings keys and their values
   */
  public static ServerProcess launch(Path data, Path log, List<String> settings) {
    return launch(data, log, settings, Map.of());
  }

  /** The same with an environment of its own beside the inherited one. */
  static ServerProcess launch(
      Path data, Path log, List<String> settings, Map<String, String> environment) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("io.foretell.app.cli.Main", "serve", "--json", "--data", data + ""));
    for (String listener : List.of("mqtt", "mqtts", "coap", "coaps", "http")) {
      command.addAll(List.of("--" + listener + "-port", "0"));
    }
    settings.forEach(setting -> command.addAll(List.of("--set", setting)));
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      ServerProcess server = new ServerProcess(process, data, log);
      Thread reader = new Thread(server::read, "server-output");
      reader.setDaemon(true);
      reader.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("{\"ready\":true")) {
          ready.complete(ApiClient.JSON.readTree(line));
        }
      }
      ready.completeExceptionally(new IOException("the server has ended"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  /** Waits until it is ready; fails with the end of its log where it does not become so. */
  public void awaitReady() throws InterruptedException {
    try {
      ready.get(READY_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("the server has not become ready; its log ends:\n" + logEnd(), e);
    }
  }

  /** Whether it has said that it is ready. */
  public boolean ready() {
    return ready.isDone() && !ready.isCompletedExceptionally();
  }

  private String logEnd() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Lets it live for a while; whether it has ended by itself, which it must not. */
  public boolean endsWithin(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** Where devices connect over MQTT. */
  public String mqtt() {
    return "tcp://127.0.0.1:" + ready.join().path("mqtt").asInt();
  }

  /** Where devices send CoAP, {@code host:port}. */
  String coap() {
    return "127.0.0.1:" + ready.join().path("coap").asInt();
  }

  /** Where its health is. */
  public String http() {
    return "http://127.0.0.1:" + ready.join().path("http").asInt();
  }

  /** Its API, as the administrator. */
  public ApiClient api() {
    return api(data);
  }

  /** The same where the administrator's token is in another folder. */
  public ApiClient api(Path folder) {
    try {
      return new ApiClient(http(), AdminToken.read(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it as a power cut would, without any farewell; returns when it is gone. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
