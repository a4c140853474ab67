package io.foretell.app.cli;

import io.foretell.app.backup.Backups;
import io.foretell.app.backup.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell restore FILE|DIR}. */
@Command(
    name = "restore",
    description = "Makes a server's data folder of a backup.",
    footer = {
      "",
      "  foretell restore monday.zip --dry-run",
      "  foretell restore monday.zip --data ./restored",
      "  foretell serve --data ./restored",
      "",
      "Every file is checked against the backup's manifest first. The folder must be new or empty."
    })
final class RestoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE|DIR", description = "What 'foretell backup' has made.")
  private Path backup;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "./data",
      description = "The data folder to make (default: ${DEFAULT-VALUE}).")
  private Path data;

  @Option(names = "--dry-run", description = "Check the backup and the folder, write nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Backups.requireFree(data);
    Manifest manifest;
    try (BytesBar bar = new BytesBar(dryRun ? "checking" : "restoring", json)) {
      manifest = dryRun ? Backups.check(backup, bar) : Backups.restore(backup, data, bar);
    }
    BackupCommand.print(
        spec.commandLine().getOut(),
        json,
        dryRun ? "good" : "restored",
        dryRun ? backup : data,
        manifest);
    return 0;
  }
}
