package io.foretell.gateway;

import io.foretell.proto.UplinkKind;
import java.util.Optional;

/**
 * Where a device's message goes: {@code v1/telemetry} and the like on MQTT, {@code /v1/telemetry}
 * on CoAP and HTTP, {@code v1/d/{child}/telemetry} where a gateway speaks for a child.
 *
 * @param child the child's name as written; empty where the device speaks for itself
 */
public record Route(UplinkKind kind, Optional<String> child) {
  /** The topic that a device subscribes to for its commands. */
  public static final String COMMANDS = "v1/commands";

  /** Reads a topic or path; empty where it is none that devices may publish to. */
  public static Optional<Route> parse(String path) {
    String[] part = (path.startsWith("/") ? path.substring(1) : path).split("/", -1);
    if (part.length == 2 && part[0].equals("v1")) {
      return UplinkKind.ofRoute(part[1]).map(kind -> new Route(kind, Optional.empty()));
    }
    if (part.length == 4 && part[0].equals("v1") && part[1].equals("d") && !part[2].isEmpty()) {
      return UplinkKind.ofRoute(part[3]).map(kind -> new Route(kind, Optional.of(part[2])));
    }
    return Optional.empty();
  }
}
