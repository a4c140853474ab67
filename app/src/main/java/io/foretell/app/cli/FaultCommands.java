package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell fault …}. */
@Command(name = "fault", description = "Faults that are not healed: list, show.")
final class FaultCommands {
  @Spec private CommandSpec spec;

  @Command(name = "list", description = "Lists faults of a device, or of all.")
  int list(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "DEVICE", arity = "0..1", defaultValue = "") String device) {
    String path = device.isEmpty() ? "/faults" : "/devices/" + ApiClient.encode(device) + "/faults";
    Listing.items(
        spec.commandLine().getOut(),
        server.json(),
        server.client().get(path, server.query("limit", "1000")),
        new Table("DEVICE", "CODE", "SYSTEM", "SEVERITY", "PHASE", "TIMES", "SINCE", "TITLE"),
        "No open faults.",
        (table, f) ->
            table.row(
                f.path("device").asText(),
                code(f),
                Table.text(f.path("system")),
                f.path("severity").asText(),
                f.path("phase").asText(),
                f.path("occurrences").asText(),
                Table.time(f.path("since")),
                f.path("title").asText()));
    return 0;
  }

  private static String code(JsonNode fault) {
    int subType = fault.path("subType").asInt(-1);
    return fault.path("code").asText() + (subType < 0 ? "" : "/" + subType);
  }

  @Command(name = "show", description = "Explains a fault code.")
  int show(@Mixin ServerOptions server, @Parameters(paramLabel = "CODE") String code) {
    JsonNode answer = server.client().get("/codes/" + ApiClient.encode(code), server.query());
    Listing.one(spec.commandLine().getOut(), server.json(), answer);
    return 0;
  }
}
