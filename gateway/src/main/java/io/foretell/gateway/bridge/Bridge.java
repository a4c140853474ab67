package io.foretell.gateway.bridge;

import io.foretell.gateway.Door;
import io.foretell.proto.Health;
import io.foretell.proto.Part;
import io.foretell.proto.Severity;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages from somebody else's MQTT broker, 5 or 3.1.1, by a persistent session and, where
 * it is so configured, a shared subscription. A message is acknowledged to the broker when it is on
 * our disk, so a restart on either side loses none; one that was stored and not yet acknowledged
 * comes again and is dropped by its sequence number, where it has one. The devices are children of
 * the bridge's own device, as behind any gateway.
 *
 * <p>Where the connection ends it is made again, after one second and then after up to thirty.
 */
public final class Bridge implements Part {
  private static final Logger log = LoggerFactory.getLogger(Bridge.class);
  private static final String PART = "bridge";
  private static final long FIRST_PAUSE_MILLIS = 1_000;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;
  private static final long STOP_MILLIS = 10_000;

  private final BridgeSettings settings;
  private final Door door;
  private final Counters counters = new Counters();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile boolean connected;
  private volatile String trouble = "not connected yet";
  private @Nullable Thread worker;
  private volatile @Nullable Intake current;

  /** What was counted since the start. */
  record Counters(LongAdder taken, LongAdder acknowledged, LongAdder unstored) {
    Counters() {
      this(new LongAdder(), new LongAdder(), new LongAdder());
    }
  }

  /** Made without I/O; {@link #start} connects. */
  public Bridge(BridgeSettings settings, Door door) {
    this.settings = settings;
    this.door = door;
  }

  /**
   * Begins to connect, and returns at once: a broker that is down must not keep the server down.
   */
  @Override
  public synchronized void start() {
    Thread thread = new Thread(this::run, "foretell-bridge");
    thread.setDaemon(true);
    thread.start();
    worker = thread;
  }

  /** Messages that came from the broker. */
  public long taken() {
    return counters.taken().sum();
  }

  /** Messages that were acknowledged to the broker. */
  public long acknowledged() {
    return counters.acknowledged().sum();
  }

  /** Messages that could not be made durable and were left to the broker. */
  public long unstored() {
    return counters.unstored().sum();
  }

  @Override
  public Health health() {
    return connected
        ? Health.good(PART)
        : new Health(
            PART,
            true,
            List.of(
                new Health.Notice(
                    "BRIDGE_DOWN",
                    Severity.MAJOR,
                    settings.broker() + ": " + trouble,
                    "Its messages wait at the broker; see whether it is up and lets us in.")));
  }

  @Override
  public void close() {
    stopping.countDown();
    Intake open = current;
    if (open != null) {
      open.lost("the server stops");
    }
    Thread thread;
    synchronized (this) {
      thread = worker;
      worker = null;
    }
    if (thread != null) {
      try {
        thread.join(STOP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    long pause = FIRST_PAUSE_MILLIS;
    try {
      while (stopping.getCount() > 0) {
        pause = session() ? FIRST_PAUSE_MILLIS : Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
        boolean stopped = stopping.await(pause, TimeUnit.MILLISECONDS);
        if (stopped) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One connection, from its beginning to its end; false where there was none. */
  private boolean session() throws InterruptedException {
    Broker broker;
    try {
      broker =
          settings.version() == BridgeSettings.Version.MQTT_5
              ? new Broker5(settings)
              : new Broker3(settings);
    } catch (IOException e) {
      trouble = String.valueOf(e.getMessage());
      return false;
    }
    Intake intake = new Intake(broker, door, settings, counters);
    current = intake;
    try {
      broker.connect(intake);
      connected = true;
      log.info("bridge to {} open: {}", settings.broker(), settings.topics());
      if (stopping.getCount() > 0) {
        trouble = intake.awaitEnd();
        log.warn("bridge to {} ended: {}", settings.broker(), trouble);
      }
      return true;
    } catch (IOException e) {
      trouble = String.valueOf(e.getMessage());
      log.warn("bridge to {}: {}", settings.broker(), trouble);
      return false;
    } finally {
      connected = false;
      broker.close();
      current = null;
    }
  }
}
