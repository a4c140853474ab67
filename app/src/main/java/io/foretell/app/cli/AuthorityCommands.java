package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import io.foretell.app.client.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell device ca …}. */
@Command(
    name = "ca",
    description = "Certificate authorities whose certificates tell a tenant's devices.",
    subcommandsRepeatable = false)
final class AuthorityCommands {
  @Spec private CommandSpec spec;

  @Command(name = "add", description = "Trusts an authority to tell devices of a tenant.")
  int add(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "FILE", description = "Its certificate, PEM.") Path file,
      @Option(
              names = "--rule",
              defaultValue = "cn={device}",
              description =
                  "Where a device's name stands: cn=…{device}…, dns=…{device}…, uri=…{device}…"
                      + " (default: ${DEFAULT-VALUE}).")
          String rule,
      @Option(
              names = "--no-provision",
              description = "Only for devices that are registered already.")
          boolean noProvision,
      @Option(names = "--renew", description = "A device may come with a new key.") boolean renew) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("certificate", read(file));
    body.put("rule", rule);
    body.put("provision", !noProvision);
    body.put("renew", renew);
    JsonNode added = server.client().post("/authorities", server.query(), body);
    Listing.one(spec.commandLine().getOut(), server.json(), added);
    return 0;
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new CommandFailed("cannot read " + file + ": " + e.getMessage());
    }
  }

  @Command(name = "list", description = "Lists the authorities of a tenant.")
  int list(@Mixin ServerOptions server) {
    Listing.items(
        spec.commandLine().getOut(),
        server.json(),
        server.client().get("/authorities", server.query()),
        new Table("FINGERPRINT", "SUBJECT", "RULE", "EXPIRES"),
        "No authorities. Add one with 'foretell device ca add FILE'.",
        (table, a) ->
            table.row(
                a.path("fingerprint").asText(),
                Table.text(a.path("subject")),
                a.path("rule").asText(),
                Table.time(a.path("expiresAt"))));
    return 0;
  }

  @Command(name = "remove", description = "Ends the trust, and the sessions that rest on it.")
  int remove(
      @Mixin ServerOptions server, @Parameters(paramLabel = "FINGERPRINT") String fingerprint) {
    server.client().delete("/authorities/" + ApiClient.encode(fingerprint), server.query());
    return 0;
  }
}
