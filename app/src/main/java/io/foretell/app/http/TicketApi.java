package io.foretell.app.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.TicketEvent;
import io.foretell.servicedesk.ChangeType;
import io.foretell.servicedesk.Kpis;
import io.foretell.servicedesk.Remedy;
import io.foretell.servicedesk.RemedySuccess;
import io.foretell.servicedesk.SlaPolicy;
import io.foretell.servicedesk.Ticket;
import io.foretell.servicedesk.TicketChange;
import io.foretell.servicedesk.TicketDesk;
import io.foretell.servicedesk.TicketDetails;
import io.foretell.servicedesk.TicketKey;
import io.foretell.servicedesk.TicketPage;
import io.foretell.servicedesk.TicketQuery;
import io.foretell.servicedesk.TicketRules;
import io.foretell.servicedesk.TimelineEntry;
import io.foretell.servicedesk.TimelineTexts;
import io.foretell.servicedesk.Verb;
import io.foretell.servicedesk.webhook.Subscription;
import io.foretell.servicedesk.webhook.Webhooks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tickets, how the service does, and who is told. */
public final class TicketApi {
  private static final Duration KPI_SPAN = Duration.ofDays(30);
  private static final Map<Verb, String> PERSONS_VERBS =
      Map.of(
          Verb.ACKNOWLEDGE, "acknowledge",
          Verb.ASSIGN, "assign",
          Verb.START, "start",
          Verb.COMMENT, "comment",
          Verb.CLOSE, "close",
          Verb.FORCE_CLOSE, "close",
          Verb.REOPEN, "reopen");
  private static final List<String> ACTION_ORDER =
      List.of("acknowledge", "assign", "start", "comment", "close", "reopen");

  private final TicketDesk desk;
  private final Webhooks webhooks;
  private final InstantSource clock;

  TicketApi(TicketDesk desk, Webhooks webhooks, InstantSource clock) {
    this.desk = desk;
    this.webhooks = webhooks;
    this.clock = clock;
  }

  void bind(Routes routes) {
    routes.get("/tickets", this::list);
    routes.get("/tickets/{ticket}", this::show);
    routes.post("/tickets/{ticket}/{action}", this::act);
    routes.get("/kpis", this::kpis);
    routes.get("/webhooks", this::webhooks);
    routes.post("/webhooks", this::subscribe);
    routes.delete("/webhooks/{webhook}", this::unsubscribe);
  }

  private Object list(Call call) {
    TicketQuery query =
        new TicketQuery(
            call.tenant(),
            states(call.query("state").orElse("")),
            call.query("urgency")
                .map(u -> EnumSet.of(read(TicketEvent.Urgency.class, u)))
                .orElseGet(() -> EnumSet.noneOf(TicketEvent.Urgency.class)),
            call.query("device").orElse(""),
            call.query("cause").orElse(""),
            call.query("q").orElse(""),
            TicketQuery.Order.URGENCY,
            call.query("after"),
            Math.min(1000, call.limit(100)));
    TicketPage page = desk.list(query);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("items", page.tickets().stream().map(this::shape).toList());
    answer.put("total", desk.count(query));
    page.next().ifPresent(next -> answer.put("next", next));
    return answer;
  }

  private static Set<TicketEvent.State> states(String text) {
    Set<TicketEvent.State> states = EnumSet.noneOf(TicketEvent.State.class);
    if (text.isEmpty()) {
      return states;
    }
    if (text.equals("open")) {
      return EnumSet.complementOf(EnumSet.of(TicketEvent.State.VERIFIED, TicketEvent.State.CLOSED));
    }
    for (String word : text.split(",")) {
      states.add(read(TicketEvent.State.class, word));
    }
    return states;
  }

  private static <E extends Enum<E>> E read(Class<E> type, String word) {
    try {
      return Enum.valueOf(type, word.trim().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "'" + word + "' is none of " + List.of(type.getEnumConstants()));
    }
  }

  private Object show(Call call) {
    TicketDetails details = desk.show(key(call));
    Map<String, Object> shape = shape(details.ticket());
    details.remedies().stream()
        .filter(r -> r.decided() > 0)
        .min(RemedySuccess.BEST_FIRST)
        .ifPresent(best -> shape.put("suggestion", suggestion(best)));
    Locale locale =
        call.language().equals(Call.CHINESE) ? Locale.SIMPLIFIED_CHINESE : Locale.ENGLISH;
    shape.put("timeline", details.timeline().stream().map(e -> entry(e, locale)).toList());
    return shape;
  }

  private static TicketKey key(Call call) {
    return new TicketKey(call.tenant(), call.path("ticket"));
  }

  private Object act(Call call) {
    TicketKey key = key(call);
    String by = call.optional("by", "api");
    return shape(
        switch (call.path("action")) {
          case "acknowledge" -> desk.acknowledge(key, by);
          case "assign" -> desk.assign(key, by, call.required("owner"));
          case "start" -> desk.start(key, by);
          case "comment" -> desk.comment(key, by, call.required("text"));
          case "reopen" -> desk.reopen(key, by, call.optional("text", "reopened by hand"));
          case "close" ->
              call.body().path("force").asBoolean(false)
                  ? desk.forceClose(key, by, call.required("text"))
                  : desk.close(key, by);
          default ->
              throw new InvalidInputException(ReasonCode.NOT_FOUND, "actions are " + ACTION_ORDER);
        });
  }

  /** A Ticket. */
  public Map<String, Object> shape(Ticket ticket) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", ticket.id());
    shape.put("device", ticket.device().device());
    shape.put("cause", ticket.cause());
    shape.put("title", ticket.title());
    shape.put("state", ticket.state().name());
    shape.put("urgency", ticket.urgency().name());
    shape.put("severity", ticket.assessment().severity().name());
    shape.put("confidence", ticket.assessment().confidence());
    shape.put("exposure", ticket.assessment().exposure());
    shape.put("proactive", ticket.proactive());
    shape.put("openedAt", ticket.openedAt());
    shape.put("respondBy", ticket.clocks().respondBy());
    shape.put("resolveBy", ticket.clocks().resolveBy());
    shape.put("sla", sla(ticket));
    ticket.owner().ifPresent(owner -> shape.put("owner", owner));
    ticket.remedy().ifPresent(remedy -> shape.put("remedy", remedy(remedy)));
    shape.put("reopened", ticket.reopened());
    ticket.clocks().verifiedAt().ifPresent(at -> shape.put("verifiedAt", at));
    ticket.clocks().closedAt().ifPresent(at -> shape.put("closedAt", at));
    shape.put("actions", actions(ticket.state()));
    return shape;
  }

  private String sla(Ticket ticket) {
    SlaPolicy.Standing standing = desk.standing(ticket);
    boolean met = !ticket.open() && standing == SlaPolicy.Standing.ON_TIME;
    return met ? "MET" : standing.name();
  }

  private static List<String> actions(TicketEvent.State state) {
    List<String> actions = new ArrayList<>(ACTION_ORDER);
    Set<Verb> allowed = TicketRules.allowed(state);
    actions.removeIf(
        action ->
            PERSONS_VERBS.entrySet().stream()
                .noneMatch(e -> e.getValue().equals(action) && allowed.contains(e.getKey())));
    return actions;
  }

  private static Map<String, Object> remedy(Remedy remedy) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("kind", remedy.kind().name());
    shape.put("ref", remedy.ref());
    shape.put("text", remedy.text());
    return shape;
  }

  private static Map<String, Object> suggestion(RemedySuccess success) {
    Map<String, Object> shape = remedy(success.remedy());
    shape.put("applied", success.applied());
    shape.put("verified", success.verified());
    shape.put("relapsed", success.relapsed());
    return shape;
  }

  private static Map<String, Object> entry(TimelineEntry entry, Locale locale) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("at", entry.at());
    shape.put("kind", entry.kind().name());
    shape.put("actor", entry.actor());
    shape.put("key", entry.key());
    shape.put("args", entry.args());
    shape.put("text", TimelineTexts.render(locale, entry));
    shape.put("values", entry.values());
    return shape;
  }

  /** A change, as events tell it. */
  public static Map<String, Object> change(TicketChange change) {
    TicketEvent event = change.event();
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", event.id());
    shape.put("device", change.device().device());
    shape.put("type", change.type().word());
    shape.put("state", event.state().name());
    shape.put("urgency", event.urgency().name());
    shape.put("title", event.title());
    shape.put("cause", event.cause());
    shape.put("note", event.note());
    shape.put("at", event.at());
    return shape;
  }

  private Object kpis(Call call) {
    long to = clock.millis();
    Kpis kpis =
        desk.kpis(
            call.tenant(),
            call.number("since", to - KPI_SPAN.toMillis()),
            call.number("until", to + 1));
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("opened", kpis.opened());
    shape.put("proactiveShare", kpis.proactiveShare());
    shape.put("reopenedRate", kpis.reopenedRate());
    kpis.meanToAcknowledge().ifPresent(d -> shape.put("minutesToAcknowledge", minutes(d)));
    kpis.meanToVerify().ifPresent(d -> shape.put("minutesToVerify", minutes(d)));
    shape.put("slaBreaches", kpis.responseBreaches() + kpis.resolutionBreaches());
    shape.put("openByUrgency", kpis.openByUrgency());
    shape.put(
        "days",
        kpis.days().stream()
            .map(
                day ->
                    Map.of(
                        "day", day.day().toString(),
                        "opened", day.opened(),
                        "verified", day.verified(),
                        "reopened", day.reopened(),
                        "closed", day.closed()))
            .toList());
    return shape;
  }

  private static double minutes(Duration duration) {
    return duration.toMillis() / 60_000.0;
  }

  private Object webhooks(Call call) {
    return Map.of("items", webhooks.list(call.tenant()).stream().map(TicketApi::webhook).toList());
  }

  private static Map<String, Object> webhook(Subscription subscription) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", subscription.id());
    shape.put("url", subscription.url().toString());
    shape.put("events", subscription.types().stream().map(ChangeType::word).sorted().toList());
    shape.put("active", subscription.active());
    shape.put("note", subscription.note());
    shape.put("createdAt", subscription.createdAt());
    return shape;
  }

  private Object subscribe(Call call) {
    Set<ChangeType> types = EnumSet.noneOf(ChangeType.class);
    for (JsonNode type : call.body().path("events")) {
      types.add(read(ChangeType.class, type.asText()));
    }
    Subscription.Created created =
        webhooks.subscribe(call.tenant(), call.required("url"), types, TicketEvent.Urgency.LOW);
    Map<String, Object> shape = webhook(created.subscription());
    shape.put("secret", created.secret());
    return new Routes.Reply(201, shape);
  }

  private @Nullable Object unsubscribe(Call call) {
    webhooks.unsubscribe(call.tenant(), call.path("webhook"));
    return null;
  }
}
