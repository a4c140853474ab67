package io.foretell.gateway.mqtt;

import io.foretell.gateway.Door;
import io.foretell.gateway.Downlink;
import io.foretell.gateway.Identities;
import io.foretell.gateway.Presence;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;

/** What every connection of a listener works with. */
record Services(
    Door door,
    Identities identities,
    Downlink downlink,
    Presence presence,
    InstantSource clock,
    MqttLimits limits,
    Sessions sessions,
    Counters counters) {

  /** Counts behind {@link MqttStats}. */
  record Counters(
      LongAdder greeted,
      LongAdder refused,
      LongAdder overLimit,
      LongAdder violations,
      LongAdder takenOver,
      LongAdder unstored) {
    Counters() {
      this(
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new LongAdder());
    }
  }
}
