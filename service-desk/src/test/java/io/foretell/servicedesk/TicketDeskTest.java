package io.foretell.servicedesk;

import static io.foretell.servicedesk.Findings.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Position;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Severity;
import io.foretell.proto.TicketEvent.State;
import io.foretell.proto.TicketEvent.Urgency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TicketDeskTest {
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final Remedy FIX = new Remedy(Remedy.Kind.CAMPAIGN, "campaign:c-1", "ECU 1.0.2");

  @TempDir Path dir;

  private final Findings findings = new Findings(Desk.TENANT);
  private Desk at;

  Desk desk(Path file) {
    return new Desk(file);
  }

  @BeforeEach
  void open() {
    at = desk(dir.resolve("desk.db"));
  }

  @Test
  void finding_of_a_new_problem_opens_a_ticket_with_its_evidence() {
    at.take(findings.predicted("truck-7", "rul:engine", T0, Duration.ofHours(36)));

    TicketDetails details = at.desk.show(Desk.key("T-000001"));

    assertThat(details.ticket().state()).isEqualTo(State.OPEN);
    assertThat(details.ticket().urgency()).isEqualTo(Urgency.MEDIUM);
    assertThat(details.ticket().proactive()).isTrue();
    assertThat(details.findings()).hasSize(1);
    assertThat(details.findings().get(0).evidence().get(0).values())
        .containsEntry("engine.coolant", 104.5);
    assertThat(details.timeline().get(0).text())
        .isEqualTo(
            "Opened ahead of the failure: Title of rul:engine, expected in 36 h (major, 90 % sure)");
    assertThat(at.changes).extracting(TicketChange::type).containsExactly(ChangeType.OPENED);
  }

  @Test
  void same_finding_sent_again_changes_nothing() {
    Entry<Finding> entry = findings.fault("truck-7", "obd:P0301", T0);
    Entry<Finding> derivedAgain =
        new Entry<>(new Position("findings", 3, 99), 0, entry.key(), T0 + 5, entry.value());

    at.take(entry, entry);
    at.take(entry);
    at.take(derivedAgain);

    assertThat(at.only().version()).isEqualTo(1);
    assertThat(at.desk.show(at.only().key()).findings()).hasSize(1);
    assertThat(at.changes).hasSize(1);
  }

  @Test
  void same_place_with_another_id_for_the_same_assertion_changes_nothing() {
    Entry<Finding> entry = findings.fault("truck-7", "obd:P0301", T0);
    Finding renamed = Findings.of("another-id", Finding.Kind.ACTIVE_FAULT, "obd:P0301", T0);

    at.take(entry);
    at.take(new Entry<>(entry.position(), entry.ordinal(), entry.key(), T0, renamed));

    assertThat(at.only().version()).isEqualTo(1);
  }

  @Test
  void lane_that_began_anew_still_gets_its_findings_taken() {
    Entry<Finding> old = findings.fault("truck-7", "obd:P0301", T0);
    at.take(old);

    Finding other = Findings.of("f-new", Finding.Kind.ACTIVE_FAULT, "obd:P0420", T0 + HOUR);
    at.take(new Entry<>(old.position(), old.ordinal(), old.key(), T0 + HOUR, other));

    assertThat(at.tickets(Desk.TENANT)).hasSize(2);
  }

  @Test
  void worse_finding_on_an_open_ticket_raises_its_urgency_and_shortens_its_clock() {
    at.take(findings.predicted("truck-7", "rul:engine", T0, Duration.ofDays(20)));
    Ticket before = at.only();
    at.take(findings.severe("truck-7", "rul:engine", T0 + HOUR, Severity.CRITICAL));

    Ticket after = at.only();
    assertThat(before.urgency()).isEqualTo(Urgency.MEDIUM);
    assertThat(after.urgency()).isEqualTo(Urgency.EMERGENCY);
    assertThat(after.clocks().resolveBy()).isEqualTo(T0 + HOUR + 4 * HOUR);
    assertThat(at.keys(after))
        .containsExactly("opened.predicted", "finding.again", "urgency.raised");
  }

  @Test
  void milder_finding_on_an_open_ticket_leaves_its_urgency() {
    at.take(findings.severe("truck-7", "obd:P0301", T0, Severity.CRITICAL));
    at.take(findings.severe("truck-7", "obd:P0301", T0 + HOUR, Severity.MINOR));

    assertThat(at.only().urgency()).isEqualTo(Urgency.EMERGENCY);
    assertThat(at.only().assessment().severity()).isEqualTo(Severity.CRITICAL);
  }

  @Test
  void cause_on_many_devices_makes_the_next_ticket_more_urgent() {
    for (int i = 0; i < 6; i++) {
      at.take(findings.severe("truck-" + i, "obd:P0301", T0 + i, Severity.MINOR));
    }

    List<Ticket> newestFirst = at.tickets(Desk.TENANT);
    assertThat(newestFirst.get(0).urgency()).isEqualTo(Urgency.HIGH);
    assertThat(newestFirst.get(0).assessment().exposure()).isEqualTo(5);
    assertThat(newestFirst.get(1).urgency()).isEqualTo(Urgency.MEDIUM);
  }

  @Test
  void cleared_finding_verifies_from_any_open_state_and_says_that_it_healed_itself() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    at.take(findings.cleared("truck-7", "obd:P0301", T0 + HOUR));

    assertThat(at.only().state()).isEqualTo(State.VERIFIED);
    assertThat(at.keys(at.only())).containsExactly("opened", "verified.self");
    assertThat(at.only().clocks().dueAt()).isEqualTo(Clocks.NEVER);
  }

  @Test
  void cleared_finding_without_a_ticket_is_taken_and_opens_none() {
    at.take(findings.cleared("truck-7", "obd:P0301", T0));

    assertThat(at.tickets(Desk.TENANT)).isEmpty();
  }

  @Test
  void proof_older_than_the_last_sighting_does_not_verify() {
    at.take(findings.fault("truck-7", "obd:P0301", T0 + HOUR));
    at.take(findings.cleared("truck-7", "obd:P0301", T0));

    assertThat(at.only().state()).isEqualTo(State.OPEN);
    assertThat(at.keys(at.only())).containsExactly("opened", "proof.stale");
  }

  @Test
  void sighting_older_than_the_proof_does_not_reopen() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    at.take(findings.cleared("truck-7", "obd:P0301", T0 + 2 * HOUR));
    Finding late = Findings.of("late", Finding.Kind.ACTIVE_FAULT, "obd:P0301", T0 + HOUR);
    at.take(findings.entry("truck-7", T0 + 3 * HOUR, late));

    assertThat(at.only().state()).isEqualTo(State.VERIFIED);
    assertThat(at.keys(at.only())).endsWith("finding.stale");
  }

  @Test
  void relapse_within_the_window_reopens_with_fresh_clocks() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    at.now.set(T0 + HOUR);
    at.desk.acknowledge(Desk.key("T-000001"), "ann");
    at.take(findings.cleared("truck-7", "obd:P0301", T0 + 2 * HOUR));
    at.desk.close(Desk.key("T-000001"), "ann");
    at.take(findings.fault("truck-7", "obd:P0301", T0 + 20 * DAY));

    Ticket ticket = at.only();
    assertThat(ticket.state()).isEqualTo(State.REOPENED);
    assertThat(ticket.reopened()).isEqualTo(1);
    assertThat(ticket.acknowledgedBy()).isEmpty();
    assertThat(ticket.clocks().startedAt()).isEqualTo(T0 + 20 * DAY);
    assertThat(ticket.openedAt()).isEqualTo(T0);
    assertThat(at.desk.timeline(ticket.key()).get(4).text())
        .isEqualTo("Reopened: it came back after 19 days: Title of obd:P0301");
  }

  @Test
  void relapse_after_the_window_opens_a_new_ticket() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    at.take(findings.cleared("truck-7", "obd:P0301", T0 + HOUR));
    at.take(findings.fault("truck-7", "obd:P0301", T0 + 31 * DAY + HOUR));

    assertThat(at.tickets(Desk.TENANT))
        .extracting(Ticket::id, Ticket::state)
        .containsExactly(tuple("T-000002", State.OPEN), tuple("T-000001", State.VERIFIED));
  }

  @Test
  void person_closes_only_what_is_verified_unless_with_a_reason() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    TicketKey key = Desk.key("T-000001");

    InvalidInputException refused =
        catchThrowableOfType(InvalidInputException.class, () -> at.desk.close(key, "ann"));
    assertThat(refused.reason()).isEqualTo(ReasonCode.CONFLICT);
    assertThat(refused.detail())
        .contains("T-000001 is OPEN")
        .contains("allowed: acknowledge, assign, start")
        .contains("force-close");

    at.desk.forceClose(key, "ann", "scrapped");
    assertThat(at.only().state()).isEqualTo(State.CLOSED);
    assertThat(at.only().clocks().verifiedAt()).isEmpty();
    assertThat(at.desk.timeline(key).get(1).text())
        .isEqualTo("Closed without proof by ann: scrapped");
  }

  @Test
  void action_on_another_version_is_a_conflict() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    TicketKey key = Desk.key("T-000001");
    at.desk.assign(key, "ann", "bob");

    InvalidInputException refused =
        catchThrowableOfType(
            InvalidInputException.class,
            () -> at.desk.act(key, new TicketAction.Start("eve"), OptionalLong.of(1)));

    assertThat(refused.reason()).isEqualTo(ReasonCode.CONFLICT);
    assertThat(at.only().owner()).contains("bob");
    assertThat(at.only().version()).isEqualTo(2);
  }

  @Test
  void ticket_of_another_tenant_is_not_there() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    TicketKey theirs = new TicketKey("other", "T-000001");

    assertThat(at.desk.find(theirs)).isEmpty();
    assertThat(at.desk.timeline(theirs)).isEmpty();
    assertThat(
            catchThrowableOfType(InvalidInputException.class, () -> at.desk.show(theirs)).reason())
        .isEqualTo(ReasonCode.NOT_FOUND);
    assertThat(
            catchThrowableOfType(
                    InvalidInputException.class, () -> at.desk.acknowledge(theirs, "eve"))
                .reason())
        .isEqualTo(ReasonCode.NOT_FOUND);
  }

  @Test
  void campaign_moves_tickets_of_the_causes_it_fixes_and_no_others() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    at.take(findings.fault("truck-7", "obd:P0302", T0 + 1));
    at.take(findings.fault("truck-7", "obd:P0420", T0 + 2));
    at.take(findings.fault("truck-8", "obd:P0301", T0 + 3));

    at.desk.remedyStarted(findings.device("truck-7"), "obd:P030*", FIX, "campaign:c-1");
    List<Ticket> applied =
        at.desk.remedyApplied(findings.device("truck-7"), "obd:P030*", FIX, "campaign:c-1");

    assertThat(Desk.ids(applied)).isEqualTo(Set.of("T-000001", "T-000002"));
    assertThat(applied).extracting(Ticket::state).containsOnly(State.VERIFYING);
    assertThat(at.desk.find(Desk.key("T-000003")).orElseThrow().state()).isEqualTo(State.OPEN);
    assertThat(at.desk.find(Desk.key("T-000004")).orElseThrow().state()).isEqualTo(State.OPEN);
  }

  @Test
  void campaign_for_every_cause_is_refused() {
    InvalidInputException refused =
        catchThrowableOfType(
            InvalidInputException.class,
            () -> at.desk.remedyApplied(findings.device("truck-7"), "*", FIX, "campaign:c-1"));
    assertThat(refused.reason()).isEqualTo(ReasonCode.WRONG_SHAPE);
  }

  @Test
  void remedy_that_was_proved_is_suggested_for_the_next_ticket_with_its_numbers() {
    for (int i = 0; i < 3; i++) {
      at.take(findings.fault("truck-" + i, "obd:P0301", T0 + i));
      at.desk.remedyApplied(findings.device("truck-" + i), "obd:P0301", FIX, "campaign:c-1");
      at.take(findings.cleared("truck-" + i, "obd:P0301", T0 + HOUR + i));
    }
    at.take(findings.fault("truck-0", "obd:P0301", T0 + 2 * HOUR));
    at.take(findings.fault("truck-9", "obd:P0301", T0 + 3 * HOUR));

    RemedySuccess success = at.desk.remedies(Desk.TENANT, "obd:P0301").get(0);
    assertThat(success).isEqualTo(new RemedySuccess(FIX, 3, 3, 1, 0));
    Ticket newest = at.tickets(Desk.TENANT).get(0);
    assertThat(at.desk.timeline(newest.key()))
        .extracting(TimelineEntry::text)
        .contains("Suggested remedy: ECU 1.0.2; it held in 2 of 3 cases");
    assertThat(at.keys(at.desk.find(Desk.key("T-000001")).orElseThrow()))
        .containsExactly("opened", "remedy.applied", "verified.remedy", "reopened.relapse");
  }

  @Test
  void word_of_a_campaign_that_comes_again_changes_nothing_even_after_a_relapse() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    for (int i = 0; i < 3; i++) {
      at.desk.remedyStarted(findings.device("truck-7"), "obd:P0301", FIX, "campaign:c-1");
    }
    for (int i = 0; i < 3; i++) {
      at.desk.remedyApplied(findings.device("truck-7"), "obd:P0301", FIX, "campaign:c-1");
    }
    assertThat(at.only().version()).isEqualTo(3);
    at.take(findings.cleared("truck-7", "obd:P0301", T0 + HOUR));
    at.desk.remedyApplied(findings.device("truck-7"), "obd:P0301", FIX, "campaign:c-1");
    assertThat(at.only().version()).isEqualTo(4);
    at.take(findings.fault("truck-7", "obd:P0301", T0 + 2 * HOUR));
    at.desk.remedyApplied(findings.device("truck-7"), "obd:P0301", FIX, "campaign:c-1");

    assertThat(at.only().state()).isEqualTo(State.REOPENED);
    assertThat(at.desk.remedies(Desk.TENANT, "obd:P0301").get(0).applied()).isEqualTo(1);
  }

  @Test
  void remedy_that_word_of_comes_after_the_proof_gets_its_credit_once() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    at.desk.remedyStarted(findings.device("truck-7"), "obd:P0301", FIX, "campaign:c-1");
    at.take(findings.cleared("truck-7", "obd:P0301", T0 + HOUR));
    at.desk.remedyApplied(findings.device("truck-7"), "obd:P0301", FIX, "campaign:c-1");
    at.desk.remedyApplied(findings.device("truck-7"), "obd:P0301", FIX, "campaign:c-1");

    assertThat(at.only().state()).isEqualTo(State.VERIFIED);
    assertThat(at.desk.remedies(Desk.TENANT, "obd:P0301").get(0))
        .isEqualTo(new RemedySuccess(FIX, 1, 1, 0, 0));
  }

  @Test
  void remedy_that_is_given_up_counts_as_failed() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    at.desk.remedyApplied(findings.device("truck-7"), "obd:P0301", FIX, "campaign:c-1");
    assertThat(at.desk.remedies(Desk.TENANT, "obd:P0301").get(0).pending()).isEqualTo(1);
    at.desk.start(Desk.key("T-000001"), "ann");

    RemedySuccess success = at.desk.remedies(Desk.TENANT, "obd:P0301").get(0);
    assertThat(success).isEqualTo(new RemedySuccess(FIX, 1, 0, 0, 0));
    assertThat(success.score()).isLessThan(0.5);
  }

  @Test
  void reopening_what_has_a_newer_open_ticket_is_refused() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    at.take(findings.cleared("truck-7", "obd:P0301", T0 + HOUR));
    at.take(findings.fault("truck-7", "obd:P0301", T0 + 40 * DAY));

    InvalidInputException refused =
        catchThrowableOfType(
            InvalidInputException.class,
            () -> at.desk.reopen(Desk.key("T-000001"), "ann", "not settled"));

    assertThat(refused.detail()).contains("T-000002");
  }

  @Test
  void sla_is_on_time_then_at_risk_then_breached_and_stays_as_it_was_when_stopped() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    assertThat(at.desk.standing(at.only())).isEqualTo(SlaPolicy.Standing.ON_TIME);
    at.now.set(T0 + 50 * 60_000);
    assertThat(at.desk.standing(at.only())).isEqualTo(SlaPolicy.Standing.AT_RISK);
    at.now.set(T0 + HOUR + 1);
    assertThat(at.desk.standing(at.only())).isEqualTo(SlaPolicy.Standing.BREACHED);

    at.take(findings.fault("truck-8", "obd:P0301", T0 + HOUR));
    Ticket inTime = at.desk.acknowledge(Desk.key("T-000002"), "ann");
    assertThat(inTime.clocks().dueAt()).isEqualTo(T0 + 25 * HOUR);
    at.now.set(T0 + 3 * HOUR);
    assertThat(at.desk.standing(inTime)).isEqualTo(SlaPolicy.Standing.ON_TIME);
  }

  @Test
  void key_figures_count_what_happened() {
    at.take(findings.predicted("truck-1", "rul:engine", T0, Duration.ofDays(3)));
    at.take(findings.fault("truck-2", "obd:P0301", T0));
    at.now.set(T0 + 30 * 60_000);
    at.desk.acknowledge(Desk.key("T-000002"), "ann");
    at.take(findings.cleared("truck-2", "obd:P0301", T0 + 2 * HOUR));
    at.take(findings.fault("truck-2", "obd:P0301", T0 + DAY));
    at.now.set(T0 + 2 * DAY);

    Kpis kpis = at.desk.kpis(Desk.TENANT, T0, T0 + 3 * DAY);

    assertThat(kpis.opened()).isEqualTo(2);
    assertThat(kpis.proactiveShare()).isEqualTo(0.5);
    assertThat(kpis.reopenedRate()).isEqualTo(0.5);
    assertThat(kpis.meanToAcknowledge()).contains(Duration.ofMinutes(30));
    assertThat(kpis.meanToVerify()).contains(Duration.ofHours(2));
    assertThat(kpis.openByUrgency()).containsEntry(Urgency.HIGH, 1L).containsEntry(Urgency.LOW, 0L);
    // The first ticket's response clock (8 h) and the second round's (1 h) ran out; neither's
    // resolution clock did (3 days; 24 h from the relapse, exactly now).
    assertThat(kpis.responseBreaches()).isEqualTo(2);
    assertThat(kpis.resolutionBreaches()).isZero();
    assertThat(kpis.days())
        .extracting(Kpis.Day::opened, Kpis.Day::reopened, Kpis.Day::verified)
        .containsExactly(tuple(2L, 0L, 1L), tuple(0L, 1L, 0L));
  }

  @Test
  void key_figures_of_an_empty_desk_are_nothing() {
    Kpis kpis = at.desk.kpis("nobody", T0, T0 + DAY);

    assertThat(kpis.opened()).isZero();
    assertThat(kpis.proactiveShare()).isZero();
    assertThat(kpis.meanToVerify()).isEmpty();
    assertThat(kpis.days()).isEmpty();
  }

  @Test
  void timeline_is_told_in_chinese_where_asked_for() {
    at.take(findings.predicted("truck-7", "rul:engine", T0, Duration.ofDays(4)));

    String text =
        TimelineTexts.render(
            Locale.SIMPLIFIED_CHINESE, at.desk.timeline(Desk.key("T-000001")).get(0));

    assertThat(text).contains("在故障发生前创建工单").contains("4 天").contains("严重");
  }

  @Test
  void text_from_people_stays_as_it_is() {
    at.take(findings.fault("truck-7", "obd:P0301", T0));
    String nasty = "{by} $1 \\ 100 % & a=b\nzwei";
    at.desk.comment(Desk.key("T-000001"), "ann", nasty);

    TimelineEntry entry = at.desk.timeline(Desk.key("T-000001")).get(1);

    assertThat(entry.text()).isEqualTo(nasty);
    assertThat(entry.args()).containsEntry("text", nasty);
  }
}
