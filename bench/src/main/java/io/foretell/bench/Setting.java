package io.foretell.bench;

import io.foretell.bench.server.Foretell;
import io.foretell.bench.server.HiveMqBroker;
import io.foretell.bench.server.Mosquitto;
import io.foretell.bench.server.Room;
import io.foretell.bench.server.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What all measurements have in common: how long, how often, with how many devices, and where. */
final class Setting {
  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "5",
      converter = AtLeastOne.class,
      description = "Length of a measured run (default: ${DEFAULT-VALUE}).")
  int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "60",
      description =
          "The longest load on a fresh server before its first run; it ends when the JVM compiles"
              + " hardly anything any more (default: ${DEFAULT-VALUE}).")
  int warmUp;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      converter = AtLeastOne.class,
      description = "Rounds; in each every server has its turn (default: ${DEFAULT-VALUE}).")
  int rounds;

  @Option(
      names = "--connections",
      paramLabel = "C",
      defaultValue = "1000",
      converter = AtLeastOne.class,
      description = "Devices (default: ${DEFAULT-VALUE}).")
  int connections;

  @Option(
      names = "--server-cores",
      paramLabel = "LIST",
      defaultValue = "0",
      description = "Cores of the servers, for taskset (default: ${DEFAULT-VALUE}).")
  String serverCores = "0";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where servers keep their data (default: bench/target/data).")
  Path data = root().resolve("bench/target/data");

  @Option(names = "--json", description = "Print lines of JSON.")
  boolean json;

  static Path root() {
    return Path.of(System.getProperty("foretell.root", ".")).toAbsolutePath();
  }

  Duration length() {
    return Duration.ofSeconds(seconds);
  }

  /** Starts a server by its name in the tables, on fresh data. */
  Server start(String name) {
    return switch (name) {
      case "mosquitto" -> new Mosquitto(fresh(name), serverCores);
      case "hivemq" -> new HiveMqBroker(hiveMq(), fresh(name), serverCores);
      case "routed", "memory", "netty", "coap", "udp" ->
          new Room(name, fresh(name), serverCores, List.of());
      case "whole" -> new Foretell(root(), fresh(name), serverCores, "");
      default ->
          throw new IllegalArgumentException(
              name + ": known are mosquitto, hivemq, netty, routed, memory and whole");
    };
  }

  /** Where the libraries of HiveMQ are, if they are. */
  static Path hiveMq() {
    return root().resolve("bench/target/foretell-bench/hivemq");
  }

  /** The same with another number of devices. */
  Setting with(int devices) {
    Setting other = new Setting();
    other.seconds = seconds;
    other.warmUp = warmUp;
    other.rounds = rounds;
    other.connections = devices;
    other.serverCores = serverCores;
    other.data = data;
    other.json = json;
    return other;
  }

  /** An empty folder. */
  Path fresh(String name) {
    Path folder = data.resolve(name);
    try {
      if (Files.exists(folder)) {
        try (Stream<Path> all = Files.walk(folder)) {
          all.sorted(Comparator.reverseOrder()).forEach(Setting::delete);
        }
      }
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Says on standard error how far it is. */
  void progress(String text) {
    System.err.println(text);
  }

  /** Prints the rows. */
  void print(List<Row> rows) {
    if (json) {
      rows.forEach(row -> System.out.println(row.json()));
    } else {
      System.out.println(Row.table(rows));
    }
  }
}
