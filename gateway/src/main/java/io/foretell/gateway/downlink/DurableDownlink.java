package io.foretell.gateway.downlink;

import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Health;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands that outlive restarts on both sides.
 *
 * <p>One thread does all the work, in order: it keeps commands and their changes in the store
 * first, then in memory, then tells. So no call blocks its caller, except {@link #recent}, which
 * reads the store, and there are no locks. An id is unique within its device; a device's reply can
 * only ever touch that device's own commands.
 *
 * <pre>
 * QUEUED ─► DELIVERED ─► ACCEPTED ─► DONE | FAILED | REFUSED
 *    └──────────┴────────────┴─────► EXPIRED ─► DONE | FAILED | REFUSED   (a late proof still counts)
 * </pre>
 *
 * <p>What is QUEUED or DELIVERED goes out once on each connection, in the order of arrival, until
 * its moment of expiry. What is ACCEPTED is in the device's hands: it does not go out again, and
 * expires only {@link #OUTCOME_GRACE} later, for lack of an outcome.
 */
public final class DurableDownlink implements KeptDownlink {
  /** How long after its expiry an accepted command may still be under way. */
  public static final Duration OUTCOME_GRACE = Duration.ofHours(24);

  private static final Logger log = LoggerFactory.getLogger(DurableDownlink.class);

  private final CommandStore store;
  private final InstantSource clock;
  private final Mailboxes mailboxes = new Mailboxes();
  private final Map<DeviceId, Deque<Listening>> listeners = new HashMap<>();
  private final List<Consumer<Tracked>> watchers = new CopyOnWriteArrayList<>();
  private final LongAdder ignored = new LongAdder();
  private final OneByOne worker = new OneByOne();
  private volatile boolean started;

  /** Made without I/O; {@link #start} reads what waits. */
  public DurableDownlink(CommandStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Reads what waits from the store. */
  @Override
  public void start() {
    store.open().forEach(mailboxes::put);
    started = true;
    log.info("{} commands wait or are under way", mailboxes.size());
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

  @Override
  public void onChange(Consumer<Tracked> watcher) {
    watchers.add(watcher);
  }

  @Override
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
          offer(Set.of(device));
        });
    return () -> {
      listening.close();
      worker.tell(() -> stopListening(listening));
    };
  }

  @Override
  public List<Tracked> pending(DeviceId device) {
    return mailboxes.of(device);
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

  /** {@inheritDoc} Here {@link #expire} does so. */
  @Override
  public void offerAgain() {}

  @Override
  public CompletionStage<Integer> expire(long now) {
    return worker.work(
        () -> {
          List<Tracked> expired = new ArrayList<>();
          mailboxes.each(tracked -> Moves.overdue(tracked, now).ifPresent(expired::add));
          change(expired);
          offer(new LinkedHashSet<>(listeners.keySet()));
          return expired.size();
        });
  }

  @Override
  public CompletionStage<Integer> withdraw(DeviceId device) {
    return worker.work(
        () -> {
          List<Tracked> ended =
              mailboxes.of(device).stream()
                  .map(tracked -> moved(tracked, State.EXPIRED, "the device was removed"))
                  .toList();
          change(ended);
          return ended.size();
        });
  }

  @Override
  public CompletionStage<Integer> forget(long endedBefore) {
    return worker.work(() -> store.forget(endedBefore));
  }

  private int keep(List<Entry<Command>> batch) {
    long now = clock.millis();
    List<Tracked> fresh =
        batch.stream()
            .map(
                entry -> {
                  boolean late = now >= entry.value().expiresAt();
                  State state = late ? State.EXPIRED : State.QUEUED;
                  return new Tracked(entry.key(), entry.value(), state, now, "");
                })
            .toList();
    List<Tracked> added = store.insert(fresh);
    Set<DeviceId> touched = new LinkedHashSet<>();
    for (Tracked tracked : added) {
      mailboxes.put(tracked);
      touched.add(tracked.device());
    }
    tellWatchers(added);
    offer(touched);
    return added.size();
  }

  /** Sends to each device's newest connection what that connection has not had yet. */
  private void offer(Set<DeviceId> devices) {
    long now = clock.millis();
    List<Tracked> changed = new ArrayList<>();
    for (DeviceId device : devices) {
      Deque<Listening> connections = listeners.get(device);
      if (connections != null) {
        offer(connections.element(), now, changed);
      }
    }
    if (!changed.isEmpty()) {
      change(changed);
    }
  }

  private void offer(Listening connection, long now, List<Tracked> changed) {
    for (Tracked tracked : mailboxes.of(connection.device())) {
      Command command = tracked.command();
      if (!Moves.waits(tracked) || connection.hasSent(command)) {
        continue;
      }
      if (now >= command.expiresAt()) {
        changed.add(moved(tracked, State.EXPIRED, ""));
        continue;
      }
      if (!connection.deliver(command)) {
        return;
      }
      if (tracked.state() == State.QUEUED) {
        changed.add(moved(tracked, State.DELIVERED, ""));
      }
    }
  }

  private void stopListening(Listening listening) {
    Deque<Listening> connections = listeners.get(listening.device());
    if (connections != null && connections.remove(listening)) {
      if (connections.isEmpty()) {
        listeners.remove(listening.device());
      } else {
        offer(Set.of(listening.device()));
      }
    }
  }

  private int note(List<Entry<Telemetry>> replies) {
    for (Entry<Telemetry> entry : replies) {
      note(entry.key(), (Telemetry.Reply) entry.value());
    }
    return replies.size();
  }

  private void note(DeviceId device, Telemetry.Reply reply) {
    Tracked tracked =
        mailboxes.find(device, reply.commandId()).orElseGet(() -> ended(device, reply.commandId()));
    State next = State.valueOf(reply.outcome().name());
    if (tracked == null || !Moves.follows(tracked.state(), next)) {
      ignored.increment();
      log.debug("{} answers {} with {}: ignored", device, reply.commandId(), next);
      return;
    }
    listeners
        .getOrDefault(device, new ArrayDeque<>())
        .forEach(connection -> connection.answered(reply.commandId()));
    change(List.of(moved(tracked, next, Moves.detail(reply))));
  }

  private @Nullable Tracked ended(DeviceId device, String id) {
    return store.find(device, id).orElse(null);
  }

  private Tracked moved(Tracked tracked, State state, String detail) {
    return Moves.moved(tracked, state, clock.millis(), detail);
  }

  private void change(List<Tracked> changed) {
    if (changed.isEmpty()) {
      return;
    }
    store.update(changed);
    changed.forEach(mailboxes::put);
    tellWatchers(changed);
  }

  private void tellWatchers(List<Tracked> changed) {
    for (Tracked tracked : changed) {
      log.debug("command {} of {}: {}", tracked.command().id(), tracked.device(), tracked.state());
      watchers.forEach(watcher -> watcher.accept(tracked));
    }
  }
}
