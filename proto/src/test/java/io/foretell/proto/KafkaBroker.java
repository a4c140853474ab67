package io.foretell.proto;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Kafka broker of its own on a free port of the loopback, as a process beside this one: broker
 * and controller in one (KRaft), from the class path of the test. It ends with this process,
 * however that ends.
 */
public final class KafkaBroker {
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
    return new KafkaBroker();
  }

  private static final class Shared {
    static final KafkaBroker BROKER = new KafkaBroker();
  }

  private KafkaBroker() {
    try {
      folder = Files.createTempDirectory("foretell-kafka");
      port = freePort();
      settings = Files.writeString(folder.resolve("server.properties"), settings(freePort()));
      process = launch("format");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::remove));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String settings(int controller) {
    return """
    process.roles=broker,controller
    node.id=1
    controller.quorum.bootstrap.servers=127.0.0.1:%2$d
    listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
    advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
    controller.listener.names=CONTROLLER
    log.dirs=%3$s/logs
    num.partitions=1
    auto.create.topics.enable=false
    offsets.topic.num.partitions=1
    offsets.topic.replication.factor=1
    transaction.state.log.num.partitions=1
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    share.coordinator.state.topic.replication.factor=1
    share.coordinator.state.topic.min.isr=1
    group.initial.rebalance.delay.ms=0
    group.coordinator.threads=1
    num.network.threads=2
    num.io.threads=3
    log.cleaner.dedupe.buffer.size=2097152
    log.index.size.max.bytes=1048576
    """
        .formatted(port, controller, folder);
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
      Process started = command.start();
      Await.until("the broker answers", () -> answers(started));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
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
    if (arguments.length > 1 && arguments[1].equals("format")) {
      List<String> format =
          List.of("format", "-t", "foretelltestcluster00A", "--standalone", "-c", arguments[0]);
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
