package io.foretell.app;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Finding;
import java.util.List;
import java.util.Map;

/**
 * What a replay would have found beside what was found.
 *
 * @param uplinks that were run; the presence that the gateway notes is not counted
 * @param devices that sent them
 * @param rows what differs and what does not, by device
 */
public record Difference(long uplinks, int devices, Map<DeviceId, List<Row>> rows) {
  /** The moment of what never was. */
  public static final long NEVER = Long.MIN_VALUE;

  /**
   * One thing that was found, or would have been.
   *
   * @param was how often it was found
   * @param now how often it would have been
   * @param firstWas since when at first, event time in ms since 1970; {@link #NEVER}
   * @param firstNow the same of the replay
   */
  public record Row(
      Finding.Kind kind, String cause, int was, int now, long firstWas, long firstNow) {
    /** Found by both. */
    public int same() {
      return Math.min(was, now);
    }

    /** Found by the replay alone. */
    public int gained() {
      return Math.max(0, now - was);
    }

    /** Not found by the replay. */
    public int lost() {
      return Math.max(0, was - now);
    }
  }

  /** Found by both, over all devices. */
  public int same() {
    return all().mapToInt(Row::same).sum();
  }

  /** Found by the replay alone, over all devices. */
  public int gained() {
    return all().mapToInt(Row::gained).sum();
  }

  /** Not found by the replay, over all devices. */
  public int lost() {
    return all().mapToInt(Row::lost).sum();
  }

  private java.util.stream.Stream<Row> all() {
    return rows.values().stream().flatMap(List::stream);
  }
}
