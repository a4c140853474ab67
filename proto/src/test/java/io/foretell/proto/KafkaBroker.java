package io.foretell.proto;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A Kafka broker of its own on a free port of the loopback, as a process beside this one: broker
 * and controller in one (KRaft), from the class path of the test. It ends with this process,
 * however that ends.
 */
public final class KafkaBroker {
  // Long enough for a machine that builds beside the test.
  private static final Duration START = Duration.ofSeconds(90);

  // After a crash, others follow it, and it is let in again, only when it has been silent so long.
  private static final int SILENT_MILLIS = 4_000;

  private final Path folder;
  private final Path settings;
  private final int port;
  private Process process;

  /** The one that all tests of this process share; each takes topics of its own. */
  public static KafkaBroker shared() {
    return Shared.BROKER;
  }

  /** Another one, for a test that stops it. */
  public static KafkaBroker started() {
    KafkaBroker broker = alone();
    broker.awaitAnswer();
    return broker;
  }

  /**
   * Three that are one cluster, each broker and controller: one may be away, and with two away
   * nothing is taken.
   */
  public static List<KafkaBroker> three() {
    try {
      int[] controllers = {FreePort.pick(), FreePort.pick(), FreePort.pick()};
      String voters =
          "controller.quorum.voters="
              + IntStream.rangeClosed(1, 3)
                  .mapToObj(id -> id + "@127.0.0.1:" + controllers[id - 1])
                  .collect(Collectors.joining(","));
      List<KafkaBroker> three = new ArrayList<>();
      for (int id = 1; id <= 3; id++) {
        three.add(new KafkaBroker(id, 3, controllers[id - 1], voters));
      }
      three.forEach(KafkaBroker::awaitAnswer);
      return three;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KafkaBroker alone() {
    try {
      int controller = FreePort.pick();
      return new KafkaBroker(
          1, 1, controller, "controller.quorum.bootstrap.servers=127.0.0.1:" + controller);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Shared {
    static final KafkaBroker BROKER = started();
  }

  private KafkaBroker(int id, int brokers, int controller, String quorum) throws IOException {
    folder = Files.createTempDirectory("foretell-kafka");
    port = FreePort.pick();
    settings =
        Files.writeString(
            folder.resolve("server.properties"), settings(id, brokers, controller) + quorum + "\n");
    process = launch(brokers == 1 ? "format-alone" : "format");
    Runtime.getRuntime().addShutdownHook(new Thread(this::remove));
  }

  private String settings(int id, int brokers, int controller) {
    return """
    process.roles=broker,controller
    node.id=%4$d
    listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
    advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
    controller.listener.names=CONTROLLER
    log.dirs=%3$s/logs
    num.partitions=1
    auto.create.topics.enable=false
    offsets.topic.num.partitions=1
    offsets.topic.replication.factor=%5$d
    transaction.state.log.num.partitions=1
    transaction.state.log.replication.factor=%5$d
    transaction.state.log.min.isr=%6$d
    share.coordinator.state.topic.replication.factor=%5$d
    share.coordinator.state.topic.min.isr=%6$d
    min.insync.replicas=%6$d
    broker.session.timeout.ms=%7$d
    broker.heartbeat.interval.ms=%8$d
    group.initial.rebalance.delay.ms=0
    group.coordinator.threads=1
    num.network.threads=2
    num.io.threads=3
    log.cleaner.dedupe.buffer.size=2097152
    log.index.size.max.bytes=1048576
    """
        .formatted(
            port,
            controller,
            folder,
            id,
            brokers,
            Math.min(2, brokers),
            SILENT_MILLIS,
            SILENT_MILLIS / 8);
  }

  private Process launch(String... words) {
    try {
      ProcessBuilder command =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx384m",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  KafkaBroker.class.getName(),
                  settings.toString(),
                  String.join("", words))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("broker.log").toFile());
      return command.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitAnswer() {
    Process started = process;
    Await.until("the broker answers", START, () -> answers(started));
  }

  private boolean answers(Process started) {
    if (!started.isAlive()) {
      throw new AssertionError("the broker ended: " + said());
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  private String said() {
    try {
      return Files.readString(folder.resolve("broker.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Where clients ask first. */
  public String bootstrap() {
    return "127.0.0.1:" + port;
  }

  /** Ends it as a crash would. */
  public void stop() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("the broker does not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Starts it again over what it has. */
  public void start() {
    process = launch();
    awaitAnswer();
  }

  private void remove() {
    stop();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The process itself. The broker's classes are on the class path of the modules that use it, not
   * of this one.
   */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    Thread guard = new Thread(KafkaBroker::endWithParent, "guard");
    guard.setDaemon(true);
    guard.start();
    if (arguments.length > 1 && arguments[1].startsWith("format")) {
      List<String> format =
          new ArrayList<>(List.of("format", "-t", "foretelltestcluster00A", "-c", arguments[0]));
      if (arguments[1].equals("format-alone")) {
        format.add("--standalone");
      }
      Class.forName("kafka.tools.StorageTool")
          .getMethod("execute", String[].class, PrintStream.class)
          .invoke(null, format.toArray(String[]::new), System.err);
    }
    Class.forName("kafka.Kafka")
        .getMethod("main", String[].class)
        .invoke(null, (Object) new String[] {arguments[0]});
  }

  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said; only the end counts.
      }
    } catch (IOException e) {
      // So it has ended.
    }
    Runtime.getRuntime().halt(1);
  }
}
