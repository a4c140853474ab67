package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell artifact …}. */
@Command(name = "artifact", description = "Software that can be rolled out: list, add.")
final class ArtifactCommands {
  @Spec private CommandSpec spec;

  @Command(name = "list", description = "Lists artifacts, newest first.")
  int list(@Mixin ServerOptions server) {
    Listing.items(
        spec.commandLine().getOut(),
        server.json(),
        server.client().get("/artifacts", server.query()),
        new Table("COMPONENT", "VERSION", "SIZE", "ADDED", "NAME", "DIGEST"),
        "No artifacts. Add one with 'foretell artifact add FILE'.",
        (table, a) ->
            table.row(
                a.path("component").asText(),
                a.path("version").asText(),
                a.path("size").asText(),
                Table.time(a.path("addedAt")),
                a.path("name").asText(),
                a.path("digest").asText()));
    return 0;
  }

  @Command(name = "add", description = "Adds a file; it is signed into the metadata.")
  int add(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "FILE") Path file,
      @Option(names = "--component", required = true, description = "What part it is for.")
          String component,
      @Option(names = "--version", required = true, description = "Its version.") String version,
      @Option(names = "--hardware", defaultValue = "", description = "Only for this hardware.")
          String hardware,
      @Option(names = "--floor", defaultValue = "", description = "Oldest version to go back to.")
          String floor,
      @Option(
              names = {"-h", "--help"},
              usageHelp = true,
              description = "Show this help message and exit.")
          boolean help) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CommandFailed("cannot read " + file + ": " + e.getMessage());
    }
    var query =
        server.query(
            "name", String.valueOf(file.getFileName()),
            "component", component,
            "version", version,
            "hardware", hardware,
            "floor", floor);
    JsonNode a = server.client().upload("/artifacts", query, bytes);
    var out = spec.commandLine().getOut();
    out.println(server.json() ? a.toString() : a.path("digest").asText());
    out.flush();
    return 0;
  }
}
