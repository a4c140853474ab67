package io.foretell.bench.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a distributed installation needs: Kafka brokers, a PostgreSQL and an InfluxDB, for it alone.
 */
public final class Neighbours implements AutoCloseable {
  private static final String CLUSTER = "foretellbenchcluster00";

  private final Path folder;
  private final Path libraries;
  private final String cores;
  private final List<Integer> ports = new ArrayList<>();
  private final List<Child> brokers = new ArrayList<>();
  private final Child postgres;
  private final int postgresPort;
  private final HistoryServer influx;

  /**
   * Starts them, and waits until they answer.
   *
   * @param libraries the folder with Kafka's jars
   * @param folder for what they keep
   * @param cores as taskset names them
   * @param count how many brokers; three keep each message twice at least
   */
  public Neighbours(Path libraries, Path folder, String cores, int count) {
    if (!Files.isDirectory(libraries)) {
      throw new IllegalStateException(
          "Kafka is missing: bench/run fetches it into " + libraries + " when it builds");
    }
    this.libraries = libraries;
    this.folder = folder;
    this.cores = cores;
    try {
      influx = HistoryServer.influx(folder.resolve("influx"), cores);
      postgresPort = Mosquitto.freePort();
      postgres = postgres();
      settings(count);
      for (int id = 1; id <= count; id++) {
        brokers.add(broker(id));
      }
      HistoryServer.awaitOpen(postgres, postgresPort);
      for (int id = 1; id <= count; id++) {
        HistoryServer.awaitOpen(brokers.get(id - 1), ports.get(id - 1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Child postgres() throws IOException {
    Path home = Files.createDirectories(folder.resolve("postgres"));
    Path bin = postgresPrograms();
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
    List<String> user = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      // The server refuses to be root, and its user has to reach its folder.
      run(List.of("chown", "postgres", home.toString()));
      user.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    List<String> make = new ArrayList<>(user);
    make.addAll(
        List.of(bin + "/initdb", "-D", home + "", "-U", "foretell", "-A", "trust", "-E", "UTF8"));
    run(make);
    List<String> serve = new ArrayList<>(user);
    serve.addAll(List.of(bin + "/postgres", "-D", home + "", "-p", postgresPort + ""));
    serve.addAll(List.of("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="));
    serve.addAll(List.of("-c", "max_connections=200"));
    return new Child(serve, cores, log("postgres"));
  }

  private static Path postgresPrograms() throws IOException {
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      return versions.max(Path::compareTo).orElseThrow().resolve("bin");
    }
  }

  private void run(List<String> command) throws IOException {
    try {
      Process made =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log("setup").toFile())
              .start();
      if (made.waitFor() != 0) {
        throw new IllegalStateException(command.get(0) + " failed; see " + log("setup"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void settings(int count) throws IOException {
    List<Integer> controllers = new ArrayList<>();
    for (int id = 1; id <= count; id++) {
      ports.add(Mosquitto.freePort());
      controllers.add(Mosquitto.freePort());
    }
    String voters =
        IntStream.rangeClosed(1, count)
            .mapToObj(id -> id + "@127.0.0.1:" + controllers.get(id - 1))
            .collect(Collectors.joining(","));
    for (int id = 1; id <= count; id++) {
      Files.writeString(
          folder.resolve("broker-" + id + ".properties"),
          """
          process.roles=broker,controller
          node.id=%1$d
          listeners=PLAINTEXT://127.0.0.1:%2$d,CONTROLLER://127.0.0.1:%3$d
          advertised.listeners=PLAINTEXT://127.0.0.1:%2$d
          controller.listener.names=CONTROLLER
          controller.quorum.voters=%4$s
          log.dirs=%5$s/broker-%1$d
          auto.create.topics.enable=false
          offsets.topic.num.partitions=4
          offsets.topic.replication.factor=%6$d
          transaction.state.log.num.partitions=4
          transaction.state.log.replication.factor=%6$d
          transaction.state.log.min.isr=%7$d
          min.insync.replicas=%7$d
          group.initial.rebalance.delay.ms=0
          """
              .formatted(
                  id,
                  ports.get(id - 1),
                  controllers.get(id - 1),
                  voters,
                  folder,
                  count,
                  Math.min(2, count)));
      List<String> format = new ArrayList<>(java("kafka.tools.StorageTool"));
      format.addAll(List.of("format", "-t", CLUSTER, "-c", properties(id)));
      run(format);
    }
  }

  private String properties(int id) {
    return folder.resolve("broker-" + id + ".properties").toString();
  }

  private List<String> java(String main) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return List.of(java, "-Xmx512m", "-XX:+UseSerialGC", "-cp", libraries + "/*", main);
  }

  private Child broker(int id) {
    List<String> command = new ArrayList<>(java("kafka.Kafka"));
    command.add(properties(id));
    return new Child(command, cores, log("broker-" + id));
  }

  private Path log(String name) {
    return folder.resolve(name + ".log");
  }

  /** Makes a database for the records of an installation. */
  void makeDatabase(String installation) {
    try {
      List<String> make = new ArrayList<>(List.of(postgresPrograms() + "/createdb"));
      make.addAll(List.of("-h", "127.0.0.1", "-p", postgresPort + "", "-U", "foretell"));
      make.add(installation);
      run(make);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What a process of ours is told of them.
   *
   * @param installation whose database was made
   */
  List<String> settings(String installation) {
    String bootstrap =
        ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    return List.of(
        "engine.kafka.bootstrap=" + bootstrap,
        "engine.kafka.replication=" + brokers.size(),
        "records.url=jdbc:postgresql://127.0.0.1:" + postgresPort + "/" + installation,
        "records.user=foretell",
        "history.influx.url=" + influx.url(),
        "history.influx.database=" + installation,
        "engine.kafka.prefix=" + installation);
  }

  /** Ends a broker as a crash would. */
  public void killBroker(int number) {
    brokers.get(number).kill();
  }

  /** CPU time of all brokers, seconds. */
  public double brokerSeconds() {
    return brokers.stream().mapToDouble(Child::cpuSeconds).sum();
  }

  /** CPU time of both databases with their children, seconds. */
  public double databaseSeconds() {
    return postgres.familySeconds() + influx.cpuSeconds();
  }

  @Override
  public void close() {
    brokers.forEach(Child::kill);
    postgres.kill();
    influx.close();
  }
}
