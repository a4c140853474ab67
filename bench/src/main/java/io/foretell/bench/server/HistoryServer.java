package io.foretell.bench.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A database that keeps the history, for one measurement alone. */
public final class HistoryServer implements AutoCloseable {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(90);
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long REST_NANOS = TimeUnit.MINUTES.toNanos(3);
  private static final long GLANCE_NANOS = 250_000_000;

  private final String name;
  private final Path folder;
  private final Child child;
  private final int port;

  private HistoryServer(String name, Path folder, Child child, int port) {
    this.name = name;
    this.folder = folder;
    this.child = child;
    this.port = port;
    awaitOpen(child, port);
  }

  /**
   * An InfluxDB 1.x as Debian has it; what is in its memory goes to disk after a second without
   * writes, so that it can be weighed.
   *
   * @param cores as taskset names them; empty: any
   */
  public static HistoryServer influx(Path folder, String cores) {
    try {
      int port = Mosquitto.freePort();
      Files.createDirectories(folder);
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
                cache-snapshot-write-cold-duration = "1s"
                compact-full-write-cold-duration = "5s"
              [monitor]
                store-enabled = false
              [http]
                bind-address = "127.0.0.1:%2$d"
                log-enabled = false
              """
                  .formatted(folder, port));
      Child child =
          new Child(List.of("influxd", "-config", settings + ""), cores, folder.resolve("log"));
      return new HistoryServer("InfluxDB", folder, child, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A VictoriaMetrics.
   *
   * @param cores as taskset names them; empty: any
   */
  public static HistoryServer victoriaMetrics(Path folder, String cores) {
    try {
      int port = Mosquitto.freePort();
      List<String> command =
          List.of(
              "victoria-metrics",
              "-storageDataPath=" + folder.resolve("data"),
              "-httpListenAddr=127.0.0.1:" + port,
              "-retentionPeriod=100y");
      Child child = new Child(command, cores, folder.resolve("log"));
      return new HistoryServer("VictoriaMetrics", folder, child, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until a child takes connections. */
  static void awaitOpen(Child child, int port) {
    long deadline = System.nanoTime() + START_NANOS;
    while (System.nanoTime() < deadline && child.alive()) {
      try (Socket open = new Socket()) {
        open.connect(new InetSocketAddress("127.0.0.1", port), 500);
        return;
      } catch (IOException notYet) {
        LockSupport.parkNanos(20_000_000);
      }
    }
    throw new IllegalStateException("nobody listens on " + port);
  }

  /** As it stands in a table. */
  public String name() {
    return name;
  }

  /** Where it takes writes and questions. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** CPU time since its start, seconds. */
  public double cpuSeconds() {
    return child.cpuSeconds();
  }

  /** What all its files take, once they do not change any more. */
  public long restingBytes() {
    if (name.equals("VictoriaMetrics")) {
      get("/internal/force_flush");
      get("/internal/force_merge");
    }
    long limit = System.nanoTime() + REST_NANOS;
    long since = System.nanoTime();
    long size = size();
    while (System.nanoTime() - since < QUIET_NANOS) {
      if (System.nanoTime() > limit) {
        throw new IllegalStateException(name + " does not come to rest");
      }
      LockSupport.parkNanos(GLANCE_NANOS);
      long now = size();
      if (now != size) {
        size = now;
        since = System.nanoTime();
      }
    }
    return size;
  }

  private long size() {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (UncheckedIOException | IOException gone) {
      // A file was merged away while it was looked at.
      return -1;
    }
  }

  private void get(String path) {
    try {
      HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(url().resolve(path)).build(),
              HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    child.close();
  }
}
