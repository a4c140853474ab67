package io.foretell.gateway.downlink;

import io.foretell.gateway.Downlink;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Health;
import io.foretell.proto.Part;
import io.foretell.proto.Sink;
import io.foretell.proto.Telemetry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands that outlive restarts on both sides, for devices that are connected to this process.
 *
 * <p>One thread does all the work, in order: it keeps commands and their changes in the store
 * first, then tells. So no call blocks its caller, except {@link #recent} and, where the store is
 * shared, {@link #pending}, which read the store; and there are no locks. An id is unique within
 * its device; a device's reply can only ever touch that device's own commands.
 *
 * <pre>
 * QUEUED ─► DELIVERED ─► ACCEPTED ─► DONE | FAILED | REFUSED
 *    └──────────┴────────────┴─────► EXPIRED ─► DONE | FAILED | REFUSED   (a late proof still counts)
 * </pre>
 *
 * <p>What is QUEUED or DELIVERED goes out once on each connection, in the order of arrival, until
 * its moment of expiry. What is ACCEPTED is in the device's hands: it does not go out again, and
 * expires only {@link #OUTCOME_GRACE} later, for lack of an outcome.
 *
 * <p>Where several processes share a store, each with connections must be given every command of
 * the lane ({@link #write}), in addition to one that keeps them for all. A command is kept before
 * it is offered, and keeping twice is once. So a device that comes here after this process has
 * passed its command finds it in the store, and one that comes before is offered it: it cannot fall
 * between, wherever the session was before. States only ever move on, whoever moves them.
 */
public final class DurableDownlink implements Downlink, Part {
  /** How long after its expiry an accepted command may still be under way. */
  public static final Duration OUTCOME_GRACE = Duration.ofHours(24);

  private static final Logger log = LoggerFactory.getLogger(DurableDownlink.class);

  private final CommandStore store;
  private final Waiting waiting;
  private final InstantSource clock;
  private final Map<DeviceId, Deque<Listening>> listeners = new HashMap<>();

  /** Devices whose newest connection has not had, or not taken, all there is. */
  private final Set<DeviceId> again = new LinkedHashSet<>();

  private final List<Consumer<Tracked>> watchers = new CopyOnWriteArrayList<>();
  private final LongAdder ignored = new LongAdder();
  private final OneByOne worker = new OneByOne();
  private volatile boolean started;

  private DurableDownlink(CommandStore store, Waiting waiting, InstantSource clock) {
    this.store = store;
    this.waiting = waiting;
    this.clock = clock;
  }

  /** Of a process that has the store to itself. Made without I/O, as the other. */
  public static DurableDownlink alone(CommandStore store, InstantSource clock) {
    return new DurableDownlink(store, new OwnMailboxes(store), clock);
  }

  /** Of one of several processes that share a store. */
  public static DurableDownlink shared(CommandStore store, InstantSource clock) {
    return new DurableDownlink(store, new SharedMailboxes(store), clock);
  }

  /** Reads what waits from the store. */
  @Override
  public void start() {
    waiting.start();
    started = true;
  }

  @Override
  public Health health() {
    return worker.health(started);
  }

  /** Finishes what is begun; what was not kept yet comes again from the lane. */
  @Override
  public void close() {
    worker.close();
  }

  /** Calls {@code watcher} after each change of a command made here, on the downlink's thread. */
  public void onChange(Consumer<Tracked> watcher) {
    watchers.add(watcher);
  }

  /** How many replies named no command of their device, or one that had ended before. */
  public long ignoredReplies() {
    return ignored.sum();
  }

  @Override
  public CompletionStage<?> write(List<Entry<Command>> batch) {
    return worker.work(() -> keep(batch));
  }

  @Override
  public Registration listen(DeviceId device, Receiver receiver) {
    Listening listening = new Listening(device, receiver);
    worker.tell(
        () -> {
          listeners.computeIfAbsent(device, d -> new ArrayDeque<>()).push(listening);
          again.add(device);
          offerWhatWaits();
        });
    return () -> {
      listening.close();
      worker.tell(() -> stopListening(listening));
    };
  }

  @Override
  public List<Tracked> pending(DeviceId device) {
    return waiting.of(device);
  }

  @Override
  public List<Tracked> recent(DeviceId device, int limit) {
    return store.recent(device, limit);
  }

  @Override
  public Sink<Telemetry> replies() {
    return batch -> {
      List<Entry<Telemetry>> replies =
          batch.stream().filter(entry -> entry.value() instanceof Telemetry.Reply).toList();
      return replies.isEmpty()
          ? CompletableFuture.completedFuture(0)
          : worker.work(() -> note(replies));
    };
  }

  /**
   * Offers again what a connection could not take before. The owner calls it about once a second.
   */
  public void offerAgain() {
    worker.tell(this::offerWhatWaits);
  }

  /**
   * Ends what is past its time. The owner calls it about once a second, in one process.
   *
   * @param now ms since 1970
   * @return how many commands expired
   */
  public CompletionStage<Integer> expire(long now) {
    return worker.work(
        () -> {
          List<Tracked> expired = new ArrayList<>();
          waiting.overdue(now).forEach(t -> Moves.overdue(t, now).ifPresent(expired::add));
          int moved = change(expired).size();
          offerWhatWaits();
          return moved;
        });
  }

  /** Ends all commands of a device that is no longer there; how many. */
  public CompletionStage<Integer> withdraw(DeviceId device) {
    return worker.work(
        () -> {
          long now = clock.millis();
          return change(
                  waiting.of(device).stream()
                      .map(t -> Moves.moved(t, State.EXPIRED, now, "the device was removed"))
                      .toList())
              .size();
        });
  }

  /**
   * Deletes what ended before a moment.
   *
   * @param endedBefore ms since 1970
   * @return how many commands
   */
  public CompletionStage<Integer> forget(long endedBefore) {
    return worker.work(() -> store.forget(endedBefore));
  }

  private int keep(List<Entry<Command>> batch) {
    long now = clock.millis();
    List<Tracked> fresh = new ArrayList<>();
    for (Entry<Command> entry : batch) {
      boolean late = now >= entry.value().expiresAt();
      State state = late ? State.EXPIRED : State.QUEUED;
      fresh.add(new Tracked(entry.key(), entry.value(), state, now, ""));
      if (listeners.containsKey(entry.key())) {
        again.add(entry.key());
      }
    }
    List<Tracked> added = waiting.keep(fresh);
    tellWatchers(added);
    offerWhatWaits();
    return added.size();
  }

  /** Sends to each device's newest connection what that connection has not had yet. */
  private void offerWhatWaits() {
    List<Tracked> changed = new ArrayList<>();
    List<DeviceId> offered = new ArrayList<>();
    for (DeviceId device : again) {
      Deque<Listening> connections = listeners.get(device);
      if (connections == null || offer(connections.element(), changed)) {
        offered.add(device);
      }
    }
    change(changed);
    offered.forEach(again::remove);
  }

  /** Whether the connection has taken all there is. */
  private boolean offer(Listening connection, List<Tracked> changed) {
    List<Tracked> open = waiting.of(connection.device());
    connection.remember(open.stream().map(t -> t.command().id()).collect(Collectors.toSet()));
    long now = clock.millis();
    for (Tracked tracked : open) {
      Command command = tracked.command();
      if (!Moves.waits(tracked) || connection.hasSent(command)) {
        continue;
      }
      if (now >= command.expiresAt()) {
        changed.add(Moves.moved(tracked, State.EXPIRED, now, ""));
        continue;
      }
      if (!connection.deliver(command)) {
        return false;
      }
      if (tracked.state() == State.QUEUED) {
        changed.add(Moves.moved(tracked, State.DELIVERED, now, ""));
      }
    }
    return true;
  }

  private void stopListening(Listening listening) {
    Deque<Listening> connections = listeners.get(listening.device());
    if (connections != null && connections.remove(listening)) {
      if (connections.isEmpty()) {
        listeners.remove(listening.device());
      } else {
        again.add(listening.device());
        offerWhatWaits();
      }
    }
  }

  private int note(List<Entry<Telemetry>> replies) {
    long now = clock.millis();
    for (Entry<Telemetry> entry : replies) {
      DeviceId device = entry.key();
      Telemetry.Reply reply = (Telemetry.Reply) entry.value();
      State next = State.valueOf(reply.outcome().name());
      List<Tracked> moved =
          change(
              waiting.find(device, reply.commandId()).stream()
                  .filter(tracked -> Moves.follows(tracked.state(), next))
                  .map(tracked -> Moves.moved(tracked, next, now, Moves.detail(reply)))
                  .toList());
      if (moved.isEmpty()) {
        ignored.increment();
        log.debug("{} answers {} with {}: ignored", device, reply.commandId(), next);
      }
    }
    return replies.size();
  }

  /** Moves commands in the store, and tells of those that could be moved. */
  private List<Tracked> change(List<Tracked> changed) {
    if (changed.isEmpty()) {
      return List.of();
    }
    List<Tracked> moved = waiting.change(changed);
    tellWatchers(moved);
    return moved;
  }

  private void tellWatchers(List<Tracked> changed) {
    for (Tracked tracked : changed) {
      log.debug("command {} of {}: {}", tracked.command().id(), tracked.device(), tracked.state());
      watchers.forEach(watcher -> watcher.accept(tracked));
    }
  }
}
