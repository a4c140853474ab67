package io.foretell.servicedesk;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Finding;
import io.foretell.proto.TicketEvent;
import io.foretell.proto.TicketEvent.State;
import io.foretell.proto.TicketEvent.Urgency;
import java.util.Optional;

/**
 * One open problem of one device and cause.
 *
 * @param id unique within the tenant: {@code T-} and at least six digits, counting up
 * @param cause of the findings that it stands for
 * @param title one line for a person
 * @param kind of the finding that opened it
 * @param openedAt when it was first opened, ms since 1970
 * @param acknowledgedBy who took it on in this round
 * @param owner who works on it
 * @param remedy the latest one that was started or applied in this round
 * @param remedyApplied whether that remedy is known to be on the device
 * @param reopened how often it was reopened; so also the number of its present round
 * @param version counts up with every change; for optimistic locking
 */
public record Ticket(
    String id,
    DeviceId device,
    String cause,
    String title,
    State state,
    Finding.Kind kind,
    Assessment assessment,
    Clocks clocks,
    Sightings sightings,
    long openedAt,
    Optional<String> acknowledgedBy,
    Optional<String> owner,
    Optional<Remedy> remedy,
    boolean remedyApplied,
    int reopened,
    long version) {

  /** Its name across tenants. */
  public TicketKey key() {
    return new TicketKey(device.tenant(), id);
  }

  /** How soon someone must act. */
  public Urgency urgency() {
    return assessment.urgency();
  }

  /** Whether the problem is still to be dealt with: neither verified nor closed. */
  public boolean open() {
    return state != State.VERIFIED && state != State.CLOSED;
  }

  /** Whether it was opened before the device itself reported a fault. */
  public boolean proactive() {
    return kind == Finding.Kind.PREDICTED_FAILURE || kind == Finding.Kind.ANOMALY;
  }

  /** The event that says how it stands now. */
  TicketEvent event(long at, String note) {
    return new TicketEvent(id, cause, title, state, urgency(), at, openedAt, note, reopened);
  }

  Ticket in(State next) {
    return new Ticket(
        id,
        device,
        cause,
        title,
        next,
        kind,
        assessment,
        clocks,
        sightings,
        openedAt,
        acknowledgedBy,
        owner,
        remedy,
        remedyApplied,
        reopened,
        version);
  }

  Ticket with(Assessment next) {
    return new Ticket(
        id,
        device,
        cause,
        title,
        state,
        kind,
        next,
        clocks,
        sightings,
        openedAt,
        acknowledgedBy,
        owner,
        remedy,
        remedyApplied,
        reopened,
        version);
  }

  Ticket with(Clocks next) {
    return new Ticket(
        id,
        device,
        cause,
        title,
        state,
        kind,
        assessment,
        next,
        sightings,
        openedAt,
        acknowledgedBy,
        owner,
        remedy,
        remedyApplied,
        reopened,
        version);
  }

  Ticket with(Sightings next) {
    return new Ticket(
        id,
        device,
        cause,
        title,
        state,
        kind,
        assessment,
        clocks,
        next,
        openedAt,
        acknowledgedBy,
        owner,
        remedy,
        remedyApplied,
        reopened,
        version);
  }

  Ticket with(Remedy next, boolean applied) {
    return new Ticket(
        id,
        device,
        cause,
        title,
        state,
        kind,
        assessment,
        clocks,
        sightings,
        openedAt,
        acknowledgedBy,
        owner,
        Optional.of(next),
        applied,
        reopened,
        version);
  }

  Ticket titled(String next) {
    return new Ticket(
        id,
        device,
        cause,
        next,
        state,
        kind,
        assessment,
        clocks,
        sightings,
        openedAt,
        acknowledgedBy,
        owner,
        remedy,
        remedyApplied,
        reopened,
        version);
  }

  Ticket ownedBy(String next) {
    return new Ticket(
        id,
        device,
        cause,
        title,
        state,
        kind,
        assessment,
        clocks,
        sightings,
        openedAt,
        acknowledgedBy,
        Optional.of(next),
        remedy,
        remedyApplied,
        reopened,
        version);
  }

  /** Somebody took it on; only the first one of a round counts. */
  Ticket takenOn(String by, long at) {
    return new Ticket(
        id,
        device,
        cause,
        title,
        state,
        kind,
        assessment,
        clocks.acknowledged(at),
        sightings,
        openedAt,
        acknowledgedBy.isPresent() ? acknowledgedBy : Optional.of(by),
        owner,
        remedy,
        remedyApplied,
        reopened,
        version);
  }

  /** A new round: nobody has taken it on, nothing has been tried; the owner stays. */
  Ticket nextRound(Clocks fresh) {
    return new Ticket(
        id,
        device,
        cause,
        title,
        State.REOPENED,
        kind,
        assessment,
        fresh,
        sightings,
        openedAt,
        Optional.empty(),
        owner,
        Optional.empty(),
        false,
        reopened + 1,
        version);
  }

  Ticket nextVersion() {
    return new Ticket(
        id,
        device,
        cause,
        title,
        state,
        kind,
        assessment,
        clocks,
        sightings,
        openedAt,
        acknowledgedBy,
        owner,
        remedy,
        remedyApplied,
        reopened,
        version + 1);
  }
}
