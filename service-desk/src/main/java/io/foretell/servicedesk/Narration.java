package io.foretell.servicedesk;

import io.foretell.proto.Finding;
import io.foretell.proto.TicketEvent.State;
import io.foretell.proto.TicketEvent.Urgency;
import io.foretell.servicedesk.TicketAction.Acknowledge;
import io.foretell.servicedesk.TicketAction.Assign;
import io.foretell.servicedesk.TicketAction.Close;
import io.foretell.servicedesk.TicketAction.Comment;
import io.foretell.servicedesk.TicketAction.ForceClose;
import io.foretell.servicedesk.TicketAction.RemedyApplied;
import io.foretell.servicedesk.TicketAction.RemedyStarted;
import io.foretell.servicedesk.TicketAction.Reopen;
import io.foretell.servicedesk.TicketAction.Start;
import io.foretell.servicedesk.TimelineEntry.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Puts what happens to a ticket into the words of its timeline. */
final class Narration {
  private static final String DIAGNOSTICS = "diagnostics";
  private static final String DEVICE = "device";
  private static final String DESK = "desk";
  private static final double MILLIS_PER_HOUR = 3_600_000.0;

  TimelineEntry opened(long at, Finding finding, int exposure) {
    String key = finding.horizon().isPresent() ? "opened.predicted" : "opened";
    Map<String, Double> values = figures(finding);
    values.put("exposure", (double) exposure);
    return TimelineEntry.of(at, Kind.OPENED, DIAGNOSTICS, key, facts(finding), values);
  }

  TimelineEntry seenAgain(long at, Ticket before, Finding finding) {
    boolean remedied = before.state() == State.VERIFYING;
    String key = remedied ? "finding.remedied" : "finding.again";
    return TimelineEntry.of(at, Kind.FINDING, DIAGNOSTICS, key, facts(finding), figures(finding));
  }

  TimelineEntry staleSighting(long at, Finding finding) {
    return TimelineEntry.of(
        at, Kind.NOTE, DIAGNOSTICS, "finding.stale", facts(finding), figures(finding));
  }

  TimelineEntry raised(long at, Urgency from, Urgency to) {
    Map<String, String> args = Map.of("from", from.name(), "to", to.name());
    return TimelineEntry.of(at, Kind.URGENCY, DESK, "urgency.raised", args, Map.of());
  }

  TimelineEntry suggested(long at, RemedySuccess best) {
    Map<String, String> args =
        Map.of(
            "remedy", best.remedy().text(),
            "ref", best.remedy().ref(),
            "held", Long.toString(best.held()),
            "decided", Long.toString(best.decided()));
    Map<String, Double> values =
        Map.of(
            "remedy.held", (double) best.held(),
            "remedy.decided", (double) best.decided(),
            "remedy.score", best.score());
    return TimelineEntry.of(at, Kind.SUGGESTED, DESK, "remedy.suggested", args, values);
  }

  TimelineEntry acknowledged(long at, Acknowledge action) {
    return person(at, Kind.ACKNOWLEDGED, action.by(), "acknowledged", Map.of());
  }

  TimelineEntry assigned(long at, Assign action) {
    return person(at, Kind.ASSIGNED, action.by(), "assigned", Map.of("owner", action.owner()));
  }

  TimelineEntry started(long at, Start action) {
    return person(at, Kind.STARTED, action.by(), "started", Map.of());
  }

  TimelineEntry remedyStarted(long at, RemedyStarted action) {
    return remedy(at, Kind.REMEDY_STARTED, action.by(), "remedy.started", action.remedy());
  }

  TimelineEntry remedyApplied(long at, RemedyApplied action) {
    return remedy(at, Kind.REMEDY_APPLIED, action.by(), "remedy.applied", action.remedy());
  }

  TimelineEntry remedyAppliedBeforeProof(long at, RemedyApplied action) {
    return remedy(at, Kind.REMEDY_APPLIED, action.by(), "remedy.earlier", action.remedy());
  }

  TimelineEntry verified(long at, Finding proof, Optional<Remedy> by) {
    Map<String, String> args = facts(proof);
    by.ifPresent(remedy -> args.put("remedy", remedy.text()));
    String key = by.isPresent() ? "verified.remedy" : "verified.self";
    return TimelineEntry.of(at, Kind.VERIFIED, DEVICE, key, args, figures(proof));
  }

  TimelineEntry lateProof(long at, Finding proof) {
    return TimelineEntry.of(at, Kind.NOTE, DEVICE, "proof.late", facts(proof), figures(proof));
  }

  TimelineEntry staleProof(long at, Finding proof) {
    return TimelineEntry.of(at, Kind.NOTE, DEVICE, "proof.stale", facts(proof), figures(proof));
  }

  TimelineEntry closed(long at, Close action) {
    return person(at, Kind.CLOSED, action.by(), "closed", Map.of());
  }

  TimelineEntry closedWithoutProof(long at, ForceClose action) {
    return person(
        at, Kind.CLOSED, action.by(), "closed.unproven", Map.of("reason", action.reason()));
  }

  TimelineEntry relapsed(long at, Finding finding, Duration after) {
    Map<String, String> args = facts(finding);
    args.put("after", after.toString());
    return TimelineEntry.of(
        at, Kind.REOPENED, DIAGNOSTICS, "reopened.relapse", args, figures(finding));
  }

  TimelineEntry reopened(long at, Reopen action) {
    return person(
        at, Kind.REOPENED, action.by(), "reopened.person", Map.of("reason", action.reason()));
  }

  TimelineEntry comment(long at, Comment action) {
    return person(at, Kind.COMMENT, action.by(), "comment", Map.of("text", action.text()));
  }

  private static TimelineEntry person(
      long at, Kind kind, String by, String key, Map<String, String> more) {
    Map<String, String> args = new HashMap<>(more);
    args.put("by", by);
    return TimelineEntry.of(at, kind, by, key, args, Map.of());
  }

  private static TimelineEntry remedy(long at, Kind kind, String by, String key, Remedy remedy) {
    Map<String, String> args = Map.of("remedy", remedy.text(), "ref", remedy.ref(), "by", by);
    return TimelineEntry.of(at, kind, by, key, args, Map.of());
  }

  private static Map<String, String> facts(Finding finding) {
    Map<String, String> args = new HashMap<>();
    args.put("title", finding.title());
    args.put("finding", finding.id());
    args.put("model", finding.model());
    args.put("severity", finding.severity().name());
    args.put("percent", Long.toString(Math.round(finding.confidence() * 100)));
    finding.horizon().ifPresent(horizon -> args.put("horizon", horizon.toString()));
    return args;
  }

  private static Map<String, Double> figures(Finding finding) {
    Map<String, Double> values = new HashMap<>();
    values.put("confidence", finding.confidence());
    values.put("occurrences", (double) finding.occurrences());
    finding
        .horizon()
        .ifPresent(horizon -> values.put("horizon.hours", horizon.toMillis() / MILLIS_PER_HOUR));
    return values;
  }
}
