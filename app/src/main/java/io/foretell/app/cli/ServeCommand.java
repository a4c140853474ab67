package io.foretell.app.cli;

import io.foretell.app.Config;
import io.foretell.app.Server;
import io.foretell.app.logs.Logs;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code foretell serve}. */
@Command(
    name = "serve",
    description = "Runs the server until it is told to stop.",
    footer = {
      "",
      "Every key of foretell.yaml can be set by FORETELL_… in the environment",
      "(history.influx.url: FORETELL_HISTORY_INFLUX_URL) or by --set KEY=VALUE.",
      "--keys lists them all."
    })
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--config", paramLabel = "FILE", description = "A foretell.yaml.")
  private @Nullable Path file;

  @Option(names = "--data", paramLabel = "DIR", description = "Data folder (default: ./data).")
  private @Nullable String data;

  @Option(
      names = "--roles",
      paramLabel = "ROLES",
      description = "gateway, worker, desk, by commas (default: all).")
  private @Nullable String roles;

  @Option(names = "--bind", paramLabel = "ADDRESS", description = "Default: 127.0.0.1.")
  private @Nullable String bind;

  @Option(names = "--mqtt-port", paramLabel = "PORT", description = "Default: 1883; 0: any.")
  private @Nullable String mqtt;

  @Option(names = "--mqtts-port", paramLabel = "PORT", description = "Default: 8883.")
  private @Nullable String mqtts;

  @Option(names = "--coap-port", paramLabel = "PORT", description = "Default: 5683.")
  private @Nullable String coap;

  @Option(names = "--coaps-port", paramLabel = "PORT", description = "Default: 5684.")
  private @Nullable String coaps;

  @Option(names = "--http-port", paramLabel = "PORT", description = "Default: 8080.")
  private @Nullable String http;

  @Option(
      names = "--mqtt-ws",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "MQTT over WebSocket at /mqtt of the HTTP port (default: true).")
  private @Nullable String webSocket;

  @Option(
      names = "--sandbox",
      description = "Also take devices without credentials, from loopback only.")
  private boolean sandbox;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Any key; may be repeated.")
  private Map<String, String> set = new LinkedHashMap<>();

  @Option(names = "--json", description = "Print the ready line as JSON.")
  private boolean json;

  @Option(names = "--check", description = "Start, say that it is ready, and stop.")
  private boolean check;

  @Option(names = "--keys", description = "List all keys with their values and sources, and stop.")
  private boolean keys;

  @Override
  public Integer call() throws InterruptedException {
    // What is wrong with the configuration is told as the environment wants it.
    if (Config.environment(Config.LOG_FORMAT.environment()).equals(Optional.of("json"))) {
      Logs.configure(Logs.Format.JSON, "INFO");
    }
    Config config = Config.load(Optional.ofNullable(file), flags());
    PrintWriter out = spec.commandLine().getOut();
    if (keys) {
      list(config, out);
      return 0;
    }
    Logs.configure(config.get(Config.LOG_FORMAT), config.get(Config.LOG_LEVEL));
    CountDownLatch stopped = new CountDownLatch(1);
    Server server = new Server(config, InstantSource.system());
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close();
                  stopped.countDown();
                },
                "foretell-stop"));
    server.start();
    out.println(ready(server));
    out.flush();
    if (!check) {
      stopped.await();
    }
    return 0;
  }

  private String ready(Server server) {
    StringBuilder line = new StringBuilder();
    if (json) {
      line.append("{\"ready\":true");
      server
          .ports()
          .forEach((name, port) -> line.append(",\"").append(name).append("\":").append(port));
      return line.append('}').toString();
    }
    line.append("ready:");
    server.ports().forEach((name, port) -> line.append(' ').append(name).append(' ').append(port));
    return line.append("; console http://127.0.0.1:")
        .append(server.ports().get("http"))
        .append("/, token in ")
        .append(server.shared().resolve("admin.token"))
        .toString();
  }

  private static void list(Config config, PrintWriter out) {
    Table table = new Table("KEY", "VALUE", "FROM", "WHAT");
    for (Config.Shown shown : config.shown()) {
      table.row(shown.key(), shown.value(), shown.source(), shown.doc());
    }
    table.print(out, "");
    out.flush();
  }

  private Map<String, String> flags() {
    Map<String, String> flags = new LinkedHashMap<>(set);
    put(flags, "data", data);
    put(flags, "roles", roles);
    put(flags, "bind", bind);
    put(flags, "mqtt-port", mqtt);
    put(flags, "mqtts-port", mqtts);
    put(flags, "coap-port", coap);
    put(flags, "coaps-port", coaps);
    put(flags, "http-port", http);
    put(flags, "mqtt-ws", webSocket);
    if (sandbox) {
      flags.put("sandbox", "true");
    }
    return flags;
  }

  private static void put(Map<String, String> flags, String key, @Nullable String value) {
    if (value != null) {
      flags.put(key, value);
    }
  }
}
