package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.Config;
import io.foretell.app.client.ApiClient;
import io.foretell.app.client.CommandFailed;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell device …}. */
@Command(
    name = "device",
    description =
        "Devices: list, show, add, claim, rotate, revoke, unbind, remove, ca, export,"
            + " erase, proofs.",
    subcommands = {
      AuthorityCommands.class,
      ExportCommand.class,
      EraseCommand.class,
      ProofsCommand.class
    },
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
          Map<String, String> labels,
      @Option(
              names = "--claim",
              description = "Print a code that the device changes for its secrets, once.")
          boolean claim,
      @Option(
              names = "--public-key",
              paramLabel = "FILE",
              description = "Its raw public key, PEM, in the place of secrets.")
          @Nullable Path publicKey) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", id);
    body.put("model", model);
    body.put("hardware", hardware);
    body.put("labels", labels == null ? Map.of() : labels);
    body.put("claim", claim);
    if (publicKey != null) {
      body.put("publicKey", AuthorityCommands.read(publicKey));
    }
    secrets(server, server.client().post("/devices", server.query(), body));
    return 0;
  }

  @Command(name = "claim", description = "Makes a code that a device changes for new secrets.")
  int claim(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "DEVICE") String device,
      @Option(names = "--valid", defaultValue = "7d", description = "For how long (default: 7d).")
          String valid) {
    String path = "/devices/" + ApiClient.encode(device) + "/claim";
    Map<String, Object> body = Map.of("validSeconds", seconds("--valid", valid));
    secrets(server, server.client().post(path, server.query(), body));
    return 0;
  }

  @Command(name = "rotate", description = "Gives a device new secrets; the old ones end.")
  int rotate(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "DEVICE") String device,
      @Option(
              names = "--overlap",
              defaultValue = "0s",
              description = "How long the old secrets are taken beside them (default: not).")
          String overlap) {
    String path = "/devices/" + ApiClient.encode(device) + "/rotate";
    Map<String, Object> body = Map.of("overlapSeconds", seconds("--overlap", overlap));
    secrets(server, server.client().post(path, server.query(), body));
    return 0;
  }

  @Command(
      name = "revoke",
      description = "Voids all credentials of a device and cuts it off; it stays registered.")
  int revoke(@Mixin ServerOptions server, @Parameters(paramLabel = "DEVICE") String device) {
    String path = "/devices/" + ApiClient.encode(device) + "/revoke";
    server.client().post(path, server.query(), Map.of());
    return 0;
  }

  @Command(
      name = "unbind",
      description = "Forgets a device's key, so that its next certificate may have another.")
  int unbind(@Mixin ServerOptions server, @Parameters(paramLabel = "DEVICE") String device) {
    server.client().delete("/devices/" + ApiClient.encode(device) + "/key", server.query());
    return 0;
  }

  private static long seconds(String option, String text) {
    try {
      return Config.duration(text).toSeconds();
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(option + " " + text + ": " + e.getMessage());
    }
  }

  private void secrets(ServerOptions server, JsonNode answer) {
    var out = spec.commandLine().getOut();
    if (server.json()) {
      out.println(answer);
    } else {
      out.println("device  " + answer.path("device").asText());
      if (answer.has("claim")) {
        out.println("claim   " + answer.path("claim").asText());
        out.println(
            "The device posts it to /v1/claim before " + Table.time(answer.path("validUntil")));
        out.flush();
        return;
      }
      if (!answer.has("token")) {
        out.flush();
        return;
      }
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
