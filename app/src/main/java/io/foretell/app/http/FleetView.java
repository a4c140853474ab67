package io.foretell.app.http;

import io.foretell.diagnostics.DiagnosisState;
import io.foretell.diagnostics.Outlook;
import io.foretell.diagnostics.episodes.Episode;
import io.foretell.gateway.Presence;
import io.foretell.proto.Device;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Directory;
import io.foretell.proto.Severity;
import io.foretell.proto.TicketEvent;
import io.foretell.servicedesk.Ticket;
import io.foretell.servicedesk.TicketDesk;
import io.foretell.servicedesk.TicketPage;
import io.foretell.servicedesk.TicketQuery;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Every device of a tenant with how it is, worst first. Made anew at most once a second, whoever
 * asks: it walks through all states.
 */
final class FleetView {
  private static final long FRESH_MILLIS = 1_000;
  private static final int PAGE = 1_000;

  private final Directory directory;
  private final Presence presence;
  private final DeviceStates states;
  private final TicketDesk desk;
  private final InstantSource clock;
  private final Map<String, Snapshot> snapshots = new ConcurrentHashMap<>();

  FleetView(
      Directory directory,
      Presence presence,
      DeviceStates states,
      TicketDesk desk,
      InstantSource clock) {
    this.directory = directory;
    this.presence = presence;
    this.states = states;
    this.desk = desk;
    this.clock = clock;
  }

  /** How a device is, from worst. */
  enum Health {
    critical,
    warning,
    watch,
    good,
    unknown
  }

  /**
   * One device.
   *
   * @param score 0 worst to 100
   * @param lastSeen ms since 1970; 0 where never
   */
  record Row(
      Device device,
      Health health,
      int score,
      boolean online,
      long lastSeen,
      List<Episode> faults,
      int tickets,
      Optional<Outlook.RemainingLife> life) {}

  /** A tenant's devices at a moment. */
  record Snapshot(long at, List<Row> rows, Map<String, Integer> openTickets) {}

  Snapshot of(String tenant) {
    long now = clock.millis();
    Snapshot known = snapshots.get(tenant);
    if (known != null && now - known.at() < FRESH_MILLIS) {
      return known;
    }
    Snapshot made = make(tenant, now);
    if (!made.rows().isEmpty()) {
      snapshots.put(tenant, made);
    }
    return made;
  }

  /** One device as it is now, also one that was registered a moment ago. */
  Row of(Device device) {
    TicketQuery query = open(device.id().tenant(), device.id().device());
    int tickets = (int) desk.count(query);
    DeviceStates.@Nullable Known known =
        states.stream(device.id())
            .flatMap(
                stream ->
                    states
                        .diagnosis(device.id())
                        .map(diagnosis -> new DeviceStates.Known(stream, diagnosis)))
            .orElse(null);
    return row(device, known, Map.of(device.id().device(), tickets));
  }

  private static TicketQuery open(String tenant, String device) {
    return new TicketQuery(
        tenant,
        EnumSet.complementOf(EnumSet.of(TicketEvent.State.VERIFIED, TicketEvent.State.CLOSED)),
        EnumSet.noneOf(TicketEvent.Urgency.class),
        device,
        "",
        "",
        TicketQuery.Order.NEWEST,
        Optional.empty(),
        PAGE);
  }

  private Snapshot make(String tenant, long now) {
    Map<DeviceId, DeviceStates.Known> known = new HashMap<>();
    states.each(
        (device, state) -> {
          if (device.tenant().equals(tenant)) {
            known.put(device, state);
          }
        });
    Map<String, Integer> tickets = new HashMap<>();
    Map<String, Integer> urgencies = new HashMap<>();
    openTickets(tenant, tickets, urgencies);
    List<Row> rows = new ArrayList<>();
    String after = "";
    List<Device> page = directory.list(tenant, after, PAGE);
    while (!page.isEmpty()) {
      for (Device device : page) {
        rows.add(row(device, known.get(device.id()), tickets));
      }
      after = page.get(page.size() - 1).id().device();
      page = page.size() < PAGE ? List.of() : directory.list(tenant, after, PAGE);
    }
    rows.sort(
        Comparator.comparing(Row::health)
            .thenComparing(Row::score)
            .thenComparing(row -> row.device().id()));
    return new Snapshot(now, List.copyOf(rows), Map.copyOf(urgencies));
  }

  private void openTickets(
      String tenant, Map<String, Integer> byDevice, Map<String, Integer> byUrgency) {
    TicketQuery query = open(tenant, "");
    Optional<String> next;
    do {
      TicketPage page = desk.list(query);
      for (Ticket ticket : page.tickets()) {
        byDevice.merge(ticket.device().device(), 1, Integer::sum);
        byUrgency.merge(ticket.urgency().name(), 1, Integer::sum);
      }
      next = page.next();
      query = next.isPresent() ? query.after(next.get()) : query;
    } while (next.isPresent());
  }

  private Row row(Device device, DeviceStates.@Nullable Known known, Map<String, Integer> tickets) {
    Optional<Presence.Status> status = presence.of(device.id());
    long lastSeen = status.map(Presence.Status::lastSeen).orElse(0L);
    if (known != null) {
      lastSeen = Math.max(lastSeen, known.stream().lastReceivedAt());
    }
    List<Episode> faults = known == null ? List.of() : List.copyOf(known.diagnosis().episodes());
    Optional<Outlook.RemainingLife> life =
        known == null ? Optional.empty() : life(known.diagnosis());
    Health health = lastSeen == 0 ? Health.unknown : health(faults, life);
    return new Row(
        device,
        health,
        score(faults, life),
        status.map(Presence.Status::online).orElse(false),
        lastSeen,
        faults,
        tickets.getOrDefault(device.id().device(), 0),
        life);
  }

  /** The remaining life that is shortest, where there is a prediction. */
  static Optional<Outlook.RemainingLife> life(DiagnosisState state) {
    return state.outlooks().stream()
        .filter(Outlook.RemainingLife.class::isInstance)
        .map(Outlook.RemainingLife.class::cast)
        .min(Comparator.comparingDouble(life -> life.latest().rul()));
  }

  private static Health health(List<Episode> faults, Optional<Outlook.RemainingLife> life) {
    Severity worst =
        faults.stream()
            .filter(f -> f.phase() == Episode.Phase.ACTIVE)
            .map(Episode::severity)
            .max(Comparator.naturalOrder())
            .orElse(Severity.INFO);
    if (worst == Severity.CRITICAL) {
      return Health.critical;
    }
    if (worst == Severity.MAJOR || life.map(Outlook.RemainingLife::alarmed).orElse(false)) {
      return Health.warning;
    }
    return faults.isEmpty() ? Health.good : Health.watch;
  }

  /** 100 less what open faults and a short life take off. */
  private static int score(List<Episode> faults, Optional<Outlook.RemainingLife> life) {
    int score = 100;
    for (Episode fault : faults) {
      int weight =
          switch (fault.severity()) {
            case INFO -> 2;
            case MINOR -> 8;
            case MAJOR -> 25;
            case CRITICAL -> 60;
          };
      score -= fault.phase() == Episode.Phase.ACTIVE ? weight : weight / 3;
    }
    if (life.isPresent() && life.get().alarmed()) {
      score -= (int) Math.max(10, 50 - life.get().latest().rul());
    }
    return Math.max(0, score);
  }
}
