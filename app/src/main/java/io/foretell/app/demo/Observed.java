package io.foretell.app.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the demo has seen of the server's events; a repeated event counts once. */
final class Observed {
  private final Set<String> faults = new HashSet<>();
  private final Map<String, JsonNode> predictions = new TreeMap<>();
  private final Map<String, JsonNode> tickets = new TreeMap<>();
  private final Map<String, JsonNode> campaigns = new TreeMap<>();
  private final Map<String, String> lastState = new HashMap<>();
  private final Teller teller;

  Observed(Teller teller) {
    this.teller = teller;
  }

  synchronized void event(String type, JsonNode data) {
    switch (type) {
      case "finding" -> finding(data);
      case "ticket" -> ticket(data);
      case "campaign" -> campaign(data);
      default -> {}
    }
  }

  private void finding(JsonNode f) {
    if (f.path("kind").asText().equals("ACTIVE_FAULT")) {
      faults.add(f.path("device").asText() + " " + f.path("cause").asText());
    } else if (f.path("kind").asText().equals("PREDICTED_FAILURE")) {
      predictions.putIfAbsent(f.path("device").asText(), f);
    }
  }

  private void ticket(JsonNode t) {
    String id = t.path("id").asText();
    String state = t.path("state").asText();
    tickets.put(id, t);
    boolean told = !state.equals("ACKNOWLEDGED") && !state.equals("IN_PROGRESS");
    if (!state.equals(lastState.put(id, state)) && told) {
      String mark =
          switch (state) {
            case "OPEN" -> "▲";
            case "VERIFIED" -> "✔";
            case "REOPENED" -> "↺";
            default -> "·";
          };
      teller.event(
          mark,
          String.format(
              "%s %-12s %-9s %s: %s",
              id,
              state.toLowerCase(Locale.ROOT).replace('_', ' '),
              t.path("urgency").asText().toLowerCase(Locale.ROOT),
              t.path("device").asText(),
              t.path("title").asText()));
    }
  }

  private void campaign(JsonNode c) {
    String id = c.path("id").asText();
    String state = c.path("state").asText();
    campaigns.put(id, c);
    if (!state.equals(lastState.put(id, state))) {
      String reason = c.path("haltReason").asText("");
      teller.event(
          state.equals("HALTED") ? "■" : "●",
          "campaign "
              + c.path("name").asText()
              + " is "
              + state
              + (reason.isEmpty() ? "" : ": " + reason));
    }
  }

  synchronized int faults() {
    return faults.size();
  }

  synchronized Map<String, JsonNode> predictions() {
    return new TreeMap<>(predictions);
  }

  synchronized int tickets() {
    return tickets.size();
  }
}
