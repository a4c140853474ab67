package io.foretell.firmwareota;

import io.foretell.firmwareota.CampaignStore.Outgoing;
import io.foretell.proto.Command;
import io.foretell.proto.Entry;
import io.foretell.proto.Lane;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings commands from the campaigns' records to the lane: none is lost, none is there twice.
 *
 * <p>A row is marked before its append and deleted after it. Whatever is found marked (a crash or a
 * failed append came between) is first looked for on the lane, from its end back to when the oldest
 * of them was issued.
 */
final class CommandOutbox {
  private static final Logger log = LoggerFactory.getLogger(CommandOutbox.class);
  private static final int PAGE = 500;
  private static final long APPEND_SECONDS = 30;
  private static final long CLOCK_SLACK_MILLIS = 60_000;

  private final CampaignStore store;
  private final Lane<Command> lane;

  CommandOutbox(CampaignStore store, Lane<Command> lane) {
    this.store = store;
    this.lane = lane;
  }

  /** Sends what waits; returns early, and leaves the rest, where the lane cannot take more. */
  synchronized void drain(long now) {
    List<Outgoing> waiting = store.inTransaction(r -> r.outgoing(PAGE));
    while (!waiting.isEmpty()) {
      List<String> finished = finishedBefore(waiting, now);
      List<Outgoing> toSend =
          waiting.stream().filter(o -> !finished.contains(o.command().id())).toList();
      finished.addAll(append(toSend, now));
      store.inTransaction(
          r -> {
            r.sent(finished);
            return finished;
          });
      if (finished.size() < waiting.size()) {
        log.warn("commands wait for their lane: count={}", waiting.size() - finished.size());
        return;
      }
      waiting = store.inTransaction(r -> r.outgoing(PAGE));
    }
  }

  private List<String> finishedBefore(List<Outgoing> waiting, long now) {
    List<String> finished = new ArrayList<>();
    Set<String> tried = new HashSet<>();
    long oldest = Long.MAX_VALUE;
    for (Outgoing outgoing : waiting) {
      Command command = outgoing.command();
      if (command.expiresAt() <= now) {
        log.warn("command {} expired before it could be sent", command.id());
        finished.add(command.id());
      } else if (outgoing.tries() > 0) {
        tried.add(command.id());
        oldest = Math.min(oldest, command.issuedAt());
      }
    }
    for (int p = 0; p < lane.partitions() && !tried.isEmpty(); p++) {
      finished.addAll(onLane(p, tried, oldest - CLOCK_SLACK_MILLIS));
    }
    return finished;
  }

  private List<String> onLane(int partition, Set<String> wanted, long since) {
    List<String> found = new ArrayList<>();
    long end = lane.end(partition);
    long begin = lane.begin(partition);
    boolean further = true;
    while (end > begin && further) {
      long from = Math.max(begin, end - PAGE);
      List<Entry<Command>> page = lane.read(partition, from, (int) (end - from));
      for (Entry<Command> entry : page) {
        if (wanted.contains(entry.value().id())) {
          found.add(entry.value().id());
        }
      }
      further = page.isEmpty() || page.get(0).at() >= since;
      end = from;
    }
    return found;
  }

  private List<String> append(List<Outgoing> toSend, long now) {
    List<String> ids = toSend.stream().map(o -> o.command().id()).toList();
    store.inTransaction(
        r -> {
          r.trying(ids);
          return ids;
        });
    List<CompletableFuture<Boolean>> appends = new ArrayList<>();
    for (Outgoing outgoing : toSend) {
      appends.add(
          lane.append(outgoing.device(), now, outgoing.command())
              .handle((position, failure) -> failure == null)
              .toCompletableFuture());
    }
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < appends.size(); i++) {
      if (succeeded(appends.get(i))) {
        sent.add(ids.get(i));
      }
    }
    return sent;
  }

  private static boolean succeeded(CompletableFuture<Boolean> append) {
    try {
      return append.get(APPEND_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }
}
