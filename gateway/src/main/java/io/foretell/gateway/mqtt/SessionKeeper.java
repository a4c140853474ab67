package io.foretell.gateway.mqtt;

import io.foretell.gateway.mqtt.SessionStore.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes sessions to their store, in groups: what changes while one group is written is the next
 * one, and of a session only its latest state. What the store does not take is kept and tried
 * again; meanwhile nothing that depends on it is answered.
 */
final class SessionKeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SessionKeeper.class);
  private static final long CLOSE_SECONDS = 5;

  private final SessionStore store;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "mqtt-sessions"));
  private Map<Session.Key, Change> changes = new LinkedHashMap<>();
  private List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private boolean scheduled;
  private volatile boolean failing;

  SessionKeeper(SessionStore store) {
    this.store = store;
  }

  /** Whether the last attempt to write has failed. */
  boolean failing() {
    return failing;
  }

  List<KeptSession> load() {
    return store.load();
  }

  Optional<SessionStore.Claimed> claim(Session.Key key, long holder) {
    return store.claim(key.device(), key.clientId(), holder);
  }

  /** Forgets what nobody came back for; where that fails, another time. */
  void forgetExpired(long now) {
    try {
      worker.execute(
          () -> {
            try {
              store.forgetExpired(now);
            } catch (SessionsUnavailableException e) {
              log.warn("{}", e.toString());
            }
          });
    } catch (RejectedExecutionException e) {
      log.debug("nothing is forgotten after the end: {}", e.toString());
    }
  }

  /** Takes a change; completes when it is durable, on the keeper's thread. Any thread. */
  synchronized CompletableFuture<Void> write(Session.Key key, Change change) {
    CompletableFuture<Void> durable = new CompletableFuture<>();
    changes.remove(key);
    changes.put(key, change);
    waiting.add(durable);
    schedule();
    return durable;
  }

  /** Tries again what could not be written; does nothing where all is. */
  synchronized void retry() {
    if (!changes.isEmpty()) {
      schedule();
    }
  }

  private void schedule() {
    if (scheduled) {
      return;
    }
    try {
      worker.execute(this::drain);
      scheduled = true;
    } catch (RejectedExecutionException e) {
      log.debug("a session changed after the end: {}", e.toString());
    }
  }

  private void drain() {
    Map<Session.Key, Change> taken;
    List<CompletableFuture<Void>> told;
    synchronized (this) {
      scheduled = false;
      taken = changes;
      told = waiting;
      changes = new LinkedHashMap<>();
      waiting = new ArrayList<>();
    }
    try {
      store.write(List.copyOf(taken.values()));
      failing = false;
      told.forEach(one -> one.complete(null));
    } catch (SessionsUnavailableException e) {
      failing = true;
      log.warn("MQTT sessions cannot be kept: {}", e.toString());
      putBack(taken);
      told.forEach(one -> one.completeExceptionally(e));
    }
  }

  private synchronized void putBack(Map<Session.Key, Change> taken) {
    taken.forEach(changes::putIfAbsent);
  }

  /** Writes what was taken, and ends. */
  @Override
  public void close() {
    worker.shutdown();
    try {
      if (!worker.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        log.warn("MQTT sessions are still being written after {} s", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
