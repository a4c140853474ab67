package io.foretell.ingest;

import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One device's place in its stream: which numbers it has sent, and the ledger of its uplinks. Every
 * uplink that was folded is counted exactly once, so over all devices
 *
 * <pre>Σ lane end = Σ {@link #stored} + Σ {@link #rejectedTotal} + lag</pre>
 *
 * <p>Not safe for use by several threads.
 */
public final class DeviceStream {
  /**
   * Of how many boots the numbers are remembered; of the least recently heard they are forgotten.
   */
  static final int BOOTS = 4;

  /** The numbers of one boot. */
  record Boot(long id, SequenceWindow window) {}

  private long stored;
  private long lastReceivedAt;
  private long lastEventTime;
  private final EnumMap<ReasonCode, Long> rejected = new EnumMap<>(ReasonCode.class);
  // Least recently heard first.
  private final List<Boot> boots = new ArrayList<>(1);

  private Announced announced = Announced.NOTHING;

  private final Deliveries deliveries;

  DeviceStream() {
    this.deliveries = new Deliveries();
  }

  DeviceStream(
      long stored,
      long lastReceivedAt,
      long lastEventTime,
      Map<ReasonCode, Long> rejected,
      List<Boot> boots,
      Announced announced,
      Deliveries deliveries) {
    this.deliveries = deliveries;
    this.stored = stored;
    this.lastReceivedAt = lastReceivedAt;
    this.lastEventTime = lastEventTime;
    this.rejected.putAll(rejected);
    this.boots.addAll(boots);
    this.announced = announced;
  }

  /** Uplinks that were decoded and handed on. */
  public long stored() {
    return stored;
  }

  /** Uplinks that went to the rejects, by reason. */
  public Map<ReasonCode, Long> rejected() {
    return Collections.unmodifiableMap(rejected);
  }

  /** Uplinks that went to the rejects. */
  public long rejectedTotal() {
    long total = 0;
    for (long count : rejected.values()) {
      total += count;
    }
    return total;
  }

  /** When the newest uplink that was stored came in, ms since 1970; 0 before the first. */
  public long lastReceivedAt() {
    return lastReceivedAt;
  }

  /** The newest event time that was stored, ms since 1970; 0 before the first. */
  public long lastEventTime() {
    return lastEventTime;
  }

  /** Numbered messages of the remembered boots that others have overtaken and that never came. */
  public long missing() {
    long missing = 0;
    for (Boot boot : boots) {
      missing += boot.window().missing();
    }
    return missing;
  }

  /** What the device has announced for its later messages to refer to. */
  Announced announced() {
    return announced;
  }

  /** Messages with QoS 2 that may be repeated. */
  Deliveries deliveries() {
    return deliveries;
  }

  void announce(Announced newer) {
    announced = newer;
  }

  boolean seen(Origin origin) {
    if (!origin.numbered()) {
      return false;
    }
    int at = indexOf(origin.bootId());
    return at >= 0 && boots.get(at).window().seen(origin.sequence());
  }

  void store(Origin origin, long receivedAt, long eventTime) {
    stored++;
    lastReceivedAt = Math.max(lastReceivedAt, receivedAt);
    lastEventTime = Math.max(lastEventTime, eventTime);
    if (origin.numbered()) {
      heard(origin.bootId()).add(origin.sequence());
    }
  }

  void reject(ReasonCode reason) {
    rejected.merge(reason, 1L, Long::sum);
  }

  List<Boot> boots() {
    return boots;
  }

  private SequenceWindow heard(long bootId) {
    int at = indexOf(bootId);
    if (at >= 0 && at == boots.size() - 1) {
      return boots.get(at).window();
    }
    Boot boot = at >= 0 ? boots.remove(at) : new Boot(bootId, new SequenceWindow());
    if (boots.size() == BOOTS) {
      boots.remove(0);
    }
    boots.add(boot);
    return boot.window();
  }

  private int indexOf(long bootId) {
    for (int i = boots.size() - 1; i >= 0; i--) {
      if (boots.get(i).id() == bootId) {
        return i;
      }
    }
    return -1;
  }
}
