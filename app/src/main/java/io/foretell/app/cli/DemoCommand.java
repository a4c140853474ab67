package io.foretell.app.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.agent.recording.Recordings;
import io.foretell.app.Config;
import io.foretell.app.Server;
import io.foretell.app.client.CommandFailed;
import io.foretell.app.demo.Demo;
import io.foretell.app.demo.DemoModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code foretell demo}. */
@Command(
    name = "demo",
    description = "Shows the whole loop on recorded input, with the console open.",
    footer = {
      "",
      "Takes a minute or two. The first run also trains the predictor, once.",
      "Every run begins with an empty server in DIR/server."
    })
final class DemoCommand implements Callable<Integer> {
  private static final String MARK = ".foretell-demo";

  @Spec private CommandSpec spec;

  @Option(names = "--once", description = "End when the loop has closed; the last line is JSON.")
  private boolean once;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "./data/demo",
      description = "Folder of the demo (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("./data/demo");

  @Option(names = "--http-port", defaultValue = "8080", description = "Port of the console.")
  private int httpPort;

  @Override
  public Integer call() throws IOException, InterruptedException {
    // The story is the log; a server's own lines would only be in its way.
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    PrintWriter out = spec.commandLine().getOut();
    boolean terminal = System.console() != null && !once;
    out.println("Foretell: the loop from a fault to the proof that it is gone.");
    Path model = DemoModel.in(data, Recordings.TURBOFAN_TRAIN, out, terminal);
    Path home = emptied(data.resolve("server"));
    Config config = Config.of(Optional.empty(), Map.of(), settings(home, model));
    try (Server server = new Server(config, InstantSource.system()).start();
        Demo demo =
            new Demo(
                server, data.resolve("server/vehicles"), out, terminal, InstantSource.system())) {
      out.printf(
          "Console: http://127.0.0.1:%d/#token=%s%n",
          server.ports().get("http"), server.admin().reveal());
      ObjectNode summary = demo.tell();
      boolean closed = good(summary);
      if (!once && closed) {
        out.println("The console stays open; Ctrl-C ends it.");
        out.println(summary);
        out.flush();
        new CountDownLatch(1).await();
      }
      out.println(summary);
      out.flush();
      return closed ? 0 : 1;
    }
  }

  private static boolean good(ObjectNode s) {
    return s.path("verified").asInt() >= 1
        && s.path("halted").asInt() >= 1
        && s.path("conserved").asBoolean()
        && s.path("acknowledged").asLong()
            == s.path("stored").asLong() + s.path("rejected").asLong();
  }

  private Map<String, String> settings(Path home, Path model) {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("data", home.toString());
    flags.put("http-port", Integer.toString(free(httpPort) ? httpPort : 0));
    for (String port : new String[] {"mqtt-port", "mqtts-port", "coap-port", "coaps-port"}) {
      flags.put(port, "0");
    }
    flags.put("diagnostics.model", model.toString());
    flags.put("diagnostics.lateness", "2s");
    flags.put("diagnostics.healing-period", "6s");
    return flags;
  }

  private static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress("127.0.0.1", port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Empties a folder of an earlier demo; never one that a demo has not made. */
  private static Path emptied(Path folder) throws IOException {
    if (Files.exists(folder)) {
      if (!Files.exists(folder.resolve(MARK))) {
        throw new CommandFailed(folder + " is no folder of a demo; choose another --data");
      }
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(MARK), "A run of 'foretell demo'; emptied by the next.\n");
    return folder;
  }
}
