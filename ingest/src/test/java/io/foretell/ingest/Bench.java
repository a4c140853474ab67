package io.foretell.ingest;

import io.foretell.ingest.payload.Payloads;
import io.foretell.proto.Delivery;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import io.foretell.proto.Reject;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Topic;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decoding on a bench: puts uplinks of one device in and keeps what comes out. */
final class Bench implements Emit {
  /** When every uplink is received, unless a test says otherwise. */
  static final long NOW = 1_795_308_448_257L;

  static final DeviceId TRUCK = new DeviceId("acme", "truck-1");

  final Decoding decoding =
      new Decoding(
          Topics.TELEMETRY, Topics.REJECTS, Payloads.standard(Limits.DEFAULT), Limits.DEFAULT);
  final List<Telemetry> telemetry = new ArrayList<>();
  final List<Reject> rejects = new ArrayList<>();
  DeviceStream state = decoding.initial(TRUCK);
  private long offset;

  @Override
  public <T> void to(Topic<T> topic, DeviceId key, T value) {
    if (value instanceof Telemetry said) {
      telemetry.add(said);
    } else if (value instanceof Reject reject) {
      rejects.add(reject);
    } else {
      throw new AssertionError("unexpected topic " + topic.name());
    }
  }

  Bench send(UplinkKind kind, String contentType, byte[] payload) {
    return send(new Uplink(kind, NOW, contentType, "mqtt", payload));
  }

  Bench send(UplinkKind kind, String json, Delivery delivery) {
    byte[] payload = json.getBytes(StandardCharsets.UTF_8);
    return send(new Uplink(kind, NOW, "application/json", "mqtt", payload, Optional.of(delivery)));
  }

  private Bench send(Uplink uplink) {
    Position position = new Position("uplink", 0, offset++);
    state = decoding.apply(state, new Entry<>(position, 0, TRUCK, NOW, uplink), this);
    return this;
  }

  Bench send(UplinkKind kind, String json) {
    return send(kind, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  Bench send(UplinkKind kind, byte[] protobuf) {
    return send(kind, "", protobuf);
  }

  /** The only value that came out. */
  <T extends Telemetry> T only(Class<T> type) {
    if (telemetry.size() != 1 || !rejects.isEmpty()) {
      throw new AssertionError("came out: " + telemetry + ", rejected: " + rejects);
    }
    return type.cast(telemetry.get(0));
  }

  /** Signals as text, for short assertions: {@code name@offset from NOW=value}. */
  List<String> samples() {
    List<String> samples = new ArrayList<>();
    for (Telemetry value : telemetry) {
      if (value instanceof Telemetry.Signals signals) {
        for (int i = 0; i < signals.names().size(); i++) {
          for (int k = 0; k < signals.times().get(i).length; k++) {
            samples.add(
                "%s@%d=%s"
                    .formatted(
                        signals.names().get(i),
                        signals.times().get(i)[k] - NOW,
                        signals.values().get(i)[k]));
          }
        }
      }
    }
    return samples;
  }
}
