package io.foretell.ingest.fuzz;

import io.foretell.ingest.Decoding;
import io.foretell.ingest.DeviceStream;
import io.foretell.ingest.Limits;
import io.foretell.ingest.payload.Payloads;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Topic;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.wire.Topics;
import java.util.Arrays;
import java.util.Objects;

/**
 * A device whose uplinks are decoded, and what must hold of each answer: telemetry or exactly one
 * reject, with a reason that is not the server's own failure; within the limits of a message; in
 * the order of time; and a state that is kept and found again as it was.
 */
final class Device implements Emit {
  private static final Limits LIMITS = Limits.DEFAULT;
  private static final long NOW = 1_795_308_448_257L;
  private static final DeviceId ID = new DeviceId("acme", "truck-1");
  private static final int LONGEST_DETAIL = 1_000;

  private final Decoding decoding =
      new Decoding(Topics.TELEMETRY, Topics.REJECTS, Payloads.standard(LIMITS), LIMITS);
  private DeviceStream state = decoding.initial(ID);
  private final StringBuilder said = new StringBuilder();
  private int telemetry;
  private int rejects;
  private long offset;

  /** Decodes one uplink here and in another device that has seen the same until now. */
  void sameTwice(Device other, UplinkKind kind, String contentType, byte[] body) {
    String here = take(kind, contentType, body.clone());
    check(here.equals(other.take(kind, contentType, body.clone())), "another answer than before");
  }

  private String take(UplinkKind kind, String contentType, byte[] body) {
    said.setLength(0);
    telemetry = 0;
    rejects = 0;
    Uplink uplink = new Uplink(kind, NOW, contentType, "mqtt", body);
    Position position = new Position("uplink", 0, offset++);
    state = decoding.apply(state, new Entry<>(position, 0, ID, NOW, uplink), this);
    check(rejects == 1 && telemetry == 0 || rejects == 0 && telemetry > 0, "neither nor, or both");
    check(telemetry <= LIMITS.codes(), "parts");
    Codec<DeviceStream> codec = decoding.codec();
    byte[] kept = codec.encode(state);
    check(Arrays.equals(kept, codec.encode(codec.decode(kept))), "the state is not kept");
    return said.toString();
  }

  @Override
  public <T> void to(Topic<T> topic, DeviceId key, T value) {
    if (value instanceof Reject reject) {
      rejects++;
      check(reject.reason() != ReasonCode.INTERNAL, reject.detail());
      check(reject.detail().length() <= LONGEST_DETAIL, "a long detail");
      said.append(reject.reason()).append(reject.detail());
    } else if (value instanceof Telemetry told) {
      telemetry++;
      judge(told);
    } else {
      throw new IllegalStateException("a value for " + topic.name());
    }
  }

  private void judge(Telemetry told) {
    check(told.time() >= 0 && told.time() <= NOW + LIMITS.clockSkewMillis(), "a time");
    if (told instanceof Telemetry.Signals signals) {
      judge(signals);
    } else if (told instanceof Telemetry.Frames frames) {
      judge(frames);
    } else if (told instanceof Telemetry.FaultCodes faults) {
      check(faults.codes().size() <= LIMITS.codes(), "fault codes");
      said.append(faults);
    } else {
      said.append(told);
    }
  }

  private void judge(Telemetry.Signals signals) {
    int n = signals.names().size();
    check(n == signals.times().size() && n == signals.values().size(), "columns");
    check(n > 0 && n <= LIMITS.series() && signals.size() <= LIMITS.samples(), "signals");
    for (int i = 0; i < n; i++) {
      long[] times = signals.times().get(i);
      check(times.length > 0 && times.length == signals.values().get(i).length, "a column");
      for (int k = 1; k < times.length; k++) {
        check(times[k - 1] <= times[k], "samples out of order");
      }
      check(times[times.length - 1] <= signals.time(), "a sample behind its message");
      said.append(Objects.requireNonNull(signals.names().get(i)))
          .append(Arrays.toString(times))
          .append(Arrays.toString(signals.values().get(i)));
    }
  }

  private void judge(Telemetry.Frames frames) {
    int n = frames.ids().length;
    check(n > 0 && n <= LIMITS.frames(), "frames");
    check(n == frames.ends().length && n == frames.micros().length, "columns");
    int before = 0;
    for (int end : frames.ends()) {
      check(end >= before, "a frame that ends before it begins");
      before = end;
    }
    check(before <= frames.data().length, "a frame beyond the data");
    said.append(Arrays.toString(frames.ids()))
        .append(Arrays.toString(frames.ends()))
        .append(Arrays.toString(frames.micros()))
        .append(Arrays.hashCode(frames.data()));
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }
}
