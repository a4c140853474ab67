package io.foretell.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.app.backup.Backups;
import io.foretell.app.backup.Manifest;
import io.foretell.app.client.ApiClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell backup FILE|DIR}. */
@Command(
    name = "backup",
    description = "Copies everything that a running server keeps, while it runs.",
    footer = {
      "",
      "  foretell backup monday.zip      one archive",
      "  foretell backup monday          a folder",
      "",
      "It has the server's keys and the administrator's token: keep it as safe as these.",
      "'foretell restore' makes a data folder of it; samples in InfluxDB are not in it."
    })
final class BackupCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Spec private CommandSpec spec;

  @Mixin private ServerOptions server;

  @Parameters(paramLabel = "FILE|DIR", description = "NAME.zip is an archive, else a new folder.")
  private Path target;

  @Override
  public Integer call() throws IOException {
    String name = target.toString().toLowerCase(Locale.ROOT);
    if (name.matches(".*\\.(tar|tgz|tar\\.gz|gz|7z|rar)")) {
      throw new ParameterException(
          spec.commandLine(), target + ": an archive is a .zip; a name without it is a folder");
    }
    Backups.requireFree(target);
    ApiClient client = server.client();
    Manifest manifest;
    try (BytesBar bar = new BytesBar("backup", server.json());
        InputStream in = client.download("/backup", server.query(), PATIENCE)) {
      manifest =
          name.endsWith(".zip")
              ? Backups.keepArchive(in, target, bar)
              : Backups.keepFolder(in, target, bar);
    }
    print(spec.commandLine().getOut(), server.json(), "backup", target, manifest);
    return 0;
  }

  /** What was made, or brought back, or found good. */
  static void print(PrintWriter out, boolean json, String what, Path where, Manifest manifest) {
    if (json) {
      ObjectNode said = ApiClient.JSON.createObjectNode();
      said.put(what, where.toString());
      said.put("files", manifest.files().size());
      said.put("bytes", manifest.bytes());
      said.put("createdAt", manifest.createdAt());
      said.put("version", manifest.version());
      said.put("history", manifest.history());
      out.println(said);
    } else {
      out.printf(
          "%s %s: %d files, %.1f MiB, of %s, version %s, history %s%n",
          what,
          where,
          manifest.files().size(),
          manifest.bytes() / (double) (1 << 20),
          java.time.Instant.ofEpochMilli(manifest.createdAt()),
          manifest.version(),
          manifest.history());
    }
    out.flush();
  }
}
