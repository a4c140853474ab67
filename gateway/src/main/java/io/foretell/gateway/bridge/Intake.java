package io.foretell.gateway.bridge;

import io.foretell.gateway.Door;
import io.foretell.gateway.Door.Receipt;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of one connection to the broker, from their arrival to their acknowledgement. They
 * are acknowledged in the order in which they came [MQTT-4.6.0-2], each when it is on disk, as an
 * uplink or as a reject. Where one is not, the connection ends: the broker sends it again on the
 * next.
 */
final class Intake implements Broker.Receiver {
  private static final Logger log = LoggerFactory.getLogger(Intake.class);
  private static final String VIA = "bridge";
  private static final long SHORTEST_REST_MILLIS = 10;

  private final Broker broker;
  private final Door door;
  private final BridgeSettings settings;
  private final Bridge.Counters counters;
  private final Semaphore room;
  private final ArrayDeque<Pending> order = new ArrayDeque<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile String why = "";

  Intake(Broker broker, Door door, BridgeSettings settings, Bridge.Counters counters) {
    this.broker = broker;
    this.door = door;
    this.settings = settings;
    this.counters = counters;
    this.room = new Semaphore(settings.window());
  }

  @Override
  public void message(int packetId, int qos, String topic, String contentType, byte[] payload) {
    room.acquireUninterruptibly();
    hold();
    counters.taken().increment();
    Pending pending = new Pending(packetId, qos);
    synchronized (order) {
      order.add(pending);
    }
    String path = path(topic).orElse(topic);
    var unused =
        door.take(settings.gateway(), path, contentType, VIA, payload)
            .whenComplete((receipt, failure) -> settle(pending, receipt));
  }

  /** Holds the broker back while the bridge has sent more than it may, or the disk is behind. */
  private void hold() {
    long millis = door.rest(settings.gateway());
    while (over.getCount() > 0 && (millis > 0 || door.pressed())) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Math.max(millis, SHORTEST_REST_MILLIS)));
      millis = door.rest(settings.gateway());
    }
  }

  private Optional<String> path(String topic) {
    for (TopicPattern pattern : settings.topics()) {
      Optional<String> path = pattern.path(topic);
      if (path.isPresent()) {
        return path;
      }
    }
    return Optional.empty();
  }

  private void settle(Pending pending, @Nullable Receipt receipt) {
    room.release();
    if (receipt == null || receipt instanceof Receipt.Unavailable) {
      counters.unstored().increment();
      lost("a message could not be made durable");
      return;
    }
    synchronized (order) {
      pending.done = true;
      for (Pending head = order.peek(); head != null && head.done; head = order.peek()) {
        order.poll();
        acknowledge(head);
      }
    }
  }

  private void acknowledge(Pending pending) {
    if (pending.qos == 0 || over.getCount() == 0) {
      return;
    }
    try {
      broker.acknowledge(pending.packetId);
      counters.acknowledged().increment();
    } catch (IOException e) {
      // The broker sends it again; its number tells that it is a repetition.
      log.debug("not acknowledged: {}", e.getMessage());
      lost(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void lost(String reason) {
    if (over.getCount() > 0) {
      why = reason;
      over.countDown();
    }
  }

  /** Waits until the connection is over; says why. */
  String awaitEnd() throws InterruptedException {
    over.await();
    return why;
  }

  /** A message that is not yet acknowledged. */
  private static final class Pending {
    private final int packetId;
    private final int qos;
    private boolean done;

    Pending(int packetId, int qos) {
      this.packetId = packetId;
      this.qos = qos;
    }
  }
}
