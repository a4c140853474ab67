package io.foretell.servicedesk;

import io.foretell.proto.TicketEvent.Urgency;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * By when a ticket of each urgency must be taken on and resolved. The clocks run round the clock,
 * every day.
 *
 * @param targets one for every urgency
 * @param atRisk the share of a clock's time, 0–1, after which it is at risk
 */
public record SlaPolicy(Map<Urgency, Target> targets, double atRisk) {
  /** Refuses a policy that leaves an urgency out. */
  public SlaPolicy {
    targets = Map.copyOf(targets);
    if (targets.size() != Urgency.values().length) {
      throw new IllegalArgumentException("an SLA target is missing: " + targets.keySet());
    }
  }

  /**
   * What is promised.
   *
   * @param respond from opening until someone has taken it on
   * @param resolve from opening until the device has proved that the fault is gone
   */
  public record Target(Duration respond, Duration resolve) {}

  /** How a ticket stands against what is promised, from best to worst. */
  public enum Standing {
    ON_TIME,
    AT_RISK,
    BREACHED
  }

  /** 15 min and 4 h; 1 h and 24 h; 8 h and 3 days; 24 h and 14 days; at risk after 80 %. */
  public static SlaPolicy defaults() {
    Map<Urgency, Target> targets = new EnumMap<>(Urgency.class);
    targets.put(Urgency.EMERGENCY, new Target(Duration.ofMinutes(15), Duration.ofHours(4)));
    targets.put(Urgency.HIGH, new Target(Duration.ofHours(1), Duration.ofHours(24)));
    targets.put(Urgency.MEDIUM, new Target(Duration.ofHours(8), Duration.ofDays(3)));
    targets.put(Urgency.LOW, new Target(Duration.ofHours(24), Duration.ofDays(14)));
    return new SlaPolicy(targets, 0.8);
  }

  /** How the response clock stands; once stopped it keeps its last standing. */
  public Standing response(Clocks clocks, long now) {
    return standing(clocks.startedAt(), clocks.respondBy(), clocks.respondedAt(), now);
  }

  /** How the resolution clock stands; once stopped it keeps its last standing. */
  public Standing resolution(Clocks clocks, long now) {
    return standing(clocks.startedAt(), clocks.resolveBy(), clocks.endedAt(), now);
  }

  /** The worse of both. */
  public Standing standing(Clocks clocks, long now) {
    Standing response = response(clocks, now);
    Standing resolution = resolution(clocks, now);
    return response.compareTo(resolution) >= 0 ? response : resolution;
  }

  Clocks start(Urgency urgency, long at) {
    OptionalLong none = OptionalLong.empty();
    return new Clocks(at, at + respond(urgency), at + resolve(urgency), none, none, none);
  }

  /** A raised urgency counts from when it was raised, and never gives more time than before. */
  Clocks raise(Clocks clocks, Urgency urgency, long at) {
    return clocks.sooner(at + respond(urgency), at + resolve(urgency));
  }

  private Standing standing(long from, long by, OptionalLong stopped, long now) {
    long at = stopped.orElse(now);
    if (at > by) {
      return Standing.BREACHED;
    }
    boolean running = stopped.isEmpty();
    return running && at - from >= (by - from) * atRisk ? Standing.AT_RISK : Standing.ON_TIME;
  }

  private long respond(Urgency urgency) {
    return target(urgency).respond().toMillis();
  }

  private long resolve(Urgency urgency) {
    return target(urgency).resolve().toMillis();
  }

  private Target target(Urgency urgency) {
    Target target = targets.get(urgency);
    if (target == null) {
      throw new IllegalStateException("no SLA target for " + urgency);
    }
    return target;
  }
}
