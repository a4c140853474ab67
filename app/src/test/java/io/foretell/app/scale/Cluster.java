package io.foretell.app.scale;

import io.foretell.app.client.ApiClient;
import io.foretell.app.kill.ServerProcess;
import io.foretell.proto.HistoryServer;
import io.foretell.proto.KafkaBroker;
import io.foretell.proto.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An installation of a desk, two gateways and two workers, a process each, that can be killed and
 * started again one by one.
 */
final class Cluster implements AutoCloseable {
  static final String DESK = "desk";
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

  /** Starts all: the desk first, since it makes what the others need. */
  void start() throws InterruptedException {
    launch(DESK).awaitReady();
    List<ServerProcess> others = new ArrayList<>();
    GATEWAYS.forEach(name -> others.add(launch(name)));
    WORKERS.forEach(name -> others.add(launch(name)));
    for (ServerProcess other : others) {
      other.awaitReady();
    }
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

  /** Any gateway that runs and is ready; empty where there is none. */
  synchronized String anyGateway() {
    List<ServerProcess> running =
        GATEWAYS.stream().map(nodes::get).filter(node -> node != null && node.ready()).toList();
    return running.isEmpty() ? "" : running.get(random.nextInt(running.size())).mqtt();
  }

  ApiClient api() {
    return node(DESK).api(folder.resolve("shared"));
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
