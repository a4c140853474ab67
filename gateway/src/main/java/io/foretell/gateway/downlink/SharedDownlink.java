package io.foretell.gateway.downlink;

import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Health;
import io.foretell.proto.Sink;
import io.foretell.proto.Telemetry;
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
 * Commands of devices that may be connected to any of several processes. The store is shared, and
 * what it has is what counts: nothing about a command is remembered here but what went out on a
 * connection of this process.
 *
 * <p>Each process with connections must be given every command of the lane ({@link #write}), in
 * addition to one that keeps them for all. A command is kept before it is offered, and keeping
 * twice is once. So a device that comes here after this process has passed its command finds it in
 * the store, and one that comes before is offered it: it cannot fall between, wherever the session
 * was before. States only ever move on (see {@link DurableDownlink}), whoever moves them.
 */
public final class SharedDownlink implements KeptDownlink {
  private static final Logger log = LoggerFactory.getLogger(SharedDownlink.class);

  private final CommandStore store;
  private final InstantSource clock;
  private final Map<DeviceId, Deque<Listening>> listeners = new HashMap<>();
  private final Set<DeviceId> again = new LinkedHashSet<>();
  private final List<Consumer<Tracked>> watchers = new CopyOnWriteArrayList<>();
  private final LongAdder ignored = new LongAdder();
  private final OneByOne worker = new OneByOne();
  private volatile boolean started;

  /**
   * @param store that all processes share
   */
  public SharedDownlink(CommandStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public void start() {
    started = true;
  }

  @Override
  public Health health() {
    return worker.health(started);
  }

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
          again.add(device);
          offerWhatWaits();
        });
    return () -> {
      listening.close();
      worker.tell(() -> stopListening(listening));
    };
  }

  /** {@inheritDoc} Reads the store. */
  @Override
  public List<Tracked> pending(DeviceId device) {
    return store.open(device);
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

  @Override
  public void offerAgain() {
    worker.tell(this::offerWhatWaits);
  }

  @Override
  public CompletionStage<Integer> expire(long now) {
    return worker.work(
        () -> {
          List<Tracked> expired = new ArrayList<>();
          store.overdue(now).forEach(t -> Moves.overdue(t, now).ifPresent(expired::add));
          int moved = change(expired).size();
          offerWhatWaits();
          return moved;
        });
  }

  @Override
  public CompletionStage<Integer> withdraw(DeviceId device) {
    return worker.work(
        () -> {
          long now = clock.millis();
          return change(
                  store.open(device).stream()
                      .map(t -> Moves.moved(t, State.EXPIRED, now, "the device was removed"))
                      .toList())
              .size();
        });
  }

  @Override
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
    List<Tracked> added = store.insert(fresh);
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
    List<Tracked> open = store.open(connection.device());
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
              store.find(device, reply.commandId()).stream()
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

  /** Moves commands in the store; those that another process has moved further are left out. */
  private List<Tracked> change(List<Tracked> changed) {
    if (changed.isEmpty()) {
      return List.of();
    }
    List<Tracked> moved = store.advance(changed);
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
