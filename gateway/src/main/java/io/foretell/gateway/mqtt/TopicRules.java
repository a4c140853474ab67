package io.foretell.gateway.mqtt;

import static io.foretell.gateway.mqtt.ProtocolViolationException.error;
import static io.foretell.gateway.mqtt.ProtocolViolationException.malformed;

/** What topic names and topic filters must look like: sections 4.7 and 4.8.2 of MQTT 5. */
final class TopicRules {
  private static final byte[] SHARE = {'$', 's', 'h', 'a', 'r', 'e', '/'};

  private TopicRules() {}

  /**
   * Passes over a topic name, checking it: no wildcards [MQTT-3.3.2-2].
   *
   * @return its length; 0 is left to the caller to judge
   */
  static int checkName(Cursor in) {
    int start = in.topic();
    for (int i = start; i < in.position(); i++) {
      byte c = in.byteAt(i);
      if (c == '#' || c == '+') {
        throw malformed("wildcard in a topic name [MQTT-3.3.2-2]");
      }
    }
    return in.position() - start;
  }

  /**
   * Passes over a topic filter, checking it.
   *
   * @param shared whether {@code $share/…} has a meaning (MQTT 5)
   * @return whether it is a shared subscription
   */
  static boolean checkFilter(Cursor in, boolean shared) {
    int start = in.topic();
    int end = in.position();
    if (start == end) {
      throw malformed("empty topic filter [MQTT-4.7.3-1]");
    }
    boolean isShared = shared && startsWithShare(in, start, end);
    checkWildcards(in, isShared ? afterShareName(in, start, end) : start, end);
    return isShared;
  }

  private static void checkWildcards(Cursor in, int start, int end) {
    for (int i = start; i < end; i++) {
      byte c = in.byteAt(i);
      if (c != '#' && c != '+') {
        continue;
      }
      boolean opens = i == start || in.byteAt(i - 1) == '/';
      boolean closes = i + 1 == end || c == '+' && in.byteAt(i + 1) == '/';
      if (!opens || !closes) {
        throw malformed("misplaced wildcard [MQTT-4.7.1-1] [MQTT-4.7.1-2]");
      }
    }
  }

  private static boolean startsWithShare(Cursor in, int start, int end) {
    if (end - start < SHARE.length) {
      return false;
    }
    for (int i = 0; i < SHARE.length; i++) {
      if (in.byteAt(start + i) != SHARE[i]) {
        return false;
      }
    }
    return true;
  }

  /** Where the filter behind the share name begins. */
  private static int afterShareName(Cursor in, int start, int end) {
    int name = start + SHARE.length;
    int at = name;
    while (at < end && in.byteAt(at) != '/') {
      if (in.byteAt(at) == '#' || in.byteAt(at) == '+') {
        throw error("wildcard in a share name [MQTT-4.8.2-1]");
      }
      at++;
    }
    if (at == name || at + 1 >= end) {
      throw error("shared subscription without name or filter [MQTT-4.8.2-1] [MQTT-4.8.2-2]");
    }
    return at + 1;
  }
}
