package io.foretell.gateway.sparkplug;

import io.foretell.proto.DeviceId;
import java.util.Optional;

/**
 * A topic of Sparkplug B (specification 3.0.0, section 4.1): {@code spBv1.0/{group}/{type}/{edge
 * node}[/{device}]}.
 *
 * @param device empty where the edge node speaks of itself
 */
public record SparkplugTopic(String group, Type type, String node, Optional<String> device) {
  /** What every topic begins with. */
  public static final String PREFIX = "spBv1.0/";

  /** What an edge node publishes. */
  enum Type {
    NBIRTH,
    NDATA,
    NDEATH,
    DBIRTH,
    DDATA,
    DDEATH;

    /** Whether it is about a device of the edge node. */
    boolean ofDevice() {
      return this == DBIRTH || this == DDATA || this == DDEATH;
    }
  }

  /** Reads a topic; empty where it is none that an edge node publishes to. */
  public static Optional<SparkplugTopic> parse(String topic) {
    String[] level = topic.split("/", -1);
    if (!topic.startsWith(PREFIX) || level.length < 4 || level.length > 5) {
      return Optional.empty();
    }
    for (Type type : Type.values()) {
      if (type.name().equals(level[2]) && type.ofDevice() == (level.length == 5)) {
        Optional<String> device = level.length == 5 ? Optional.of(level[4]) : Optional.empty();
        return Optional.of(new SparkplugTopic(level[1], type, level[3], device));
      }
    }
    return Optional.empty();
  }

  /**
   * Whether a device may subscribe to that: commands to itself as an edge node and to its devices,
   * its own death, of which stock clients want to know whether somebody else has told it, and the
   * state of a host application.
   */
  public static boolean mayListen(String filter, DeviceId device) {
    String[] level = filter.split("/", -1);
    if (!filter.startsWith(PREFIX) || level.length < 3) {
      return false;
    }
    if (level[1].equals("STATE")) {
      return level.length == 3 && plain(level[2]);
    }
    boolean command = level[2].equals("NCMD") || level[2].equals("DCMD");
    boolean own = level.length >= 4 && level[3].equals(device.device());
    boolean rest = level.length == 4 || level.length == 5;
    boolean death = level[2].equals("NDEATH") && level.length == 4;
    return (command && rest || death) && own && plain(level[1]);
  }

  private static boolean plain(String level) {
    return !level.isEmpty() && level.indexOf('+') < 0 && level.indexOf('#') < 0;
  }
}
