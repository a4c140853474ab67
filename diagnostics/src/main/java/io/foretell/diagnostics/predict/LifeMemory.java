package io.foretell.diagnostics.predict;

import io.foretell.diagnostics.Outlook.Prediction;
import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.Codec;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What {@link RemainingLifePredictor} remembers of a device; about 1 KB for 15 sensors. */
public final class LifeMemory {
  private static final int TIMES = 9;
  private static final int TREND = 12;
  private static final int TREND_EVERY = 5;

  private LifeWindow window;
  private Alarm alarm = new Alarm();
  private final ArrayDeque<Long> times = new ArrayDeque<>();
  private final ArrayDeque<Prediction> trend = new ArrayDeque<>();
  private Optional<Prediction> latest = Optional.empty();

  LifeMemory(int sensors) {
    window = new LifeWindow(sensors);
  }

  LifeWindow window() {
    return window;
  }

  Alarm alarm() {
    return alarm;
  }

  void ran(long time, short[] steps) {
    window.add(steps);
    times.addLast(time);
    if (times.size() > TIMES) {
      times.removeFirst();
    }
  }

  void predicted(Prediction p) {
    latest = Optional.of(p);
    if (p.cycle() % TREND_EVERY == 0) {
      trend.addLast(p);
      if (trend.size() > TREND) {
        trend.removeFirst();
      }
    }
  }

  /** A part was replaced: its life begins with the next cycle. */
  void beginNewLife() {
    window = new LifeWindow(window.sensors());
    trend.clear();
  }

  /** Predictions, oldest first, the newest last. */
  List<Prediction> trend() {
    List<Prediction> all = new ArrayList<>(trend);
    latest.filter(p -> all.isEmpty() || !all.get(all.size() - 1).equals(p)).ifPresent(all::add);
    return all;
  }

  /** The median time from one of the last cycles to the next, ms; 0 while unknown. */
  long cycleMillis() {
    long[] all = times.stream().mapToLong(t -> t).toArray();
    long[] between = new long[Math.max(0, all.length - 1)];
    int n = 0;
    for (int i = 1; i < all.length; i++) {
      if (all[i] > all[i - 1]) {
        between[n++] = all[i] - all[i - 1];
      }
    }
    Arrays.sort(between, 0, n);
    return n == 0 ? 0 : between[n / 2];
  }

  /** How the memories of one predictor are kept. */
  static final class Packed implements Codec<LifeMemory> {
    private final RulModel model;

    Packed(RulModel model) {
      this.model = model;
    }

    @Override
    public byte[] encode(LifeMemory m) {
      Packer out = new Packer().count(1).text(model.id());
      m.window.pack(out);
      m.alarm.pack(out);
      out.count(m.times.size());
      long before = 0;
      for (long time : m.times) {
        out.number(time - before);
        before = time;
      }
      out.count(m.trend.size());
      m.trend.forEach(p -> pack(out, p));
      out.count(m.latest.isPresent() ? 1 : 0);
      m.latest.ifPresent(p -> pack(out, p));
      return out.toBytes();
    }

    /** Memory that another model has written counts for nothing: its sensors may be others. */
    @Override
    public LifeMemory decode(byte[] bytes) {
      Unpacker in = new Unpacker(bytes);
      if (in.count() != 1) {
        throw new InvalidInputException(
            ReasonCode.WRONG_SHAPE, "memory of remaining life of an unknown version");
      }
      LifeMemory m = new LifeMemory(model.scaling().sensors().size());
      if (!in.text().equals(model.id())) {
        return m;
      }
      m.window = LifeWindow.unpack(in);
      if (m.window.sensors() != model.scaling().sensors().size()) {
        throw new InvalidInputException(
            ReasonCode.WRONG_SHAPE, "memory of remaining life of other sensors");
      }
      m.alarm = Alarm.unpack(in);
      long before = 0;
      for (int i = in.length(); i > 0; i--) {
        before += in.number();
        m.times.addLast(before);
      }
      for (int i = in.length(); i > 0; i--) {
        m.trend.addLast(prediction(in));
      }
      m.latest = in.flag() ? Optional.of(prediction(in)) : Optional.empty();
      return m;
    }

    private static void pack(Packer out, Prediction p) {
      out.number(p.at()).count(p.cycle());
      out.count(tenths(p.rul())).count(tenths(p.p10())).count(tenths(p.p90()));
    }

    private static Prediction prediction(Unpacker in) {
      return new Prediction(
          in.number(), in.whole(), in.count() / 10.0, in.count() / 10.0, in.count() / 10.0);
    }

    private static long tenths(double cycles) {
      return Math.round(cycles * 10);
    }
  }
}
