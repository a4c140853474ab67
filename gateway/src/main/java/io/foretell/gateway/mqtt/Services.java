package io.foretell.gateway.mqtt;

import io.foretell.gateway.Door;
import io.foretell.gateway.Downlink;
import io.foretell.gateway.Identities;
import io.foretell.gateway.Presence;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import java.time.InstantSource;
import java.util.List;
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

  /** The commands that wait for a device. May block. */
  List<Command> waiting(DeviceId device) {
    return downlink.pending(device).stream()
        .filter(t -> t.state() == Downlink.State.QUEUED || t.state() == Downlink.State.DELIVERED)
        .map(Downlink.Tracked::command)
        .toList();
  }

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
