package io.foretell.bench;

import picocli.CommandLine.Option;

/** How fast devices send where they are not to saturate the server. */
final class Pace {
  @Option(
      names = "--pace",
      paramLabel = "RATE",
      converter = AtLeastOne.class,
      description =
          "Messages a second, of all honest devices together (default: ${DEFAULT-VALUE}).")
  int perSecond;

  /**
   * A pace that may be told otherwise.
   *
   * @param usual messages a second
   */
  Pace(int usual) {
    perSecond = usual;
  }
}
