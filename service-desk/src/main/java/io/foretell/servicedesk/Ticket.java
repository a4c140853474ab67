package io.foretell.servicedesk;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Finding;
import io.foretell.proto.TicketEvent;
import io.foretell.proto.TicketEvent.State;
import io.foretell.proto.TicketEvent.Urgency;
import java.util.Optional;
import java.util.function.Consumer;

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
    return but(change -> change.state = next);
  }

  Ticket with(Assessment next) {
    return but(change -> change.assessment = next);
  }

  Ticket with(Clocks next) {
    return but(change -> change.clocks = next);
  }

  Ticket with(Sightings next) {
    return but(change -> change.sightings = next);
  }

  Ticket with(Remedy next, boolean applied) {
    return but(
        change -> {
          change.remedy = Optional.of(next);
          change.remedyApplied = applied;
        });
  }

  Ticket titled(String next) {
    return but(change -> change.title = next);
  }

  Ticket ownedBy(String next) {
    return but(change -> change.owner = Optional.of(next));
  }

  /** Somebody took it on; only the first one of a round counts. */
  Ticket takenOn(String by, long at) {
    return but(
        change -> {
          change.clocks = clocks.acknowledged(at);
          change.acknowledgedBy = acknowledgedBy.or(() -> Optional.of(by));
        });
  }

  /** A new round: nobody has taken it on, nothing has been tried; the owner stays. */
  Ticket nextRound(Clocks fresh) {
    return but(
        change -> {
          change.state = State.REOPENED;
          change.clocks = fresh;
          change.acknowledgedBy = Optional.empty();
          change.remedy = Optional.empty();
          change.remedyApplied = false;
          change.reopened++;
        });
  }

  Ticket nextVersion() {
    return but(change -> change.version++);
  }

  private Ticket but(Consumer<Change> changed) {
    Change change = new Change(this);
    changed.accept(change);
    return change.made(this);
  }

  /** What may change of a ticket, on its way to the next one. */
  private static final class Change {
    private String title;
    private State state;
    private Assessment assessment;
    private Clocks clocks;
    private Sightings sightings;
    private Optional<String> acknowledgedBy;
    private Optional<String> owner;
    private Optional<Remedy> remedy;
    private boolean remedyApplied;
    private int reopened;
    private long version;

    Change(Ticket from) {
      title = from.title;
      state = from.state;
      assessment = from.assessment;
      clocks = from.clocks;
      sightings = from.sightings;
      acknowledgedBy = from.acknowledgedBy;
      owner = from.owner;
      remedy = from.remedy;
      remedyApplied = from.remedyApplied;
      reopened = from.reopened;
      version = from.version;
    }

    Ticket made(Ticket from) {
      return new Ticket(
          from.id,
          from.device,
          from.cause,
          title,
          state,
          from.kind,
          assessment,
          clocks,
          sightings,
          from.openedAt,
          acknowledgedBy,
          owner,
          remedy,
          remedyApplied,
          reopened,
          version);
    }
  }
}
