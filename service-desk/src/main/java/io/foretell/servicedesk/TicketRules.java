package io.foretell.servicedesk;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Finding;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Severity;
import io.foretell.proto.TicketEvent.State;
import io.foretell.proto.TicketEvent.Urgency;
import io.foretell.servicedesk.TicketAction.Acknowledge;
import io.foretell.servicedesk.TicketAction.Assign;
import io.foretell.servicedesk.TicketAction.Cleared;
import io.foretell.servicedesk.TicketAction.Close;
import io.foretell.servicedesk.TicketAction.Comment;
import io.foretell.servicedesk.TicketAction.ForceClose;
import io.foretell.servicedesk.TicketAction.RemedyApplied;
import io.foretell.servicedesk.TicketAction.RemedyStarted;
import io.foretell.servicedesk.TicketAction.Reopen;
import io.foretell.servicedesk.TicketAction.Seen;
import io.foretell.servicedesk.TicketAction.Start;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The life of a ticket, as a pure function: (ticket, what happens, when) gives what it then is.
 *
 * <pre>
 *             OPEN  ACKNOWLEDGED  IN_PROGRESS  VERIFYING  REOPENED  VERIFIED  CLOSED
 * see          ✓         ✓            ✓            ✓          ✓      → REOPENED, within the relapse window
 * clear        → VERIFIED, from each of the five                      note     note
 * acknowledge  → A                                            → A
 * assign       ✓         ✓            ✓            ✓          ✓
 * start        → I       → I                       → I        → I
 * start-remedy → I, from each of the five
 * apply-remedy → V, from each of the five                             note, where it was under way
 * close                                                               → CLOSED
 * force-close  → CLOSED, from each of the five
 * reopen                                                              → REOPENED    → REOPENED
 * comment      ✓         ✓            ✓            ✓          ✓         ✓         ✓
 * </pre>
 *
 * So nobody but the device makes a ticket VERIFIED, and a person who closes one without that proof
 * must say why.
 */
public final class TicketRules {
  private static final Set<State> OPEN =
      Set.of(State.OPEN, State.ACKNOWLEDGED, State.IN_PROGRESS, State.VERIFYING, State.REOPENED);
  private static final Set<State> ENDED = Set.of(State.VERIFIED, State.CLOSED);
  private static final Map<Verb, Set<State>> FROM =
      Map.ofEntries(
          Map.entry(Verb.SEE, EnumSet.allOf(State.class)),
          Map.entry(Verb.CLEAR, EnumSet.allOf(State.class)),
          Map.entry(Verb.ACKNOWLEDGE, Set.of(State.OPEN, State.REOPENED)),
          Map.entry(Verb.ASSIGN, OPEN),
          Map.entry(
              Verb.START, Set.of(State.OPEN, State.ACKNOWLEDGED, State.VERIFYING, State.REOPENED)),
          Map.entry(Verb.START_REMEDY, OPEN),
          Map.entry(Verb.APPLY_REMEDY, EnumSet.complementOf(EnumSet.of(State.CLOSED))),
          Map.entry(Verb.CLOSE, Set.of(State.VERIFIED)),
          Map.entry(Verb.FORCE_CLOSE, OPEN),
          Map.entry(Verb.REOPEN, ENDED),
          Map.entry(Verb.COMMENT, EnumSet.allOf(State.class)));

  private final DeskConfig config;
  private final Narration narration = new Narration();

  /** Rules that judge by a configuration. */
  public TicketRules(DeskConfig config) {
    this.config = config;
  }

  /** What people and campaigns may do to a ticket in a state. */
  public static Set<Verb> allowed(State state) {
    return FROM.entrySet().stream()
        .filter(e -> e.getValue().contains(state))
        .map(Map.Entry::getKey)
        .filter(verb -> verb != Verb.SEE && verb != Verb.CLEAR)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Verb.class)));
  }

  /** Whether a finding that asserts the problem belongs to this ticket; otherwise to a new one. */
  public boolean belongs(Ticket ticket, Finding finding, long at) {
    if (ticket.open() || stale(ticket, finding)) {
      return true;
    }
    long ended = ticket.clocks().endedAt().orElse(ticket.openedAt());
    return at - ended <= config.relapse().toMillis();
  }

  /**
   * A ticket for a problem that has none.
   *
   * @param finding not CLEARED
   * @param exposure other devices of the tenant with the same cause open
   * @param known what is known to help, best first
   */
  public Decision open(
      String id,
      DeviceId device,
      Finding finding,
      int exposure,
      List<RemedySuccess> known,
      long at) {
    Assessment assessment = assess(finding, exposure);
    Ticket ticket =
        new Ticket(
            id,
            device,
            finding.cause(),
            finding.title(),
            State.OPEN,
            finding.kind(),
            assessment,
            config.sla().start(assessment.urgency(), at),
            new Sightings(finding.since(), finding.at(), OptionalLong.empty(), 1),
            at,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            0,
            1);
    Steps steps = new Steps(ticket, at).entry(narration.opened(at, finding, exposure));
    known.stream()
        .filter(success -> success.held() > 0)
        .findFirst()
        .ifPresent(best -> steps.entry(narration.suggested(at, best)));
    return steps.decide(ChangeType.OPENED);
  }

  /**
   * What follows where something happens to a ticket.
   *
   * @param at ms since 1970, by the server's clock
   * @throws InvalidInputException with CONFLICT where its state does not allow that; the text says
   *     what it does allow
   */
  public Decision apply(Ticket ticket, TicketAction action, long at) {
    refuseUnlessAllowed(ticket, action.verb());
    Steps steps = new Steps(ticket, at);
    if (action instanceof Seen seen) {
      return seen(steps, seen);
    } else if (action instanceof Cleared cleared) {
      return cleared(steps, cleared.finding());
    } else if (action instanceof RemedyStarted started) {
      return remedyStarted(steps, started);
    } else if (action instanceof RemedyApplied applied) {
      return remedyApplied(steps, applied);
    } else if (action instanceof Start start) {
      return started(steps, start);
    }
    return byPerson(steps, action);
  }

  private Decision byPerson(Steps steps, TicketAction action) {
    Ticket ticket = steps.ticket;
    long at = steps.at;
    if (action instanceof Acknowledge acknowledge) {
      steps.ticket = ticket.takenOn(acknowledge.by(), at).in(State.ACKNOWLEDGED);
      return steps.entry(narration.acknowledged(at, acknowledge)).decide(ChangeType.ACKNOWLEDGED);
    } else if (action instanceof Assign assign) {
      steps.ticket = ticket.ownedBy(assign.owner());
      return steps.entry(narration.assigned(at, assign)).decide(ChangeType.ASSIGNED);
    } else if (action instanceof Close close) {
      steps.ticket = ticket.with(ticket.clocks().closed(at)).in(State.CLOSED);
      return steps.entry(narration.closed(at, close)).decide(ChangeType.CLOSED);
    } else if (action instanceof ForceClose close) {
      steps.ticket = ticket.with(ticket.clocks().closed(at)).in(State.CLOSED);
      return steps.entry(narration.closedWithoutProof(at, close)).decide(ChangeType.CLOSED);
    } else if (action instanceof Reopen reopen) {
      nextRound(steps);
      return steps.entry(narration.reopened(at, reopen)).decide(ChangeType.REOPENED);
    } else if (action instanceof Comment comment) {
      return steps.entry(narration.comment(at, comment)).decide(ChangeType.COMMENTED);
    }
    throw new IllegalArgumentException("no rule for " + action);
  }

  private Decision seen(Steps steps, Seen seen) {
    Ticket ticket = steps.ticket;
    Finding finding = seen.finding();
    if (stale(ticket, finding)) {
      return steps.entry(narration.staleSighting(steps.at, finding)).decide(ChangeType.NOTED);
    }
    boolean relapse = !ticket.open();
    Assessment before = ticket.assessment();
    Assessment after = worse(before, assess(finding, seen.exposure()));
    Ticket now = ticket.with(after).with(ticket.sightings().seen(finding.at(), finding.since()));
    if (after.severity() != before.severity()) {
      now = now.titled(finding.title());
    }
    steps.ticket = now;
    if (relapse) {
      long ended = ticket.clocks().endedAt().orElse(steps.at);
      nextRound(steps);
      steps.entry(narration.relapsed(steps.at, finding, Duration.ofMillis(steps.at - ended)));
      return steps.decide(ChangeType.REOPENED);
    }
    steps.entry(narration.seenAgain(steps.at, ticket, finding));
    if (after.urgency() == before.urgency()) {
      return steps.decide(ChangeType.NOTED);
    }
    steps.ticket = now.with(config.sla().raise(now.clocks(), after.urgency(), steps.at));
    return steps
        .entry(narration.raised(steps.at, before.urgency(), after.urgency()))
        .decide(ChangeType.RAISED);
  }

  private Decision cleared(Steps steps, Finding finding) {
    Ticket ticket = steps.ticket;
    if (finding.at() < ticket.sightings().last()) {
      return steps.entry(narration.staleProof(steps.at, finding)).decide(ChangeType.NOTED);
    }
    steps.ticket = ticket.with(ticket.sightings().gone(finding.at()));
    if (!ticket.open()) {
      return steps.entry(narration.lateProof(steps.at, finding)).decide(ChangeType.NOTED);
    }
    boolean remedied = ticket.state() == State.VERIFYING;
    if (remedied) {
      steps.remedies.add(RemedyEffect.VERIFIED);
    }
    steps.ticket = steps.ticket.with(ticket.clocks().verified(steps.at)).in(State.VERIFIED);
    return steps
        .entry(narration.verified(steps.at, finding, remedied ? ticket.remedy() : Optional.empty()))
        .decide(ChangeType.VERIFIED);
  }

  private Decision started(Steps steps, Start start) {
    if (steps.ticket.state() == State.VERIFYING) {
      steps.remedies.add(RemedyEffect.FAILED);
    }
    steps.ticket = steps.ticket.takenOn(start.by(), steps.at).in(State.IN_PROGRESS);
    return steps.entry(narration.started(steps.at, start)).decide(ChangeType.STARTED);
  }

  private Decision remedyStarted(Steps steps, RemedyStarted started) {
    Ticket ticket = steps.ticket;
    boolean same = ticket.remedy().filter(started.remedy()::same).isPresent();
    boolean underWay = ticket.state() == State.IN_PROGRESS && !ticket.remedyApplied();
    if (same && (underWay || ticket.state() == State.VERIFYING)) {
      return steps.nothing();
    }
    if (ticket.state() == State.VERIFYING) {
      steps.remedies.add(RemedyEffect.FAILED);
    }
    steps.ticket =
        ticket.takenOn(started.by(), steps.at).with(started.remedy(), false).in(State.IN_PROGRESS);
    return steps.entry(narration.remedyStarted(steps.at, started)).decide(ChangeType.STARTED);
  }

  private Decision remedyApplied(Steps steps, RemedyApplied applied) {
    Ticket ticket = steps.ticket;
    boolean same = ticket.remedy().filter(applied.remedy()::same).isPresent();
    if (ticket.state() == State.VERIFIED) {
      return same && !ticket.remedyApplied() ? appliedBeforeProof(steps, applied) : steps.nothing();
    }
    if (ticket.state() == State.VERIFYING) {
      if (same) {
        return steps.nothing();
      }
      steps.remedies.add(RemedyEffect.FAILED);
    }
    steps.remedies.add(RemedyEffect.APPLIED);
    steps.ticket =
        ticket.takenOn(applied.by(), steps.at).with(applied.remedy(), true).in(State.VERIFYING);
    return steps.entry(narration.remedyApplied(steps.at, applied)).decide(ChangeType.VERIFYING);
  }

  private Decision appliedBeforeProof(Steps steps, RemedyApplied applied) {
    steps.remedies.add(RemedyEffect.APPLIED_BEFORE_PROOF);
    steps.ticket = steps.ticket.with(applied.remedy(), true);
    return steps
        .entry(narration.remedyAppliedBeforeProof(steps.at, applied))
        .decide(ChangeType.NOTED);
  }

  private void nextRound(Steps steps) {
    if (steps.ticket.clocks().verifiedAt().isPresent()) {
      steps.remedies.add(RemedyEffect.RELAPSED);
    } else {
      steps.remedies.add(RemedyEffect.FAILED);
    }
    steps.ticket = steps.ticket.nextRound(config.sla().start(steps.ticket.urgency(), steps.at));
  }

  /** It tells of a time before the proof that the device has given since. */
  private static boolean stale(Ticket ticket, Finding finding) {
    OptionalLong cleared = ticket.sightings().cleared();
    return !ticket.open() && cleared.isPresent() && finding.at() < cleared.getAsLong();
  }

  private Assessment assess(Finding finding, int exposure) {
    return new Assessment(
        finding.severity(),
        config.urgency().of(finding.severity(), finding.horizon(), exposure),
        finding.confidence(),
        finding.horizon(),
        exposure);
  }

  private static Assessment worse(Assessment before, Assessment now) {
    Severity severity =
        now.severity().compareTo(before.severity()) > 0 ? now.severity() : before.severity();
    Urgency urgency =
        now.urgency().compareTo(before.urgency()) > 0 ? now.urgency() : before.urgency();
    return new Assessment(severity, urgency, now.confidence(), now.horizon(), now.exposure());
  }

  private static void refuseUnlessAllowed(Ticket ticket, Verb verb) {
    Set<State> from = FROM.getOrDefault(verb, Set.of());
    if (from.contains(ticket.state())) {
      return;
    }
    String possible =
        allowed(ticket.state()).stream().map(Verb::word).collect(Collectors.joining(", "));
    throw new InvalidInputException(
        ReasonCode.CONFLICT,
        ticket.id()
            + " is "
            + ticket.state()
            + ", which does not allow "
            + verb.word()
            + "; allowed: "
            + possible);
  }

  /** What has been decided so far. */
  private static final class Steps {
    private final long at;
    private final List<TimelineEntry> entries = new ArrayList<>();
    private final List<RemedyEffect> remedies = new ArrayList<>();
    private Ticket ticket;

    Steps(Ticket ticket, long at) {
      this.ticket = ticket;
      this.at = at;
    }

    Steps entry(TimelineEntry entry) {
      entries.add(entry);
      return this;
    }

    Decision decide(ChangeType type) {
      return new Decision(ticket, entries, type, remedies);
    }

    Decision nothing() {
      return new Decision(ticket, List.of(), ChangeType.NOTED, List.of());
    }
  }
}
