package io.foretell.ingest;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Judges what readers have read: names, values, times and sizes, each with its reason. It is the
 * same for every notation.
 */
final class Admission {
  private final Limits limits;

  Admission(Limits limits) {
    this.limits = limits;
  }

  /** The same in the order of time, or a refusal of the whole message. */
  Decoded admit(Decoded decoded, long receivedAt) {
    List<Telemetry> values = decoded.values();
    if (values.isEmpty()) {
      throw wrong("the message says nothing");
    }
    if (values.size() == 1) {
      return decoded.with(List.of(admit(values.get(0), receivedAt)));
    }
    if (values.size() > limits.codes()) {
      throw wrong("%d parts, %d are allowed".formatted(values.size(), limits.codes()));
    }
    List<Telemetry> admitted = new ArrayList<>(values.size());
    for (Telemetry value : values) {
      admitted.add(admit(value, receivedAt));
    }
    return decoded.with(admitted);
  }

  private Telemetry admit(Telemetry value, long receivedAt) {
    Telemetry admitted = value;
    if (value instanceof Telemetry.Signals signals) {
      admitted = new SeriesOrder(limits).ordered(signals);
    } else if (value instanceof Telemetry.FaultCodes faults) {
      admitFaults(faults);
    } else if (value instanceof Telemetry.Frames frames) {
      admitFrames(frames);
    } else if (value instanceof Telemetry.Reply reply) {
      admitReply(reply);
    } else if (value instanceof Telemetry.Update update) {
      admitUpdate(update);
    }
    admitTime(admitted.time(), receivedAt);
    return admitted;
  }

  private void admitTime(long time, long receivedAt) {
    if (time < 0) {
      throw wrong("a time before 1970");
    }
    if (time - limits.clockSkewMillis() > receivedAt) {
      throw new InvalidInputException(
          ReasonCode.TIME_IN_FUTURE,
          "%d ms ahead of the server, %d are allowed"
              .formatted(time - receivedAt, limits.clockSkewMillis()));
    }
  }

  private void admitFaults(Telemetry.FaultCodes faults) {
    if (faults.codes().isEmpty() && !faults.complete()) {
      throw wrong("no fault codes, and the list is not said to be complete");
    }
    atMost("fault codes", faults.codes().size(), limits.codes());
    text("source", faults.source());
    for (Telemetry.Code code : faults.codes()) {
      if (code.code().isBlank()) {
        throw wrong("a fault without a code");
      }
      text("code", code.code());
      if (code.status() < 0 || code.status() > 0xFF) {
        throw wrong(code.code() + ": status " + code.status() + " is no byte");
      }
      if (code.count() < 0) {
        throw wrong(code.code() + ": count " + code.count());
      }
      admitFreezeFrame(code);
    }
  }

  private void admitFreezeFrame(Telemetry.Code code) {
    atMost("freeze frame entries", code.freezeFrame().size(), limits.entries());
    for (Map.Entry<String, Double> entry : code.freezeFrame().entrySet()) {
      SignalNames.check(entry.getKey());
      if (!Double.isFinite(entry.getValue())) {
        throw wrong(code.code() + ": " + entry.getKey() + " is no finite number");
      }
    }
  }

  private void admitFrames(Telemetry.Frames frames) {
    int n = frames.ids().length;
    if (n == 0) {
      throw wrong("no frames");
    }
    atMost("frames", n, limits.frames());
    SignalNames.check(frames.bus());
    for (long micros : frames.micros()) {
      if (micros < 0) {
        throw wrong("a frame before 1970");
      }
    }
  }

  private void admitReply(Telemetry.Reply reply) {
    if (reply.commandId().isBlank()) {
      throw wrong("a reply that names no command");
    }
    text("command_id", reply.commandId());
    text("detail", reply.detail());
    texts("proof", reply.proof());
  }

  private void admitUpdate(Telemetry.Update update) {
    if (update.percent() < 0 || update.percent() > 100) {
      throw wrong("percent " + update.percent());
    }
    text("campaign_id", update.campaignId());
    text("reason", update.reason());
    text("detail", update.detail());
    texts("software", update.software());
  }

  private void texts(String what, Map<String, String> texts) {
    atMost(what + " entries", texts.size(), limits.entries());
    for (Map.Entry<String, String> entry : texts.entrySet()) {
      text(what, entry.getKey());
      text(what, entry.getValue());
    }
  }

  private void text(String what, String text) {
    atMost("characters of " + what, text.length(), limits.textLength());
  }

  private static void atMost(String what, int count, int most) {
    if (count > most) {
      throw wrong("%d %s, %d are allowed".formatted(count, what, most));
    }
  }

  private static InvalidInputException wrong(String detail) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, detail);
  }
}
