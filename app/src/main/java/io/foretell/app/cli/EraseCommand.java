package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code foretell device erase DEVICE --yes}. */
@Command(
    name = "erase",
    description =
        "Takes out all that is known, for good, and prints the proof. The receipt is shown only"
            + " now: with it one can tell later whom the proof is about.")
final class EraseCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofHours(1);

  @Spec private CommandSpec spec;

  @Mixin private ServerOptions server;

  @ArgGroup(multiplicity = "1")
  private Whose whose = new Whose();

  @Option(names = "--yes", description = "It is meant: nothing brings it back.")
  private boolean yes;

  @Option(names = "--by", defaultValue = "cli", description = "Who wants it (default: cli).")
  private String by;

  @Override
  public Integer call() {
    if (!yes) {
      throw new ParameterException(spec.commandLine(), "nothing brings it back; say --yes");
    }
    JsonNode erased =
        server.client().post(whose.path() + "/erasure", server.query(), Map.of("by", by), PATIENCE);
    if (erased.has("items")) {
      erased
          .path("items")
          .forEach(one -> Listing.one(spec.commandLine().getOut(), server.json(), one));
    } else {
      Listing.one(spec.commandLine().getOut(), server.json(), erased);
    }
    return 0;
  }
}
