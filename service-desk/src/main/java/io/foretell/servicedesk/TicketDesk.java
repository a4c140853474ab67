package io.foretell.servicedesk;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Sink;
import io.foretell.servicedesk.TicketAction.Cleared;
import io.foretell.servicedesk.TicketAction.RemedyApplied;
import io.foretell.servicedesk.TicketAction.RemedyStarted;
import io.foretell.servicedesk.TicketAction.Seen;
import io.foretell.servicedesk.TicketStore.Ledger;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The desk: findings become tickets, and people act on them.
 *
 * <p>A batch of findings is one transaction. A finding is taken once, whatever is replayed,
 * restarted or sent twice, and a (device, cause) has at most one open ticket. The clocks of people
 * (opened, due, verified) are the server's: for findings the time of their entry, so that a replay
 * gives the same tickets; for actions the clock that was given.
 */
public final class TicketDesk implements Sink<Finding> {
  private final TicketStore store;
  private final DeskConfig config;
  private final TicketRules rules;
  private final InstantSource clock;
  private final Executor executor;
  private final List<Consumer<TicketChange>> listeners = new CopyOnWriteArrayList<>();

  /**
   * A desk over a store.
   *
   * @param executor does the writing of findings; it must keep the order of what it is given: one
   *     thread, or {@code Runnable::run} where the caller may block
   */
  public TicketDesk(TicketStore store, DeskConfig config, InstantSource clock, Executor executor) {
    this.store = store;
    this.config = config;
    this.rules = new TicketRules(config);
    this.clock = clock;
    this.executor = executor;
  }

  /**
   * Tells of every change after it is committed, on the thread that made it: it must neither block
   * nor throw. For live views; who must not miss one reads the lane.
   */
  public void onChange(Consumer<TicketChange> listener) {
    listeners.add(listener);
  }

  @Override
  public CompletionStage<?> write(List<Entry<Finding>> batch) {
    return CompletableFuture.runAsync(() -> take(batch), executor);
  }

  private void take(List<Entry<Finding>> batch) {
    List<TicketChange> changes =
        store.write(
            ledger -> {
              List<TicketChange> made = new ArrayList<>();
              for (Entry<Finding> entry : batch) {
                if (!ledger.taken(entry)) {
                  ledger.take(entry, take(ledger, entry, made));
                }
              }
              return made;
            });
    tell(changes);
  }

  private Optional<String> take(Ledger ledger, Entry<Finding> entry, List<TicketChange> made) {
    Finding finding = entry.value();
    DeviceId device = entry.key();
    Optional<Ticket> latest = ledger.latest(device, finding.cause());
    if (finding.kind() == Finding.Kind.CLEARED) {
      return latest.map(
          ticket ->
              keep(
                      ledger,
                      ticket,
                      rules.apply(ticket, new Cleared(finding), entry.at()),
                      entry.at(),
                      made)
                  .id());
    }
    int exposure = ledger.exposure(device, finding.cause());
    if (latest.isPresent() && rules.belongs(latest.get(), finding, entry.at())) {
      Ticket ticket = latest.get();
      Decision decision = rules.apply(ticket, new Seen(finding, exposure), entry.at());
      return Optional.of(keep(ledger, ticket, decision, entry.at(), made).id());
    }
    return Optional.of(open(ledger, entry, exposure, made).id());
  }

  private Ticket open(Ledger ledger, Entry<Finding> entry, int exposure, List<TicketChange> made) {
    DeviceId device = entry.key();
    Decision decision =
        rules.open(
            ledger.nextId(device.tenant()),
            device,
            entry.value(),
            exposure,
            bestFirst(ledger.remedies(device.tenant(), entry.value().cause())),
            entry.at());
    ledger.insert(decision.ticket());
    record(ledger, decision.ticket(), decision, entry.at(), made);
    return decision.ticket();
  }

  private static Ticket keep(
      Ledger ledger, Ticket before, Decision decision, long at, List<TicketChange> made) {
    if (!decision.changed()) {
      return before;
    }
    Ticket now = decision.ticket().nextVersion();
    ledger.update(before, now);
    record(ledger, now, decision, at, made);
    return now;
  }

  private static void record(
      Ledger ledger, Ticket now, Decision decision, long at, List<TicketChange> made) {
    ledger.append(now, decision.entries());
    decision.remedies().forEach(effect -> ledger.remedy(now, effect, at));
    String note = decision.entries().get(0).text();
    TicketChange change = new TicketChange(now.device(), decision.type(), now.event(at, note));
    if (decision.type().published()) {
      ledger.publish(change);
    }
    made.add(change);
  }

  /**
   * Does something to a ticket.
   *
   * @param version that the ticket must still have; empty: whatever it has
   * @return the ticket afterwards
   * @throws InvalidInputException NOT_FOUND; CONFLICT where the version or the state does not allow
   *     it, or where the problem to be reopened has a newer ticket
   */
  public Ticket act(TicketKey key, TicketAction action, OptionalLong version) {
    List<TicketChange> made = new ArrayList<>();
    Ticket now =
        store.write(
            ledger -> {
              made.clear();
              Ticket ticket = ledger.find(key).orElseThrow(() -> none(key));
              refuseOutdated(ticket, version);
              if (action.verb() == Verb.REOPEN) {
                refuseSuperseded(ledger, ticket);
              }
              long at = clock.millis();
              return keep(ledger, ticket, rules.apply(ticket, action, at), at, made);
            });
    tell(made);
    return now;
  }

  /** Somebody takes a ticket on. See {@link #act}. */
  public Ticket acknowledge(TicketKey key, String by) {
    return act(key, new TicketAction.Acknowledge(by), OptionalLong.empty());
  }

  /** Gives a ticket an owner. See {@link #act}. */
  public Ticket assign(TicketKey key, String by, String owner) {
    return act(key, new TicketAction.Assign(by, owner), OptionalLong.empty());
  }

  /** Work on a ticket begins. See {@link #act}. */
  public Ticket start(TicketKey key, String by) {
    return act(key, new TicketAction.Start(by), OptionalLong.empty());
  }

  /** Somebody has something to say on a ticket. See {@link #act}. */
  public Ticket comment(TicketKey key, String by, String text) {
    return act(key, new TicketAction.Comment(by, text), OptionalLong.empty());
  }

  /** Closes a verified ticket. See {@link #act}. */
  public Ticket close(TicketKey key, String by) {
    return act(key, new TicketAction.Close(by), OptionalLong.empty());
  }

  /** Closes a ticket without the device's proof, which it then says for ever. See {@link #act}. */
  public Ticket forceClose(TicketKey key, String by, String reason) {
    return act(key, new TicketAction.ForceClose(by, reason), OptionalLong.empty());
  }

  /** Reopens a verified or closed ticket. See {@link #act}. */
  public Ticket reopen(TicketKey key, String by, String reason) {
    return act(key, new TicketAction.Reopen(by, reason), OptionalLong.empty());
  }

  /**
   * A remedy is on its way to a device: each open ticket of a cause that it fixes is in progress.
   * Saying so again changes nothing; a campaign counts once for a ticket.
   *
   * @param fixes a cause, or with a trailing {@code *} all causes that begin so
   * @param by who sends it: {@code campaign:…}, {@code user:…}
   * @return the tickets that it concerns, as they are now
   */
  public List<Ticket> remedyStarted(DeviceId device, String fixes, Remedy remedy, String by) {
    return remedy(device, fixes, remedy, new RemedyStarted(by, remedy));
  }

  /**
   * A remedy is on a device: each open ticket of a cause that it fixes waits for the device's
   * proof. Saying so again changes nothing; a campaign counts once for a ticket.
   *
   * @param fixes a cause, or with a trailing {@code *} all causes that begin so
   * @param by who sent it: {@code campaign:…}, {@code user:…}
   * @return the tickets that it concerns, as they are now
   */
  public List<Ticket> remedyApplied(DeviceId device, String fixes, Remedy remedy, String by) {
    return remedy(device, fixes, remedy, new RemedyApplied(by, remedy));
  }

  private List<Ticket> remedy(DeviceId device, String fixes, Remedy remedy, TicketAction action) {
    CausePattern pattern = new CausePattern(fixes);
    List<TicketChange> made = new ArrayList<>();
    List<Ticket> tickets =
        store.write(
            ledger -> {
              made.clear();
              long at = clock.millis();
              return ledger.unclosed(device).stream()
                  .filter(ticket -> pattern.matches(ticket.cause()))
                  .filter(ticket -> concerns(ledger, ticket, remedy, action.verb()))
                  .map(ticket -> keep(ledger, ticket, rules.apply(ticket, action, at), at, made))
                  .toList();
            });
    tell(made);
    return tickets;
  }

  /**
   * A campaign is on a device once: word of it that comes again, as after each start of the device,
   * must not make a ticket wait for proof that the fault has come back since.
   */
  private static boolean concerns(Ledger ledger, Ticket ticket, Remedy remedy, Verb verb) {
    boolean ours = ticket.open() || ticket.remedy().filter(remedy::same).isPresent();
    boolean again = remedy.kind() == Remedy.Kind.CAMPAIGN && ledger.tried(ticket, remedy);
    return ours && !again && TicketRules.allowed(ticket.state()).contains(verb);
  }

  /** The ticket of that name. */
  public Optional<Ticket> find(TicketKey key) {
    return store.find(key);
  }

  /**
   * A ticket with its evidence, timeline and what is known to help.
   *
   * @throws InvalidInputException NOT_FOUND
   */
  public TicketDetails show(TicketKey key) {
    Ticket ticket = store.find(key).orElseThrow(() -> none(key));
    return new TicketDetails(
        ticket,
        store.findings(key),
        store.timeline(key),
        remedies(key.tenant(), ticket.cause()),
        standing(ticket));
  }

  /** What happened to a ticket, oldest first; empty where there is no such ticket. */
  public List<TimelineEntry> timeline(TicketKey key) {
    return store.timeline(key);
  }

  /** One page of tickets. */
  public TicketPage list(TicketQuery query) {
    return store.list(query);
  }

  /** How many tickets a query finds, on all pages together. */
  public long count(TicketQuery query) {
    return store.count(query);
  }

  /** What was tried against a cause in a tenant, with its measured success, best first. */
  public List<RemedySuccess> remedies(String tenant, String cause) {
    return bestFirst(store.remedies(tenant, cause));
  }

  /** How a ticket stands against what is promised, now. */
  public SlaPolicy.Standing standing(Ticket ticket) {
    return config.sla().standing(ticket.clocks(), clock.millis());
  }

  /**
   * Key figures of a tenant.
   *
   * @param from ms since 1970, inclusive
   * @param to ms since 1970, exclusive
   */
  public Kpis kpis(String tenant, long from, long to) {
    return store.kpis(tenant, from, to, clock.millis());
  }

  private void tell(List<TicketChange> changes) {
    for (TicketChange change : changes) {
      listeners.forEach(listener -> listener.accept(change));
    }
  }

  private static List<RemedySuccess> bestFirst(List<RemedySuccess> tried) {
    return tried.stream().sorted(RemedySuccess.BEST_FIRST).toList();
  }

  private static void refuseOutdated(Ticket ticket, OptionalLong version) {
    if (version.isPresent() && version.getAsLong() != ticket.version()) {
      throw new InvalidInputException(
          ReasonCode.CONFLICT, ticket.id() + " has changed: its version is " + ticket.version());
    }
  }

  private static void refuseSuperseded(Ledger ledger, Ticket ticket) {
    ledger
        .latest(ticket.device(), ticket.cause())
        .filter(latest -> latest.open() && !latest.id().equals(ticket.id()))
        .ifPresent(
            latest -> {
              throw new InvalidInputException(
                  ReasonCode.CONFLICT, "the same problem is already open as " + latest.id());
            });
  }

  private static InvalidInputException none(TicketKey key) {
    return new InvalidInputException(ReasonCode.NOT_FOUND, "no ticket " + key);
  }
}
