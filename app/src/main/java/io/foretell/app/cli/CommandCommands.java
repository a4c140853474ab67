package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import io.foretell.app.client.CommandFailed;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell command …}. */
@Command(name = "command", description = "Commands to devices: list, send.")
final class CommandCommands {
  @Spec private CommandSpec spec;

  @Command(name = "list", description = "Lists a device's last commands, newest first.")
  int list(@Mixin ServerOptions server, @Parameters(paramLabel = "DEVICE") String device) {
    Listing.items(
        spec.commandLine().getOut(),
        server.json(),
        server.client().get("/devices/" + ApiClient.encode(device) + "/commands", server.query()),
        new Table("COMMAND", "VERB", "STATE", "ISSUED", "BY", "DETAIL"),
        "No commands.",
        (table, c) ->
            table.row(
                c.path("id").asText(),
                c.path("verb").asText(),
                c.path("state").asText(),
                Table.time(c.path("issuedAt")),
                Table.text(c.path("issuedBy")),
                Table.text(c.path("detail"))));
    return 0;
  }

  @Command(
      name = "send",
      description = "Sends a command; it waits while the device is away, until it expires.")
  int send(
      @Mixin ServerOptions server,
      @Parameters(index = "0", paramLabel = "DEVICE") String device,
      @Parameters(index = "1", paramLabel = "VERB") String verb,
      @Option(names = "--arguments", defaultValue = "{}", description = "A JSON object.")
          String arguments,
      @Option(names = "--expires-in", defaultValue = "3600", description = "Seconds.")
          int expiresIn,
      @Option(
              names = "--if",
              paramLabel = "CONDITION",
              description = "What must hold on the device; may be repeated.")
          List<String> preconditions) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("verb", verb);
    body.put("expiresIn", expiresIn);
    body.put("preconditions", preconditions == null ? List.of() : preconditions);
    try {
      body.put("arguments", ApiClient.JSON.readTree(arguments));
    } catch (IOException e) {
      throw new CommandFailed("--arguments is no JSON: " + e.getMessage());
    }
    JsonNode c =
        server
            .client()
            .post("/devices/" + ApiClient.encode(device) + "/commands", server.query(), body);
    var out = spec.commandLine().getOut();
    out.println(server.json() ? c.toString() : c.path("id").asText());
    out.flush();
    return 0;
  }
}
