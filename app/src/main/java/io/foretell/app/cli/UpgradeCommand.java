package io.foretell.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.app.Upgrade;
import io.foretell.app.client.ApiClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code foretell upgrade}. */
@Command(
    name = "upgrade",
    description = {
      "Brings the stores of a stopped server's data folder to the formats of this version.",
      "'foretell serve' does so by itself; here it can be tried first, on a copy."
    },
    footer = {
      "",
      "  foretell upgrade --data ./data --dry-run",
      "",
      "Stores of a later version are refused. In PostgreSQL, try it on a copy made by pg_dump."
    })
final class UpgradeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "./data",
      description = "The data folder (default: ${DEFAULT-VALUE}).")
  private Path data;

  @Option(names = "--dry-run", description = "Do it on a copy, and remove that.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    List<String> changes = Upgrade.run(data, dryRun);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode said = ApiClient.JSON.createObjectNode();
      said.put("data", data.toString()).put("dryRun", dryRun);
      changes.forEach(said.putArray("changes")::add);
      out.println(said);
    } else if (changes.isEmpty()) {
      out.println(data + " is of this version: nothing changes.");
    } else {
      changes.forEach(change -> out.println((dryRun ? "would change: " : "changed: ") + change));
    }
    out.flush();
    return 0;
  }
}
