package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.app.client.ApiClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell fault …}. */
@Command(name = "fault", description = "Faults that are not healed: list, show.")
final class FaultCommands {
  @Spec private CommandSpec spec;

  @Command(name = "list", description = "Lists faults of a device, or of all.")
  int list(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "DEVICE", arity = "0..1", defaultValue = "") String device,
      @Option(names = "--healed", description = "Those of a device that have healed, too.")
          boolean healed) {
    if (healed && device.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--healed needs a DEVICE");
    }
    String path = device.isEmpty() ? "/faults" : "/devices/" + ApiClient.encode(device) + "/faults";
    Listing.items(
        spec.commandLine().getOut(),
        server.json(),
        server.client().get(path, server.query("limit", "1000", "healed", healed + "")),
        new Table("DEVICE", "CODE", "SYSTEM", "SEVERITY", "STANDING", "TIMES", "SINCE", "TITLE"),
        "No open faults.",
        (table, f) ->
            table.row(
                f.path("device").asText(),
                code(f),
                Table.text(f.path("system")),
                f.path("severity").asText(),
                f.path("standing").asText(),
                f.path("occurrences").asText(),
                Table.time(f.path("since")),
                f.path("title").asText()));
    return 0;
  }

  private static String code(JsonNode fault) {
    int subType = fault.path("subType").asInt(-1);
    return fault.path("code").asText() + (subType < 0 ? "" : "/" + subType);
  }

  @Command(
      name = "show",
      description = "Explains a fault code, and says which devices have it and how it stands.")
  int show(@Mixin ServerOptions server, @Parameters(paramLabel = "CODE") String code) {
    JsonNode answer = server.client().get("/codes/" + ApiClient.encode(code), server.query());
    String wanted = answer.path("notation").path("code").asText(code);
    int subType = answer.path("notation").path("sub_type").asInt(-1);
    if (answer instanceof ObjectNode shown) {
      ArrayNode episodes = shown.putArray("episodes");
      for (JsonNode fault :
          server.client().get("/faults", server.query("limit", "1000")).path("items")) {
        boolean same = fault.path("code").asText().equals(wanted);
        if (same && (subType < 0 || fault.path("subType").asInt(-1) == subType)) {
          ObjectNode episode = episodes.addObject();
          for (String field :
              List.of("device", "system", "standing", "since", "last", "occurrences")) {
            episode.set(field, fault.path(field));
          }
        }
      }
    }
    Listing.one(spec.commandLine().getOut(), server.json(), answer);
    return 0;
  }
}
