package io.foretell.app.scale;

import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer;
import io.foretell.app.kill.ServerProcess;
import io.foretell.proto.HistoryServer;
import io.foretell.proto.KafkaBroker;
import io.foretell.proto.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * An installation of two desks, two gateways and two workers, a process each, that can be killed
 * and started again one by one.
 */
final class Cluster implements AutoCloseable {
  /** The first of them has the turn at the start. */
  static final List<String> DESKS = List.of("desk-1", "desk-2");

  static final List<String> GATEWAYS = List.of("gateway-1", "gateway-2");
  static final List<String> WORKERS = List.of("worker-1", "worker-2");
  private static final AtomicInteger CLUSTERS = new AtomicInteger();

  private final Path folder;
  private final HistoryServer influxd;
  private final List<String> settings = new ArrayList<>();
  private final Map<String, ServerProcess> nodes = new LinkedHashMap<>();
  private final Random random = new Random(7);

  /**
   * Starts the databases, and no node yet.
   *
   * @param more keys and values of all nodes, {@code key=value}
   */
  Cluster(Path folder, String... more) throws IOException {
    this.folder = folder;
    influxd = HistoryServer.influx(Files.createDirectory(folder.resolve("influx")));
    String prefix = "cluster-" + ProcessHandle.current().pid() + "-" + CLUSTERS.incrementAndGet();
    settings.addAll(
        List.of(
            "shared=" + folder.resolve("shared"),
            "engine.kafka.bootstrap=" + KafkaBroker.shared().bootstrap(),
            "engine.kafka.prefix=" + prefix,
            "records.url=" + PostgresServer.shared().schemaOf(folder),
            "history.influx.url=" + influxd.url()));
    settings.addAll(List.of(more));
  }

  /** Starts a node; it is not ready yet. */
  synchronized ServerProcess launch(String name) {
    List<String> own = new ArrayList<>(settings);
    own.add("roles=" + name.replaceAll("-.*", ""));
    ServerProcess node =
        ServerProcess.launch(folder.resolve(name), folder.resolve(name + ".log"), own);
    nodes.put(name, node);
    return node;
  }

  /** Starts all: a desk first, since it makes what the others need. */
  void start() throws InterruptedException {
    launch(DESKS.get(0)).awaitReady();
    List<ServerProcess> others = new ArrayList<>();
    GATEWAYS.forEach(name -> others.add(launch(name)));
    WORKERS.forEach(name -> others.add(launch(name)));
    for (ServerProcess other : others) {
      other.awaitReady();
    }
    // Not with the others: the more start at once, the longer each of them takes.
    launch(DESKS.get(1)).awaitReady();
  }

  /** Ends a node as a power cut would. */
  void kill(String name) {
    ServerProcess node;
    synchronized (this) {
      node = nodes.remove(name);
    }
    if (node != null) {
      node.close();
    }
  }

  synchronized ServerProcess node(String name) {
    ServerProcess node = nodes.get(name);
    if (node == null) {
      throw new AssertionError(name + " does not run");
    }
    return node;
  }

  /** Waits until a desk that stood by says that the turn has come to it. */
  void awaitTurn(String desk) {
    RunningServer.await("the turn of " + desk, () -> said(desk, "it is this process's turn"));
  }

  private boolean said(String name, String words) {
    try (Stream<String> lines = Files.lines(folder.resolve(name + ".log"))) {
      return lines.anyMatch(line -> line.contains(words));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<ServerProcess> running(List<String> names) {
    return names.stream().map(nodes::get).filter(node -> node != null && node.ready()).toList();
  }

  /** Any gateway that runs and is ready; empty where there is none. */
  synchronized String anyGateway() {
    List<ServerProcess> running = running(GATEWAYS);
    return running.isEmpty() ? "" : running.get(random.nextInt(running.size())).mqtt();
  }

  /** The API of a desk that runs, whether it has the turn or not. */
  synchronized ApiClient api() {
    return running(DESKS).get(0).api(folder.resolve("shared"));
  }

  @Override
  public void close() {
    List<String> all;
    synchronized (this) {
      all = List.copyOf(nodes.keySet());
    }
    all.forEach(this::kill);
    influxd.close();
  }
}
