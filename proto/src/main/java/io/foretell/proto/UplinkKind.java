package io.foretell.proto;

import java.util.Optional;

/** What a device's message is about: the last segment of its topic or path. */
public enum UplinkKind {
  TELEMETRY("telemetry", 1),
  FAULTS("faults", 2),
  FRAMES("frames", 3),
  REPLIES("replies", 4),
  UPDATES("updates", 5),
  /** Written by the gateway itself when a device comes or goes; no route leads here. */
  PRESENCE("", 6);

  private final String route;
  private final int number;

  UplinkKind(String route, int number) {
    this.route = route;
    this.number = number;
  }

  /** The segment, as in {@code v1/telemetry}. */
  public String route() {
    return route;
  }

  /** The number on the lane; never changes. */
  public int number() {
    return number;
  }

  /** The kind that a route's last segment names. */
  public static Optional<UplinkKind> ofRoute(String segment) {
    return switch (segment) {
      case "telemetry" -> Optional.of(TELEMETRY);
      case "faults" -> Optional.of(FAULTS);
      case "frames" -> Optional.of(FRAMES);
      case "replies" -> Optional.of(REPLIES);
      case "updates" -> Optional.of(UPDATES);
      default -> Optional.empty();
    };
  }

  /** The kind of a number on the lane. */
  public static Optional<UplinkKind> ofNumber(int number) {
    for (UplinkKind kind : values()) {
      if (kind.number == number) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
