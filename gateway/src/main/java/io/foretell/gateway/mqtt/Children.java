package io.foretell.gateway.mqtt;

import java.util.HashSet;
import java.util.Set;

/** The children for whom a gateway has asked to speak on one connection. */
final class Children {
  private static final String PREFIX = "v1/d/";

  /** A gateway with more of them is asked again. */
  private static final int MAX_KNOWN = 10_000;

  private final Set<String> known = new HashSet<>();

  /** Whether a topic is that of a child nobody was asked about yet. */
  boolean isStranger(String topic) {
    return topic.startsWith(PREFIX) && !known.contains(named(topic));
  }

  /** The child that a topic names. */
  static String named(String topic) {
    int end = topic.indexOf('/', PREFIX.length());
    return topic.substring(PREFIX.length(), end < 0 ? topic.length() : end);
  }

  /** From now on it is no stranger. */
  void know(String name) {
    if (known.size() >= MAX_KNOWN) {
      known.clear();
    }
    known.add(name);
  }
}
