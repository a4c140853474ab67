package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import io.foretell.app.client.CommandFailed;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell campaign …}. */
@Command(
    name = "campaign",
    description = "Staged rollouts: list, show, add, start, halt, resume, cancel.")
final class CampaignCommands {
  @Spec private CommandSpec spec;

  @Command(name = "list", description = "Lists campaigns, newest first.")
  int list(@Mixin ServerOptions server) {
    Listing.items(
        spec.commandLine().getOut(),
        server.json(),
        server.client().get("/campaigns", server.query()),
        new Table("CAMPAIGN", "STATE", "SOFTWARE", "FIXES", "CREATED", "NAME"),
        "No campaigns.",
        (table, c) ->
            table.row(
                c.path("id").asText(),
                c.path("state").asText(),
                c.path("artifact").path("component").asText()
                    + " "
                    + c.path("artifact").path("version").asText(),
                Table.text(c.path("fixes")),
                Table.time(c.path("createdAt")),
                Table.text(c.path("name"))));
    return 0;
  }

  @Command(name = "show", description = "Shows a campaign with its waves.")
  int show(@Mixin ServerOptions server, @Parameters(paramLabel = "CAMPAIGN") String campaign) {
    JsonNode c = server.client().get("/campaigns/" + ApiClient.encode(campaign), server.query());
    PrintWriter out = spec.commandLine().getOut();
    if (server.json()) {
      out.println(c);
    } else {
      out.println(c.path("id").asText() + "  " + c.path("state").asText());
      if (c.hasNonNull("haltReason")) {
        out.println("halted: " + c.path("haltReason").asText());
      }
      Table table = new Table("WAVE", "STATE", "DEVICES", "COUNTS");
      c.path("waves")
          .forEach(
              w ->
                  table.row(
                      w.path("name").asText(),
                      w.path("state").asText(),
                      w.path("devices").asText(),
                      w.path("counts").toString()));
      table.print(out, "No waves.");
    }
    out.flush();
    return 0;
  }

  @Command(name = "add", description = "Plans a campaign; nothing happens before 'campaign start'.")
  int add(
      @Mixin ServerOptions server,
      @Option(names = "--plan", paramLabel = "FILE", description = "The whole plan as JSON.")
          Path plan,
      @Option(names = "--artifact", defaultValue = "", description = "Digest of the artifact.")
          String artifact,
      @Option(names = "--name", defaultValue = "", description = "A name for people.") String name,
      @Option(
              names = "--fixes",
              defaultValue = "",
              description = "Cause it cures ('fault:obd:P0A93*').")
          String fixes,
      @Option(names = "--model", defaultValue = "", description = "Only devices of this model.")
          String model,
      @Option(
              names = "--wave",
              paramLabel = "SHARE",
              description = "Share of the fleet in a wave (0.1); once for each wave.")
          List<Double> waves,
      @Option(
              names = "--max-failed-share",
              defaultValue = "0.05",
              description = "Halt above this share of failures.")
          double maxFailedShare,
      @Option(
              names = "--max-rolled-back",
              defaultValue = "0",
              description = "Halt above so many roll-backs.")
          int maxRolledBack,
      @Option(
              names = "--silence-seconds",
              defaultValue = "3600",
              description = "A device that is silent for so long has failed.")
          int silence,
      @Option(
              names = "--soak-seconds",
              defaultValue = "600",
              description = "Wait after a wave before the next.")
          int soak) {
    Object body =
        plan == null
            ? body(
                artifact, name, fixes, model, waves, maxFailedShare, maxRolledBack, silence, soak)
            : read(plan);
    JsonNode c = server.client().post("/campaigns", server.query(), body);
    PrintWriter out = spec.commandLine().getOut();
    out.println(server.json() ? c.toString() : c.path("id").asText());
    out.flush();
    return 0;
  }

  private static Object read(Path plan) {
    try {
      return ApiClient.JSON.readTree(Files.readAllBytes(plan));
    } catch (IOException e) {
      throw new CommandFailed("cannot read " + plan + ": " + e.getMessage());
    }
  }

  private static Object body(
      String artifact,
      String name,
      String fixes,
      String model,
      List<Double> shares,
      double maxFailedShare,
      int maxRolledBack,
      int silence,
      int soak) {
    if (artifact.isEmpty() || shares == null || shares.isEmpty()) {
      throw new CommandFailed("give --artifact and at least one --wave, or a --plan");
    }
    List<Object> waves = new ArrayList<>();
    for (double share : shares) {
      waves.add(
          Map.of(
              "share",
              share,
              "haltRule",
              Map.of(
                  "maxFailedShare", maxFailedShare,
                  "maxRolledBack", maxRolledBack,
                  "silenceSeconds", silence,
                  "soakSeconds", soak)));
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("artifact", artifact);
    body.put("name", name);
    body.put("fixes", fixes);
    body.put("selection", model.isEmpty() ? Map.of() : Map.of("model", model));
    body.put("waves", waves);
    return body;
  }

  @Command(name = "start", description = "Starts its first wave.")
  int start(@Mixin ServerOptions server, @Parameters(paramLabel = "CAMPAIGN") String campaign) {
    return act(server, campaign, "start");
  }

  @Command(name = "halt", description = "Halts it; devices that have begun go on.")
  int halt(@Mixin ServerOptions server, @Parameters(paramLabel = "CAMPAIGN") String campaign) {
    return act(server, campaign, "halt");
  }

  @Command(name = "resume", description = "Goes on after a halt.")
  int resume(@Mixin ServerOptions server, @Parameters(paramLabel = "CAMPAIGN") String campaign) {
    return act(server, campaign, "resume");
  }

  @Command(name = "cancel", description = "Ends it.")
  int cancel(@Mixin ServerOptions server, @Parameters(paramLabel = "CAMPAIGN") String campaign) {
    return act(server, campaign, "cancel");
  }

  private int act(ServerOptions server, String campaign, String action) {
    JsonNode c =
        server
            .client()
            .post(
                "/campaigns/" + ApiClient.encode(campaign) + "/" + action,
                server.query(),
                Map.of("by", "cli"));
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        server.json() ? c.toString() : c.path("id").asText() + " is " + c.path("state").asText());
    out.flush();
    return 0;
  }
}
