package io.foretell.servicedesk;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Where tickets are kept. Calls block on a database: never from an event loop. */
public interface TicketStore {
  /**
   * Does some work as the only writer, wholly or not at all: what it throws undoes everything. What
   * was read in it still holds when it commits.
   */
  <T> T write(Function<Ledger, T> work);

  /** The ticket of that name. */
  Optional<Ticket> find(TicketKey key);

  /** One page of tickets. */
  TicketPage list(TicketQuery query);

  /** How many tickets a query finds, on all pages together. */
  long count(TicketQuery query);

  /** Everything that happened to a ticket, oldest first; empty where there is no such ticket. */
  List<TimelineEntry> timeline(TicketKey key);

  /** The findings that a ticket rests on, in the order in which they came. */
  List<TicketFinding> findings(TicketKey key);

  /** What was tried against a cause, in no order. */
  List<RemedySuccess> remedies(String tenant, String cause);

  /**
   * Key figures of the tickets opened in a span of time.
   *
   * @param from ms since 1970, inclusive
   * @param to ms since 1970, exclusive
   * @param now running clocks are measured up to it
   */
  Kpis kpis(String tenant, long from, long to, long now);

  /** What the only writer sees and does; valid only within its work. */
  interface Ledger {
    /**
     * Whether this finding was taken before: by its id, or by its place in a lane where the same
     * (device, cause, kind) stood.
     */
    boolean taken(Entry<Finding> entry);

    /** Remembers that a finding was taken, and which ticket it went to; empty: to none. */
    void take(Entry<Finding> entry, Optional<String> ticket);

    /** The ticket of that name. */
    Optional<Ticket> find(TicketKey key);

    /** The newest ticket of a device and cause, open or not. */
    Optional<Ticket> latest(DeviceId device, String cause);

    /** The tickets of a device that are neither verified nor closed, and those just verified. */
    List<Ticket> unclosed(DeviceId device);

    /** How many other devices of the tenant have the cause open; counted up to 1000. */
    int exposure(DeviceId device, String cause);

    /** What was tried against a cause, in no order. */
    List<RemedySuccess> remedies(String tenant, String cause);

    /** Whether a remedy was ever applied to a ticket, in whichever round. */
    boolean tried(Ticket ticket, Remedy remedy);

    /** A new ticket's id. */
    String nextId(String tenant);

    /** Keeps a new ticket. */
    void insert(Ticket ticket);

    /** Keeps a ticket as it is now, in the place of {@code before}. */
    void update(Ticket before, Ticket now);

    /** Adds to a ticket's timeline. */
    void append(Ticket ticket, List<TimelineEntry> entries);

    /** Keeps what a step said about the ticket's remedies. */
    void remedy(Ticket ticket, RemedyEffect effect, long at);

    /** Puts a change where the relays to other systems find it. */
    void publish(TicketChange change);
  }
}
