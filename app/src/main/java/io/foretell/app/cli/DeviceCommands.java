package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell device …}. */
@Command(
    name = "device",
    description = "Devices: list, show, add, rotate, remove.",
    subcommandsRepeatable = false)
final class DeviceCommands {
  @Spec private CommandSpec spec;

  @Command(name = "list", description = "Lists devices, worst health first.")
  int list(
      @Mixin ServerOptions server,
      @Option(names = "--query", defaultValue = "", description = "Part of a name or model.")
          String query,
      @Option(names = "--limit", defaultValue = "100", description = "Most devices to list.")
          int limit,
      @Option(names = "--after", defaultValue = "", description = "Goes on after this device.")
          String after) {
    JsonNode page =
        server
            .client()
            .get("/devices", server.query("q", query, "limit", limit + "", "after", after));
    Listing.items(
        spec.commandLine().getOut(),
        server.json(),
        page,
        new Table("DEVICE", "MODEL", "HEALTH", "ONLINE", "FAULTS", "TICKETS", "LAST SEEN"),
        "No devices. Add one with 'foretell device add ID'.",
        (table, d) ->
            table.row(
                d.path("id").asText(),
                Table.text(d.path("model")),
                d.path("health").asText(),
                d.path("online").asBoolean() ? "yes" : "no",
                d.path("faults").asText(),
                d.path("tickets").asText(),
                Table.time(d.path("lastSeen"))));
    return 0;
  }

  @Command(name = "show", description = "Shows one device.")
  int show(@Mixin ServerOptions server, @Parameters(paramLabel = "DEVICE") String device) {
    JsonNode answer = server.client().get("/devices/" + ApiClient.encode(device), server.query());
    Listing.one(spec.commandLine().getOut(), server.json(), answer);
    return 0;
  }

  @Command(
      name = "add",
      description = "Registers a device and prints its secrets, which are shown only this once.")
  int add(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "ID", description = "A–Z a–z 0–9 . _ : -") String id,
      @Option(names = "--model", defaultValue = "", description = "Model.") String model,
      @Option(names = "--hardware", defaultValue = "", description = "Hardware version.")
          String hardware,
      @Option(names = "--label", paramLabel = "K=V", description = "A label; may be repeated.")
          Map<String, String> labels) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", id);
    body.put("model", model);
    body.put("hardware", hardware);
    body.put("labels", labels == null ? Map.of() : labels);
    secrets(server, server.client().post("/devices", server.query(), body));
    return 0;
  }

  @Command(name = "rotate", description = "Gives a device new secrets; the old ones end.")
  int rotate(@Mixin ServerOptions server, @Parameters(paramLabel = "DEVICE") String device) {
    String path = "/devices/" + ApiClient.encode(device) + "/rotate";
    secrets(server, server.client().post(path, server.query(), Map.of()));
    return 0;
  }

  private void secrets(ServerOptions server, JsonNode answer) {
    var out = spec.commandLine().getOut();
    if (server.json()) {
      out.println(answer);
    } else {
      out.println("device  " + answer.path("device").asText());
      out.println("token   " + answer.path("token").asText());
      out.println("psk     " + answer.path("psk").asText());
      out.println("Keep them: they are not shown again ('foretell device rotate' makes new ones).");
    }
    out.flush();
  }

  @Command(name = "remove", description = "Takes a device's credentials away; history stays.")
  int remove(@Mixin ServerOptions server, @Parameters(paramLabel = "DEVICE") String device) {
    server.client().delete("/devices/" + ApiClient.encode(device), server.query());
    return 0;
  }
}
