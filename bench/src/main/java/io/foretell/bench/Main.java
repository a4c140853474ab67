package io.foretell.bench;

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
    description = "Measures Foretell against peers and limits; without a command, everything.",
    subcommands = {
      MqttCommand.class,
      NodeCommand.class,
      StartCommand.class,
      IdleCommand.class,
      JmhCommand.class,
      ProfileCommand.class
    })
public final class Main implements Callable<Integer> {
  @Mixin private Setting setting = new Setting();

  private Main() {}

  @Override
  public Integer call() throws InterruptedException, RunnerException {
    setting.progress(Machine.described());
    List<Row> rows = new ArrayList<>();
    rows.addAll(new MqttCommand(setting).rows());
    rows.addAll(new NodeCommand(setting).rows());
    rows.addAll(new IdleCommand(setting).rows());
    rows.addAll(new JmhCommand(setting).rows());
    rows.addAll(new StartCommand(setting).rows());
    if (!setting.json) {
      System.out.println(Machine.described());
      System.out.println();
    }
    setting.print(rows);
    return 0;
  }

  /** Measures, prints, and ends with 0 where everything could be measured. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
