package io.foretell.diagnostics;

import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Telemetry.Code;
import io.foretell.proto.Telemetry.FaultCodes;
import io.foretell.proto.Telemetry.Frames;
import io.foretell.proto.Telemetry.Presence;
import io.foretell.proto.Telemetry.Reply;
import io.foretell.proto.Telemetry.Signals;
import io.foretell.proto.Telemetry.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Telemetry that waits for its place in time, as bytes. Equal telemetry gives equal bytes, so they
 * also decide the order of what has the same time.
 */
final class TelemetryPack {
  private static final int FAULT_CODES = 1;
  private static final int FRAMES = 2;
  private static final int SIGNALS = 3;
  private static final int REPLY = 4;
  private static final int UPDATE = 5;
  private static final int PRESENCE = 6;

  private TelemetryPack() {}

  static byte[] pack(Telemetry telemetry) {
    Packer out = new Packer();
    if (telemetry instanceof FaultCodes f) {
      out.count(FAULT_CODES).number(f.time());
      faultCodes(out, f);
    } else if (telemetry instanceof Frames f) {
      out.count(FRAMES).number(f.time());
      frames(out, f);
    } else if (telemetry instanceof Signals s) {
      out.count(SIGNALS).number(s.time());
      signals(out, s);
    } else if (telemetry instanceof Reply r) {
      out.count(REPLY).number(r.time()).text(r.commandId()).count(r.outcome().ordinal());
      out.text(r.detail());
      words(out, r.proof());
    } else if (telemetry instanceof Update u) {
      out.count(UPDATE).number(u.time()).text(u.campaignId()).count(u.step().ordinal());
      out.number(u.percent()).text(u.reason()).text(u.detail());
      words(out, u.software());
    } else if (telemetry instanceof Presence p) {
      out.count(PRESENCE).number(p.time()).flag(p.online()).text(p.via()).text(p.reason());
    }
    return out.toBytes();
  }

  static Telemetry unpack(byte[] bytes) {
    Unpacker in = new Unpacker(bytes);
    int kind = in.whole();
    long time = in.number();
    return switch (kind) {
      case FAULT_CODES -> new FaultCodes(time, in.text(), in.flag(), codes(in));
      case FRAMES -> frames(in, time);
      case SIGNALS -> signals(in, time);
      case REPLY ->
          new Reply(time, in.text(), in.oneOf(Telemetry.Outcome.values()), in.text(), words(in));
      case UPDATE ->
          new Update(
              time,
              in.text(),
              in.oneOf(Telemetry.UpdateStep.values()),
              in.integer(),
              in.text(),
              in.text(),
              words(in));
      case PRESENCE -> new Presence(time, in.flag(), in.text(), in.text());
      default ->
          throw new InvalidInputException(
              ReasonCode.WRONG_SHAPE, "packed telemetry of an unknown kind: " + kind);
    };
  }

  private static void faultCodes(Packer out, FaultCodes f) {
    out.text(f.source()).flag(f.complete()).count(f.codes().size());
    for (Code c : f.codes()) {
      out.text(c.code()).number(c.status()).number(c.count()).figures(c.freezeFrame());
    }
  }

  private static List<Code> codes(Unpacker in) {
    List<Code> codes = new ArrayList<>();
    for (int i = in.length(); i > 0; i--) {
      codes.add(new Code(in.text(), in.integer(), in.integer(), in.figures()));
    }
    return codes;
  }

  private static void frames(Packer out, Frames f) {
    out.text(f.bus()).count(f.ids().length);
    long before = 0;
    int begin = 0;
    for (int i = 0; i < f.ids().length; i++) {
      out.number(f.micros()[i] - before).number(f.ids()[i]).number(f.ends()[i] - begin);
      before = f.micros()[i];
      begin = f.ends()[i];
    }
    out.bytes(f.data());
  }

  private static Frames frames(Unpacker in, long time) {
    String bus = in.text();
    int size = in.length();
    long[] micros = new long[size];
    int[] ids = new int[size];
    int[] ends = new int[size];
    long before = 0;
    int begin = 0;
    for (int i = 0; i < size; i++) {
      micros[i] = before += in.number();
      ids[i] = in.integer();
      ends[i] = begin += in.integer();
    }
    return new Frames(time, bus, micros, ids, ends, in.bytes());
  }

  private static void signals(Packer out, Signals s) {
    out.count(s.names().size());
    for (int i = 0; i < s.names().size(); i++) {
      long[] times = s.times().get(i);
      out.text(s.names().get(i)).count(times.length);
      for (int k = 0; k < times.length; k++) {
        out.number(times[k]).real(s.values().get(i)[k]);
      }
    }
  }

  private static Signals signals(Unpacker in, long time) {
    List<String> names = new ArrayList<>();
    List<long[]> times = new ArrayList<>();
    List<double[]> values = new ArrayList<>();
    for (int i = in.length(); i > 0; i--) {
      names.add(in.text());
      int size = in.length();
      long[] t = new long[size];
      double[] v = new double[size];
      for (int k = 0; k < size; k++) {
        t[k] = in.number();
        v[k] = in.real();
      }
      times.add(t);
      values.add(v);
    }
    return new Signals(time, names, times, values);
  }

  private static void words(Packer out, Map<String, String> words) {
    out.count(words.size());
    new TreeMap<>(words).forEach((k, v) -> out.text(k).text(v));
  }

  private static Map<String, String> words(Unpacker in) {
    Map<String, String> words = new TreeMap<>();
    for (int i = in.length(); i > 0; i--) {
      words.put(in.text(), in.text());
    }
    return words;
  }
}
