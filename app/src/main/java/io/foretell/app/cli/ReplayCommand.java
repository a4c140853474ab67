package io.foretell.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.app.Config;
import io.foretell.app.Difference;
import io.foretell.app.Rerun;
import io.foretell.app.client.ApiClient;
import io.foretell.app.client.CommandFailed;
import io.foretell.diagnostics.drift.DriftRule;
import io.foretell.proto.DeviceId;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code foretell replay}. */
@Command(
    name = "replay",
    description = {
      "What would have been found by other rules or models, from the uplinks that are kept.",
      "It reads the data folder and changes nothing in it; the server may run meanwhile."
    },
    footer = {
      "",
      "  foretell replay                                   the rules of today",
      "  foretell replay --model new.json --device truck-7",
      "  foretell replay --drift-signals battery.voltage --drift-threshold 40 --since 2d",
      "  foretell replay --set diagnostics.healing-period=2m",
      "",
      "Give --config as 'foretell serve' has it, so that only what you change differs."
    })
final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "./data",
      description = "Data folder, or a backup that is a folder (default: ${DEFAULT-VALUE}).")
  private Path data;

  @Option(names = "--config", paramLabel = "FILE", description = "The server's foretell.yaml.")
  private @Nullable Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any key of foretell.yaml; may be repeated.")
  private Map<String, String> set = new LinkedHashMap<>();

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "Model of the remaining-life predictor ('foretell predict train').")
  private @Nullable Path model;

  @Option(
      names = "--horizon",
      paramLabel = "CYCLES",
      description = "Predicted life below which it is a finding.")
  private @Nullable String horizon;

  @Option(
      names = "--drift-signals",
      paramLabel = "NAMES",
      description = "Signals that the drift detector watches, separated by commas.")
  private @Nullable String driftSignals;

  @Option(
      names = "--drift-learn",
      paramLabel = "SAMPLES",
      description = "Samples that make its baseline, 20 to 2000 (default: 300).")
  private @Nullable Integer driftLearn;

  @Option(
      names = "--drift-slack",
      paramLabel = "SD",
      description = "Deviation that it lets pass, in standard deviations (default: 1.5).")
  private @Nullable Double driftSlack;

  @Option(
      names = "--drift-threshold",
      paramLabel = "SD",
      description = "Sum of deviations at which it is a drift (default: 80).")
  private @Nullable Double driftThreshold;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      defaultValue = "",
      description = "Uplinks that came from then on: 2026-11-22, 2h (ago), ms since 1970.")
  private String since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      defaultValue = "",
      description = "As --since; time goes on to here (default: now).")
  private String until;

  @Option(names = "--device", paramLabel = "ID", description = "Only of this; may be repeated.")
  private List<String> devices = new ArrayList<>();

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      description = "Only of this tenant; else of all. Devices without @ are of it, or 'default'.")
  private @Nullable String tenant;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @Override
  public Integer call() {
    Rerun.Terms terms = terms();
    Difference difference;
    try (Bar bar = new Bar(json)) {
      difference = Rerun.run(terms, bar);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(shape(difference));
    } else {
      print(out, difference);
    }
    out.flush();
    return 0;
  }

  private Rerun.Terms terms() {
    if (!Files.isDirectory(data.resolve("lanes"))) {
      throw new CommandFailed(
          data + " is no data folder; name one with --data, or a backup that is a folder");
    }
    if (model != null && !Files.exists(model)) {
      throw new CommandFailed("no model " + model + "; 'foretell predict train' makes one");
    }
    long now = System.currentTimeMillis();
    long from = moment(since, now, Long.MIN_VALUE);
    long to = Math.min(now, moment(until, now, now));
    if (from >= to) {
      throw usage("--since must be before --until");
    }
    Map<String, String> flags = new LinkedHashMap<>(set);
    flags.put("data", data.toString());
    put(flags, Config.MODEL, model == null ? null : model.toString());
    put(flags, Config.HORIZON_CYCLES, horizon);
    put(flags, Config.DRIFT_SIGNALS, driftSignals);
    Config config = Config.load(Optional.ofNullable(file), flags);
    tuned(DriftRule.cautious("any")); // so that a number out of range is told before the work
    return new Rerun.Terms(data, config, this::tuned, from, to, chosen());
  }

  private static void put(Map<String, String> flags, Config.Key<?> key, @Nullable String value) {
    if (value != null) {
      flags.put(key.name(), value);
    }
  }

  private static long moment(String text, long now, long none) {
    String moment = HistoryCommand.moment(text, now);
    return moment.isEmpty() ? none : Long.parseLong(moment);
  }

  private DriftRule tuned(DriftRule usual) {
    try {
      return new DriftRule(
          usual.signal(),
          driftLearn == null ? usual.learn() : driftLearn,
          driftSlack == null ? usual.slack() : driftSlack,
          driftThreshold == null ? usual.threshold() : driftThreshold,
          usual.minSpread());
    } catch (IllegalArgumentException e) {
      throw usage("--drift-learn is 20 to 2000; --drift-slack and --drift-threshold are above 0");
    }
  }

  private Predicate<DeviceId> chosen() {
    String home = tenant == null ? DeviceId.DEFAULT_TENANT : tenant;
    Set<DeviceId> named =
        devices.stream()
            .map(d -> d.contains("@") ? DeviceId.parse(d) : new DeviceId(home, d))
            .collect(Collectors.toSet());
    if (!named.isEmpty()) {
      return named::contains;
    }
    return device -> tenant == null || device.tenant().equals(tenant);
  }

  private ParameterException usage(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private static ObjectNode shape(Difference difference) {
    ObjectNode root = ApiClient.JSON.createObjectNode();
    root.put("uplinks", difference.uplinks());
    root.put("senders", difference.devices());
    root.put("same", difference.same());
    root.put("gained", difference.gained());
    root.put("lost", difference.lost());
    ArrayNode all = root.putArray("findings");
    difference
        .rows()
        .forEach(
            (device, rows) -> {
              for (Difference.Row row : rows) {
                ObjectNode one = all.addObject();
                one.put("device", device.device()).put("tenant", device.tenant());
                one.put("kind", row.kind().name()).put("cause", row.cause());
                one.put("was", row.was()).put("now", row.now());
                one.put("same", row.same()).put("gained", row.gained()).put("lost", row.lost());
                moment(one, "firstWas", row.firstWas());
                moment(one, "firstNow", row.firstNow());
              }
            });
    return root;
  }

  private static void moment(ObjectNode to, String name, long at) {
    if (at != Difference.NEVER) {
      to.put(name, at);
    }
  }

  private static void print(PrintWriter out, Difference difference) {
    Table table = new Table("DEVICE", "KIND", "CAUSE", "WAS", "NOW", "GAINED", "LOST", "SAME");
    difference
        .rows()
        .forEach(
            (device, rows) -> {
              for (Difference.Row row : rows) {
                table.row(
                    name(device),
                    row.kind().name(),
                    row.cause(),
                    row.was() + "",
                    row.now() + "",
                    row.gained() + "",
                    row.lost() + "",
                    row.same() + "");
              }
            });
    table.print(out, "Nothing was found, then or now.");
    out.printf(
        "%n%d uplinks of %d devices: %d gained, %d lost, %d same%n",
        difference.uplinks(),
        difference.devices(),
        difference.gained(),
        difference.lost(),
        difference.same());
  }

  private static String name(DeviceId device) {
    return device.tenant().equals(DeviceId.DEFAULT_TENANT) ? device.device() : device.toString();
  }

  /** A bar on standard error, unless a program reads. */
  private static final class Bar implements Rerun.Progress, AutoCloseable {
    private final @Nullable ProgressBar bar;

    Bar(boolean quiet) {
      bar =
          quiet
              ? null
              : new ProgressBarBuilder()
                  .setTaskName("uplinks")
                  .setInitialMax(1)
                  .setStyle(ProgressBarStyle.ASCII)
                  .build();
    }

    @Override
    public void at(long done, long total) {
      if (bar != null) {
        bar.maxHint(total);
        bar.stepTo(done);
      }
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
    }
  }
}
