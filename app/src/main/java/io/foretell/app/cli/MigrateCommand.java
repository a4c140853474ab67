package io.foretell.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.app.Config;
import io.foretell.app.client.ApiClient;
import io.foretell.app.migrate.Migration;
import io.foretell.app.migrate.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code foretell migrate}. */
@Command(
    name = "migrate",
    description = {
      "Moves a stopped installation from its data folder to Kafka, PostgreSQL, InfluxDB and S3, or"
          + " back.",
      "What has an address in the configuration is moved; every row is counted and read back.",
      "Keys, signed metadata and the administrator's token stay in the data folder."
    },
    footer = {
      "",
      "  foretell migrate --to distributed --config fleet.yaml --dry-run",
      "  foretell migrate --to distributed --config fleet.yaml --data ./data",
      "  foretell serve --config fleet.yaml --data ./data",
      "  foretell migrate --to embedded --config fleet.yaml --data ./data",
      "",
      "Where it fails, the source is as it was; run it again, and it begins anew."
    })
final class MigrateCommand implements Callable<Integer> {
  private static final long GLANCE_NANOS = 1_000_000_000L;

  @Spec private CommandSpec spec;

  /** A shape of an installation. */
  enum Shape {
    embedded,
    distributed
  }

  @Option(names = "--to", required = true, description = "${COMPLETION-CANDIDATES}.")
  private Shape to;

  @Option(names = "--from", description = "The other one; it need not be said.")
  private @Nullable Shape from;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration with the addresses, as 'foretell serve' has it there.")
  private @Nullable Path file;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data folder (default: that of the configuration, or ./data).")
  private @Nullable Path data;

  @Option(names = "--dry-run", description = "Look at both sides and count, write nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (from == to) {
      throw new ParameterException(spec.commandLine(), "--from and --to are the same");
    }
    if (file != null && !Files.exists(file)) {
      throw new ParameterException(spec.commandLine(), "there is no " + file);
    }
    Map<String, String> flags =
        data == null ? Map.of() : Map.of(Config.DATA.name(), data.toString());
    Config config = Config.load(Optional.ofNullable(file), flags);
    Migration.Terms terms =
        new Migration.Terms(config, to == Shape.distributed, dryRun, System.currentTimeMillis());
    Report report = Migration.run(terms, new Lines(spec.commandLine().getErr())::at);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(shape(report));
    } else {
      print(out, report);
    }
    out.flush();
    return report.verified() || report.dryRun() ? 0 : 1;
  }

  /** A line a kind, and one a second meanwhile. */
  private static final class Lines {
    private final PrintWriter err;
    private long told = System.nanoTime();

    Lines(PrintWriter err) {
      this.err = err;
    }

    void at(String step, String kind, long rows, boolean done) {
      if (done || System.nanoTime() - told > GLANCE_NANOS) {
        told = System.nanoTime();
        err.printf("%s %s: %d%s%n", step, kind, rows, done ? "" : " …");
        err.flush();
      }
    }
  }

  private static ObjectNode shape(Report report) {
    ObjectNode root = ApiClient.JSON.createObjectNode();
    root.put("from", report.from()).put("to", report.to()).put("dryRun", report.dryRun());
    root.put("verified", report.verified());
    ObjectNode kinds = root.putObject("kinds");
    for (Report.Kind kind : report.kinds()) {
      ObjectNode one = kinds.putObject(kind.name());
      one.put("source", kind.source());
      if (!report.dryRun()) {
        one.put("target", kind.target()).put("same", kind.same());
      }
      one.put("digest", kind.digest());
    }
    report.aside().ifPresent(folder -> root.put("aside", folder.toString()));
    return root;
  }

  private static void print(PrintWriter out, Report report) {
    Table table = new Table("KIND", "SOURCE", "TARGET", "SAME", "DIGEST");
    for (Report.Kind kind : report.kinds()) {
      boolean dry = report.dryRun();
      table.row(
          kind.name(),
          kind.source() + "",
          dry ? "" : kind.target() + "",
          dry ? "" : kind.same() ? "yes" : "NO",
          kind.digest().substring(0, 16));
    }
    table.print(out, "There is nothing.");
    out.println();
    if (report.dryRun()) {
      out.println("A dry run: nothing was written. Both sides can be reached.");
    } else if (report.verified()) {
      out.println("verified: every row of " + report.from() + " is in " + report.to() + ".");
      report
          .aside()
          .ifPresent(
              folder ->
                  out.println(
                      "The old stores are in " + folder + "; remove them when all is well."));
    } else {
      out.println(
          "NOT verified: "
              + report.to()
              + " has other rows of the kinds marked NO, and does not count. "
              + report.from()
              + " is as it was. See that nothing else writes to the target, that it is empty, and"
              + " that its retention is not shorter; then run it again.");
    }
  }
}
