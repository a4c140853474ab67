package io.foretell.bench;

import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench/run}: without a command the whole table, with one a part of it. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT,
    description =
        "Measures Foretell against peers and limits; without a command, everything but the soak.",
    subcommands = {
      MqttCommand.class,
      NodeCommand.class,
      CoapCommand.class,
      DtlsCommand.class,
      HistoryCommand.class,
      FleetCommand.class,
      SoakCommand.class,
      StartCommand.class,
      IdleCommand.class,
      OverloadCommand.class,
      JmhCommand.class,
      ProfileCommand.class
    })
public final class Main implements Callable<Integer> {
  private static final int FEW = 100;
  private static final int MANY = 10_000;
  private static final List<Integer> ONE = List.of(1);

  @Mixin private Setting setting = new Setting();

  private final List<String> failed = new ArrayList<>();

  private Main() {}

  @Override
  public Integer call() throws InterruptedException, RunnerException {
    setting.progress(Machine.described());
    List<Row> rows = new ArrayList<>();
    for (Part part : parts()) {
      try {
        rows.addAll(part.rows());
      } catch (IllegalStateException | UncheckedIOException e) {
        // Half an hour of the other figures is not thrown away with it.
        failed.add(part.name() + ": " + e.getMessage());
        setting.progress(part.name() + " could not be measured: " + e);
      }
    }
    if (!setting.json) {
      System.out.println(LocalDate.now() + ", " + Machine.described());
      System.out.println();
    }
    setting.print(rows);
    failed.forEach(text -> System.err.println("not measured: " + text));
    return failed.isEmpty() ? 0 : 1;
  }

  /** A part of the table. */
  private record Part(String name, Measured measured) {
    List<Row> rows() throws InterruptedException, RunnerException {
      return measured.rows();
    }
  }

  /** Gives its rows. */
  private interface Measured {
    List<Row> rows() throws InterruptedException, RunnerException;
  }

  private List<Part> parts() {
    List<String> two = List.of("mosquitto", "routed");
    return List.of(
        new Part("mqtt", () -> new MqttCommand(setting).rows()),
        new Part("mqtt, few", () -> new MqttCommand(setting.with(FEW), two, ONE).rows()),
        new Part("mqtt, many", () -> new MqttCommand(setting.with(MANY), two, ONE).rows()),
        new Part("node", () -> new NodeCommand(setting).rows()),
        new Part("coap", () -> new CoapCommand(setting).rows()),
        new Part("dtls", () -> new DtlsCommand(setting).rows()),
        new Part("idle", () -> new IdleCommand(setting).rows()),
        new Part("overload", () -> new OverloadCommand(setting).rows()),
        new Part("history", () -> new HistoryCommand(setting).rows()),
        new Part("fleet", () -> new FleetCommand(setting).rows()),
        new Part("jmh", () -> new JmhCommand(setting).rows()),
        new Part("start", () -> new StartCommand(setting).rows()));
  }

  /** The whole command line, before its arguments. */
  static CommandLine commandLine() {
    return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Measures, prints, and ends with 0 where everything could be measured. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }
}
