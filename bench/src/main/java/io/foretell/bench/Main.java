package io.foretell.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bench/run}. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    description = "Measures Foretell against peers and limits.",
    subcommands = {MqttCommand.class, ProfileCommand.class})
public final class Main {
  private Main() {}

  /** Measures, prints, and ends with 0 where everything could be measured. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
