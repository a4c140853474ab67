package io.foretell.gateway.mqtt;

import io.foretell.gateway.Door.Receipt;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Brings receipts back from the lanes' threads to one event loop, in groups. A commit makes
 * thousands of messages durable at once; handing each back by itself would cost a wake-up and a
 * flush each. Here a commit costs one task an event loop and one flush a connection.
 */
final class AckLoop {
  private final EventLoop eventLoop;
  private final ConcurrentLinkedQueue<Inflow.Pending> settled = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final List<Inflow> touched = new ArrayList<>();

  AckLoop(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  /** A message has its receipt. Any thread. */
  void settle(Inflow.Pending pending, Receipt receipt) {
    pending.receipt(receipt);
    if (eventLoop.inEventLoop()) {
      pending.inflow().settledHere(pending);
      return;
    }
    settled.add(pending);
    if (scheduled.compareAndSet(false, true)) {
      schedule();
    }
  }

  private void schedule() {
    try {
      eventLoop.execute(this::drain);
    } catch (RejectedExecutionException e) {
      settled.clear(); // the event loop has ended, and all its connections with it
    }
  }

  private void drain() {
    scheduled.set(false);
    for (Inflow.Pending next = settled.poll(); next != null; next = settled.poll()) {
      if (next.inflow().settled(next)) {
        touched.add(next.inflow());
      }
    }
    for (Inflow inflow : touched) {
      inflow.acknowledge();
    }
    touched.clear();
  }
}
