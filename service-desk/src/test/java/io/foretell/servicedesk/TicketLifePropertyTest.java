package io.foretell.servicedesk;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Severity;
import io.foretell.proto.TicketEvent.State;
import io.foretell.proto.TicketEvent.Urgency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.sqlite.SQLiteConfig;

/** Random lives of tickets on a real database; each try is a tenant of its own. */
class TicketLifePropertyTest {
  private static final Remedy CAMPAIGN = new Remedy(Remedy.Kind.CAMPAIGN, "c-1", "ECU 1.0.2");
  private static final Remedy PART = new Remedy(Remedy.Kind.PART, "4711", "coil");
  private static final Map<State, Set<State>> LEGAL = legal();

  private static Path dir;
  private static Desk at;
  private static int tenants;

  @BeforeContainer
  static void open() throws IOException {
    dir = Files.createTempDirectory("desk-property");
    at = new Desk(dir.resolve("desk.db"), SQLiteConfig.SynchronousMode.OFF);
  }

  @AfterContainer
  static void remove() throws IOException {
    at.database.close();
    try (var files = Files.list(dir)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(dir);
  }

  /** One thing that happens to a device's cause, some hours after the one before. */
  record Step(int what, int device, int cause, Severity severity, int horizonHours, int hours) {}

  @Provide
  Arbitrary<List<Step>> life() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 13),
            Arbitraries.integers().between(0, 1),
            Arbitraries.integers().between(0, 1),
            Arbitraries.of(Severity.class),
            Arbitraries.integers().between(-1, 1000),
            Arbitraries.frequency(Tuple.of(8, 1), Tuple.of(2, 48), Tuple.of(1, 31 * 24)))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(40);
  }

  @Property(tries = 150)
  void whatever_happens_a_problem_has_one_open_ticket_and_every_step_is_legal(
      @ForAll("life") List<Step> life) {
    Walk walk = new Walk("t" + tenants++);
    for (Step step : life) {
      Map<String, Ticket> before = walk.byId();
      walk.take(step);
      walk.check(before);
    }
  }

  @Property(tries = 60)
  void replay_in_any_batches_gives_the_same_tickets(
      @ForAll("life") List<Step> life, @ForAll long seed) {
    String one = "r" + tenants++;
    String other = "r" + tenants++;
    findings(one, life).forEach(at::take);

    Random random = new Random(seed);
    List<Entry<Finding>> all = findings(other, life);
    int done = 0;
    while (done < all.size()) {
      int from = random.nextInt(done + 1);
      int to = done + 1 + random.nextInt(all.size() - done);
      at.take(all.subList(from, to));
      done = to;
    }

    assertThat(story(other)).isEqualTo(story(one));
  }

  private static List<Entry<Finding>> findings(String tenant, List<Step> life) {
    Findings findings = new Findings(tenant);
    List<Entry<Finding>> all = new ArrayList<>();
    long now = Findings.T0;
    for (Step step : life) {
      now += Duration.ofHours(step.hours()).toMillis();
      all.add(finding(findings, step, now));
    }
    return all;
  }

  private static Entry<Finding> finding(Findings findings, Step step, long now) {
    Finding.Kind kind =
        step.what() < 4
            ? Finding.Kind.CLEARED
            : step.horizonHours() < 0 ? Finding.Kind.ACTIVE_FAULT : Finding.Kind.PREDICTED_FAILURE;
    Finding plain = Findings.of(kind + "-" + step.cause() + "-" + now, kind, cause(step), now);
    Optional<Duration> horizon =
        kind == Finding.Kind.PREDICTED_FAILURE
            ? Optional.of(Duration.ofHours(step.horizonHours()))
            : Optional.empty();
    return findings.entry("d" + step.device(), now, Findings.with(plain, step.severity(), horizon));
  }

  private static String cause(Step step) {
    return "obd:P030" + step.cause();
  }

  /** Tickets and timelines of a tenant, without its name. */
  private static List<String> story(String tenant) {
    return at.tickets(tenant).stream()
        .map(
            t ->
                String.join(
                    " | ",
                    t.id(),
                    t.device().device(),
                    t.cause(),
                    t.title(),
                    t.state().name(),
                    t.assessment().toString(),
                    t.clocks().toString(),
                    t.sightings().toString(),
                    t.reopened() + "/" + t.version(),
                    at.desk.timeline(t.key()).toString(),
                    at.desk.show(t.key()).findings().toString()))
        .toList();
  }

  private static Map<State, Set<State>> legal() {
    Set<State> worked = Set.of(State.IN_PROGRESS, State.VERIFYING, State.VERIFIED, State.CLOSED);
    Map<State, Set<State>> legal = new EnumMap<>(State.class);
    legal.put(State.OPEN, plus(worked, State.ACKNOWLEDGED));
    legal.put(State.REOPENED, plus(worked, State.ACKNOWLEDGED));
    legal.put(State.ACKNOWLEDGED, worked);
    legal.put(State.IN_PROGRESS, worked);
    legal.put(State.VERIFYING, worked);
    legal.put(State.VERIFIED, Set.of(State.CLOSED, State.REOPENED));
    legal.put(State.CLOSED, Set.of(State.REOPENED));
    return legal;
  }

  private static Set<State> plus(Set<State> states, State more) {
    Set<State> all = new HashSet<>(states);
    all.add(more);
    return all;
  }

  /** One tenant's life, and what must hold all along. */
  private static final class Walk {
    private final Findings findings;
    private final String tenant;
    private final Set<String> proved = new HashSet<>();
    private long now = Findings.T0;

    Walk(String tenant) {
      this.tenant = tenant;
      this.findings = new Findings(tenant);
    }

    Map<String, Ticket> byId() {
      Map<String, Ticket> byId = new HashMap<>();
      at.tickets(tenant).forEach(ticket -> byId.put(ticket.id(), ticket));
      return byId;
    }

    void take(Step step) {
      now += Duration.ofHours(step.hours()).toMillis();
      at.now.set(now);
      if (step.what() < 8) {
        Entry<Finding> entry = finding(findings, step, now);
        if (entry.value().kind() == Finding.Kind.CLEARED) {
          proved.add(entry.key() + entry.value().cause());
        }
        at.take(entry);
      } else if (step.what() < 10) {
        Remedy remedy = step.horizonHours() % 2 == 0 ? CAMPAIGN : PART;
        var device = findings.device("d" + step.device());
        if (step.what() == 8) {
          at.desk.remedyStarted(device, "obd:P03*", remedy, "campaign:c-1");
        } else {
          at.desk.remedyApplied(device, cause(step), remedy, "campaign:c-1");
        }
      } else {
        at.tickets(tenant).stream()
            .skip(step.device())
            .findFirst()
            .ifPresent(ticket -> act(ticket, step));
      }
    }

    private void act(Ticket ticket, Step step) {
      List<TicketAction> actions =
          List.of(
              new TicketAction.Acknowledge("ann"),
              new TicketAction.Assign("ann", "bob"),
              new TicketAction.Start("bob"),
              new TicketAction.Close("ann"),
              new TicketAction.ForceClose("ann", "scrapped"),
              new TicketAction.Reopen("ann", "not settled"),
              new TicketAction.Comment("ann", "hm"));
      TicketAction action = actions.get((step.horizonHours() + 1) % actions.size());
      boolean allowed = TicketRules.allowed(ticket.state()).contains(action.verb());
      try {
        at.desk.act(ticket.key(), action, OptionalLong.of(ticket.version()));
        assertThat(allowed).as("%s in %s", action, ticket.state()).isTrue();
      } catch (InvalidInputException e) {
        assertThat(e.reason()).isEqualTo(ReasonCode.CONFLICT);
        boolean superseded = action.verb() == Verb.REOPEN && e.detail().contains("already open");
        assertThat(allowed).as("%s in %s", action, ticket.state()).isEqualTo(superseded);
        assertThat(at.desk.find(ticket.key())).contains(ticket);
      }
    }

    void check(Map<String, Ticket> before) {
      List<Ticket> tickets = at.tickets(tenant);
      Map<String, Long> open =
          tickets.stream()
              .filter(Ticket::open)
              .collect(Collectors.groupingBy(t -> t.device() + t.cause(), Collectors.counting()));
      assertThat(open.values()).allMatch(many -> many == 1);
      for (Ticket ticket : tickets) {
        checkStep(Optional.ofNullable(before.get(ticket.id())), ticket);
        checkTicket(ticket);
      }
      assertThat(tickets).extracting(Ticket::id).containsAll(before.keySet());
    }

    private void checkStep(Optional<Ticket> before, Ticket now) {
      if (before.isEmpty()) {
        assertThat(now.state()).isEqualTo(State.OPEN);
        return;
      }
      State from = before.get().state();
      if (from != now.state()) {
        assertThat(LEGAL.get(from)).as("%s to %s", from, now.state()).contains(now.state());
      }
      assertThat(now.version() - before.get().version()).isBetween(0L, 1L);
      assertThat(now.reopened() - before.get().reopened())
          .isEqualTo(from != State.REOPENED && now.state() == State.REOPENED ? 1 : 0);
      assertThat(now.urgency()).isGreaterThanOrEqualTo(before.get().urgency());
    }

    private void checkTicket(Ticket ticket) {
      if (ticket.state() == State.VERIFIED) {
        assertThat(proved).contains(ticket.device() + ticket.cause());
        assertThat(ticket.clocks().verifiedAt()).isPresent();
        assertThat(ticket.sightings().cleared()).isPresent();
      }
      assertThat(ticket.open()).isEqualTo(ticket.clocks().endedAt().isEmpty());
      assertThat(ticket.clocks().dueAt() == Clocks.NEVER).isEqualTo(!ticket.open());
      assertThat(ticket.urgency()).isBetween(Urgency.LOW, Urgency.EMERGENCY);
    }
  }
}
