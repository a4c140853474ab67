package io.foretell.app.cli;

import io.foretell.app.client.ApiClient;
import io.foretell.app.client.CommandFailed;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell history DEVICE}. */
@Command(name = "history", description = "Samples of a device over event time.")
final class HistoryCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ServerOptions server;

  @Parameters(paramLabel = "DEVICE")
  private String device;

  @Option(names = "--signal", defaultValue = "", description = "Only this signal.")
  private String signal;

  @Option(
      names = "--since",
      defaultValue = "",
      description = "2026-11-22, 2026-11-22T10:00, 2h (ago), or ms since 1970.")
  private String since;

  @Option(names = "--until", defaultValue = "", description = "As --since.")
  private String until;

  @Option(names = "--limit", defaultValue = "10000", description = "Most samples a signal.")
  private int limit;

  @Override
  public Integer call() {
    long now = System.currentTimeMillis();
    Listing.items(
        spec.commandLine().getOut(),
        server.json(),
        server
            .client()
            .get(
                "/devices/" + ApiClient.encode(device) + "/history",
                server.query(
                    "signal",
                    signal,
                    "since",
                    moment(since, now),
                    "until",
                    moment(until, now),
                    "limit",
                    limit + "")),
        new Table("TIME", "SIGNAL", "VALUE"),
        "No samples.",
        (table, s) ->
            table.row(
                Table.time(s.path("t")), s.path("signal").asText(), s.path("value").asText()));
    return 0;
  }

  /** Milliseconds since 1970 as text; empty for empty. */
  static String moment(String text, long now) {
    if (text.isEmpty() || text.matches("\\d{10,}")) {
      return text;
    }
    try {
      if (text.matches("\\d+[smhd]")) {
        String iso = text.endsWith("d") ? "P" + text : "PT" + text;
        return Long.toString(
            now - Duration.parse(iso.toUpperCase(java.util.Locale.ROOT)).toMillis());
      }
      if (text.endsWith("Z")) {
        return Long.toString(Instant.parse(text).toEpochMilli());
      }
      LocalDateTime local =
          text.contains("T") ? LocalDateTime.parse(text) : LocalDate.parse(text).atStartOfDay();
      return Long.toString(local.atZone(ZoneId.systemDefault()).toInstant().toEpochMilli());
    } catch (DateTimeException e) {
      throw new CommandFailed("no moment: '" + text + "' (2026-11-22, 2026-11-22T10:00, 2h, ms)");
    }
  }
}
