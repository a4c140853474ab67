package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell ticket …}. */
@Command(
    name = "ticket",
    description = "Tickets: list, show, acknowledge, assign, start, comment, close, reopen.")
final class TicketCommands {
  @Spec private CommandSpec spec;

  @Command(name = "list", description = "Lists tickets, most urgent first.")
  int list(
      @Mixin ServerOptions server,
      @Option(names = "--state", defaultValue = "", description = "One or more, or 'open'.")
          String state,
      @Option(names = "--device", defaultValue = "", description = "Of this device.") String device,
      @Option(names = "--limit", defaultValue = "100", description = "Most tickets to list.")
          int limit,
      @Option(names = "--after", defaultValue = "", description = "Goes on after this page.")
          String after) {
    Listing.items(
        spec.commandLine().getOut(),
        server.json(),
        server
            .client()
            .get(
                "/tickets",
                server.query(
                    "state", state, "device", device, "limit", limit + "", "after", after)),
        new Table("TICKET", "STATE", "URGENCY", "DEVICE", "OPENED", "OWNER", "TITLE"),
        "No tickets.",
        (table, t) ->
            table.row(
                t.path("id").asText(),
                t.path("state").asText(),
                t.path("urgency").asText(),
                t.path("device").asText(),
                Table.time(t.path("openedAt")),
                Table.text(t.path("owner")),
                t.path("title").asText()));
    return 0;
  }

  @Command(name = "show", description = "Shows a ticket with its timeline.")
  int show(@Mixin ServerOptions server, @Parameters(paramLabel = "TICKET") String ticket) {
    JsonNode t = server.client().get("/tickets/" + ApiClient.encode(ticket), server.query());
    PrintWriter out = spec.commandLine().getOut();
    if (server.json()) {
      out.println(t);
    } else {
      out.printf(
          "%s  %s  %s%n",
          t.path("id").asText(), t.path("state").asText(), t.path("urgency").asText());
      out.println(t.path("title").asText());
      out.println("device " + t.path("device").asText() + ", cause " + t.path("cause").asText());
      Table table = new Table("WHEN", "WHO", "WHAT");
      t.path("timeline")
          .forEach(
              e ->
                  table.row(
                      Table.time(e.path("at")), e.path("actor").asText(), e.path("text").asText()));
      table.print(out, "Nothing has happened yet.");
    }
    out.flush();
    return 0;
  }

  @Command(name = "acknowledge", description = "Says that someone has seen it.")
  int acknowledge(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "TICKET") String ticket,
      @Option(names = "--by", defaultValue = "cli", description = "Who.") String by) {
    return act(server, ticket, "acknowledge", Map.of("by", by));
  }

  @Command(name = "assign", description = "Gives it to someone.")
  int assign(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "TICKET") String ticket,
      @Parameters(paramLabel = "OWNER") String owner,
      @Option(names = "--by", defaultValue = "cli", description = "Who.") String by) {
    return act(server, ticket, "assign", Map.of("by", by, "owner", owner));
  }

  @Command(name = "start", description = "Says that work has begun.")
  int start(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "TICKET") String ticket,
      @Option(names = "--by", defaultValue = "cli", description = "Who.") String by) {
    return act(server, ticket, "start", Map.of("by", by));
  }

  @Command(name = "comment", description = "Adds a line to the timeline.")
  int comment(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "TICKET") String ticket,
      @Parameters(paramLabel = "TEXT") String text,
      @Option(names = "--by", defaultValue = "cli", description = "Who.") String by) {
    return act(server, ticket, "comment", Map.of("by", by, "text", text));
  }

  @Command(name = "close", description = "Closes a verified ticket; another one only with --force.")
  int close(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "TICKET") String ticket,
      @Option(names = "--force", description = "Close without the device's proof.") boolean force,
      @Option(names = "--reason", defaultValue = "", description = "Why, with --force.")
          String reason,
      @Option(names = "--by", defaultValue = "cli", description = "Who.") String by) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("by", by);
    body.put("force", force);
    body.put("text", reason);
    return act(server, ticket, "close", body);
  }

  @Command(name = "reopen", description = "Opens a closed ticket again.")
  int reopen(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "TICKET") String ticket,
      @Option(names = "--by", defaultValue = "cli", description = "Who.") String by) {
    return act(server, ticket, "reopen", Map.of("by", by));
  }

  private int act(ServerOptions server, String ticket, String action, Object body) {
    JsonNode t =
        server
            .client()
            .post("/tickets/" + ApiClient.encode(ticket) + "/" + action, server.query(), body);
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        server.json() ? t.toString() : t.path("id").asText() + " is " + t.path("state").asText());
    out.flush();
    return 0;
  }
}
