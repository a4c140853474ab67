package io.foretell.servicedesk.outbox;

import io.foretell.proto.Lane;
import io.foretell.proto.Position;
import io.foretell.proto.TicketEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Takes changes to the durable lane of tickets. A crash between the lane's commit and its own makes
 * it append the last ones again: a reader of the lane sees a state twice, never out of order.
 */
public final class LaneRelay implements Relay {
  private static final int BATCH = 200;

  private final String name;
  private final Outbox outbox;
  private final Lane<TicketEvent> lane;
  private final Duration patience;

  /**
   * A relay to a lane.
   *
   * @param name its identity in the outbox
   * @param patience how long an append may take
   */
  public LaneRelay(String name, Outbox outbox, Lane<TicketEvent> lane, Duration patience) {
    this.name = name;
    this.outbox = outbox;
    this.lane = lane;
    this.patience = patience;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int pump(long now) {
    List<OutboxEntry> entries = outbox.after(outbox.progress(name), BATCH);
    if (entries.isEmpty()) {
      return 0;
    }
    List<CompletableFuture<Position>> appended = new ArrayList<>(entries.size());
    for (OutboxEntry entry : entries) {
      TicketEvent event = entry.change().event();
      appended.add(lane.append(entry.change().device(), event.at(), event).toCompletableFuture());
    }
    await(appended);
    outbox.advance(name, entries.get(entries.size() - 1).sequence());
    return entries.size();
  }

  private void await(List<CompletableFuture<Position>> appended) {
    try {
      CompletableFuture.allOf(appended.toArray(CompletableFuture[]::new))
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new RelayException("the lane of tickets does not take them", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RelayException("stopped while the lane of tickets was taking them", e);
    }
  }

  @Override
  public void close() {}
}
