package io.foretell.app.http;

import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.Language;
import io.foretell.diagnostics.codes.Notation;
import io.foretell.diagnostics.episodes.Episode;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The fleet as a whole: figures, devices, faults, and what codes mean. */
final class FleetApi {
  private final FleetView view;
  private final CodeBook book;
  private final Function<String, Long> verified;
  private final LongSupplier acknowledged;

  /**
   * @param verified tickets of a tenant that a device's proof has closed
   * @param acknowledged uplinks since the data folder was made
   */
  FleetApi(
      FleetView view, CodeBook book, Function<String, Long> verified, LongSupplier acknowledged) {
    this.view = view;
    this.book = book;
    this.verified = verified;
    this.acknowledged = acknowledged;
  }

  void bind(Routes routes) {
    routes.get("/fleet", this::fleet);
    routes.get("/devices", this::devices);
    routes.get("/faults", this::faults);
    routes.get("/codes/{code}", this::code);
  }

  private Object fleet(Call call) {
    FleetView.Snapshot snapshot = view.of(call.tenant());
    Map<String, Integer> health = new LinkedHashMap<>();
    for (FleetView.Health h : FleetView.Health.values()) {
      health.put(h.name(), 0);
    }
    int online = 0;
    int faults = 0;
    int predictions = 0;
    for (FleetView.Row row : snapshot.rows()) {
      health.merge(row.health().name(), 1, Integer::sum);
      online += row.online() ? 1 : 0;
      faults += row.faults().size();
      predictions += row.life().map(life -> life.alarmed() ? 1 : 0).orElse(0);
    }
    Map<String, Object> fleet = new LinkedHashMap<>();
    fleet.put("devices", snapshot.rows().size());
    fleet.put("online", online);
    fleet.put("health", health);
    fleet.put("tickets", snapshot.openTickets());
    fleet.put("faults", faults);
    fleet.put("predictions", predictions);
    fleet.put("verified", verified.apply(call.tenant()));
    fleet.put("rates", Map.of("uplinks", acknowledged.getAsLong()));
    return fleet;
  }

  private Object devices(Call call) {
    String text = call.query("q").orElse("").toLowerCase(Locale.ROOT);
    String health = call.query("health").orElse("");
    int limit = call.limit(100);
    String after = call.query("after").orElse("");
    List<FleetView.Row> fitting =
        view.of(call.tenant()).rows().stream()
            .filter(row -> health.isEmpty() || row.health().name().equals(health))
            .filter(row -> text.isEmpty() || mentions(row, text))
            .toList();
    int from = 0;
    for (int i = 0; i < fitting.size() && !after.isEmpty(); i++) {
      if (fitting.get(i).device().id().device().equals(after)) {
        from = i + 1;
      }
    }
    List<FleetView.Row> page = fitting.subList(from, Math.min(fitting.size(), from + limit));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("items", page.stream().map(FleetApi::summary).toList());
    answer.put("total", fitting.size());
    if (from + limit < fitting.size()) {
      answer.put("next", page.get(page.size() - 1).device().id().device());
    }
    return answer;
  }

  private static boolean mentions(FleetView.Row row, String text) {
    return row.device().id().device().toLowerCase(Locale.ROOT).contains(text)
        || row.device().model().toLowerCase(Locale.ROOT).contains(text)
        || row.device().labels().values().stream()
            .anyMatch(label -> label.toLowerCase(Locale.ROOT).contains(text));
  }

  /** A DeviceSummary. */
  static Map<String, Object> summary(FleetView.Row row) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", row.device().id().device());
    shape.put("tenant", row.device().id().tenant());
    shape.put("model", row.device().model());
    shape.put("hardware", row.device().hardware());
    shape.put("software", row.device().software());
    shape.put("labels", row.device().labels());
    shape.put("health", row.health().name());
    shape.put("score", row.score());
    shape.put("online", row.online());
    shape.put("lastSeen", row.lastSeen());
    shape.put("faults", row.faults().size());
    shape.put("tickets", row.tickets());
    row.life().ifPresent(life -> shape.put("prediction", Shapes.prediction(life)));
    return shape;
  }

  private Object faults(Call call) {
    record Found(FleetView.Row row, Episode episode) {}
    List<Found> found = new ArrayList<>();
    for (FleetView.Row row : view.of(call.tenant()).rows()) {
      row.faults().forEach(episode -> found.add(new Found(row, episode)));
    }
    found.sort(
        Comparator.comparing((Found f) -> f.episode().severity())
            .reversed()
            .thenComparing(f -> f.row().device().id()));
    return Map.of(
        "items",
        found.stream()
            .limit(call.limit(1000))
            .map(f -> Shapes.episode(f.row().device().id(), f.episode()))
            .toList());
  }

  private Object code(Call call) {
    Language language = call.language().equals(Call.CHINESE) ? Language.CHINESE : Language.ENGLISH;
    Notation code = Notation.of(call.path("code"));
    if (code.code().isBlank()) {
      throw new InvalidInputException(ReasonCode.NOT_FOUND, "a code has at least one character");
    }
    return book.explain(code, language);
  }
}
