package io.foretell.gateway.bridge;

import io.foretell.proto.UplinkKind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which topics of a broker are bridged, and whose messages they carry: {@code
 * plant/+/{device}/{kind}}, {@code sensors/{device}/#=telemetry}. {@code {device}} stands for the
 * level that names the device and {@code {kind}} for the one that says what the message is about
 * (telemetry, faults, frames, replies, updates); without it {@code =kind} at the end says so, and
 * telemetry it is without that. {@code +} and {@code #} are MQTT's own.
 */
public final class TopicPattern {
  private static final String DEVICE = "{device}";
  private static final String KIND = "{kind}";

  private final List<String> levels;
  private final String kind;
  private final String text;

  private TopicPattern(String text, List<String> levels, String kind) {
    this.text = text;
    this.levels = levels;
    this.kind = kind;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  public static TopicPattern parse(String text) {
    int equals = text.lastIndexOf('=');
    String topic = equals < 0 ? text : text.substring(0, equals);
    String kind = equals < 0 ? UplinkKind.TELEMETRY.route() : text.substring(equals + 1);
    List<String> levels = Arrays.asList(topic.split("/", -1));
    if (levels.stream().filter(DEVICE::equals).count() != 1) {
      throw new IllegalArgumentException("'" + text + "' needs one level {device}");
    }
    if (levels.stream().filter(KIND::equals).count() > 1) {
      throw new IllegalArgumentException("'" + text + "' has {kind} twice");
    }
    if (UplinkKind.ofRoute(kind).isEmpty()) {
      throw new IllegalArgumentException("'" + kind + "' is no kind of message");
    }
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      boolean variable = level.equals(DEVICE) || level.equals(KIND) || level.equals("+");
      boolean rest = level.equals("#") && i == levels.size() - 1;
      if (!variable && !rest && level.matches(".*[+#{}].*")) {
        throw new IllegalArgumentException("'" + text + "': level '" + level + "'");
      }
    }
    return new TopicPattern(text, levels, kind);
  }

  /** The filter to subscribe to. */
  String filter() {
    return String.join(
        "/", levels.stream().map(level -> level.startsWith("{") ? "+" : level).toList());
  }

  /** The path under which the door takes a message of this topic; empty where it does not match. */
  Optional<String> path(String topic) {
    String[] given = topic.split("/", -1);
    boolean open = levels.get(levels.size() - 1).equals("#");
    int fixed = open ? levels.size() - 1 : levels.size();
    if (given.length < fixed || (!open && given.length > fixed)) {
      return Optional.empty();
    }
    String device = "";
    String route = kind;
    for (int i = 0; i < fixed; i++) {
      String level = levels.get(i);
      if (level.equals(DEVICE)) {
        device = given[i];
      } else if (level.equals(KIND)) {
        route = given[i];
      } else if (!level.equals("+") && !level.equals(given[i])) {
        return Optional.empty();
      }
    }
    return Optional.of("v1/d/" + device + "/" + route);
  }

  @Override
  public String toString() {
    return text;
  }
}
