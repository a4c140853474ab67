package io.foretell.diagnostics;

import io.foretell.diagnostics.DiagnosisState.Reading;
import io.foretell.diagnostics.DiagnosisState.Watching;
import io.foretell.diagnostics.episodes.Assessed;
import io.foretell.diagnostics.episodes.Change;
import io.foretell.diagnostics.episodes.Episodes;
import io.foretell.diagnostics.episodes.EpisodesCodec;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Fault;
import io.foretell.proto.Finding;
import io.foretell.proto.Stage;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The fold from telemetry to findings, in event time.
 *
 * <p>Telemetry that a reader or a detector wants waits until the device has reported something
 * newer by the lateness of the rules (a watermark: newest event time − lateness), or until the
 * device was silent for that long on the entries' clock (a tick). Then it is taken in, in the order
 * of event time. So whatever the order of arrival within the lateness is, the same episodes and
 * findings follow, in the same order and with the same ids.
 *
 * <p>What comes later than that is counted. Fault codes among it still open an episode, unless
 * something later denies them; samples and raw frames are not used, as what follows them was
 * already judged.
 *
 * <p>What nobody wants costs a look-up a series and is not kept; it still moves the watermark, and
 * is the report by which an absent fault heals. Presence, replies and updates do not: they run on
 * other clocks.
 */
public final class Diagnosis implements Stage<DiagnosisState, Telemetry> {
  private final List<FaultReader<?>> readers;
  private final List<Detector<?>> detectors;
  private final FaultSeverity severity;
  private final DiagnosisRules rules;
  private final Topic<Finding> findings;
  private final FaultFindings words;
  private final DiagnosisStateCodec codec;
  private final long lateness;

  /**
   * @param readers in the order in which they read
   * @param detectors in the order in which they judge
   * @param findings where findings go
   */
  public Diagnosis(
      List<FaultReader<?>> readers,
      List<Detector<?>> detectors,
      FaultSeverity severity,
      DiagnosisRules rules,
      Topic<Finding> findings) {
    this.readers = List.copyOf(readers);
    this.detectors = List.copyOf(detectors);
    this.severity = severity;
    this.rules = rules;
    this.findings = findings;
    this.words = new FaultFindings(rules.episodes().healingMillis());
    this.codec =
        new DiagnosisStateCodec(this.readers, this.detectors, new EpisodesCodec(rules.episodes()));
    this.lateness = rules.lateness().toMillis();
  }

  @Override
  public DiagnosisState initial(DeviceId key) {
    return new DiagnosisState(
        new Episodes(rules.episodes()),
        new EventBuffer(),
        codec.readings(Map.of()),
        codec.watchings(Map.of()));
  }

  @Override
  public DiagnosisState apply(DiagnosisState s, Entry<Telemetry> entry, Emit out) {
    Telemetry t = entry.value();
    boolean readable = readable(t);
    if (!readable && !(t instanceof Telemetry.Signals)) {
      return s;
    }
    Voice voice = new Voice(entry.key(), out);
    if (late(s, t.time()) && ++s.lateInARow >= rules.lateBeforeNewTimeline()) {
      beginNewTimeline(s, voice);
    }
    if (late(s, t.time())) {
      s.late++;
      takeLate(s, t, voice);
      return s;
    }
    s.lateInARow = 0;
    boolean waits = hold(s, t, readable);
    if (t.time() > s.newest) {
      s.newest = t.time();
      waits = true;
    }
    if (waits) {
      s.waitingSince = Math.max(s.waitingSince, entry.at());
    }
    release(s, s.newest - lateness, voice);
    makeRoom(s, voice);
    return s;
  }

  @Override
  public DiagnosisState tick(DiagnosisState s, DeviceId key, long at, Emit out) {
    release(s, s.newest + 1, new Voice(key, out));
    return s;
  }

  @Override
  public long wakeAt(DiagnosisState s) {
    boolean waiting =
        s.buffer.nextTime() != EventBuffer.EMPTY || s.episodes.nextHealing() <= s.newest;
    return waiting ? s.waitingSince + lateness : NEVER;
  }

  @Override
  public Codec<DiagnosisState> codec() {
    return codec;
  }

  private boolean readable(Telemetry t) {
    for (FaultReader<?> reader : readers) {
      if (reader.reads(t)) {
        return true;
      }
    }
    return false;
  }

  private boolean wanted(String signal) {
    for (Detector<?> detector : detectors) {
      if (detector.wants(signal)) {
        return true;
      }
    }
    return false;
  }

  private static boolean late(DiagnosisState s, long time) {
    return time < s.frontier;
  }

  private boolean hold(DiagnosisState s, Telemetry t, boolean readable) {
    boolean held = false;
    if (readable) {
      s.buffer.put(t.time(), TelemetryPack.pack(needed(t)));
      held = true;
    }
    if (t instanceof Telemetry.Signals signals) {
      for (int i = 0; i < signals.names().size(); i++) {
        if (wanted(signals.names().get(i))) {
          hold(s, signals, i);
          held = true;
        }
      }
    }
    return held;
  }

  /** Of signals those that a reader needs; anything else as it is. */
  private Telemetry needed(Telemetry t) {
    if (!(t instanceof Telemetry.Signals all)) {
      return t;
    }
    List<String> names = new ArrayList<>();
    List<long[]> times = new ArrayList<>();
    List<double[]> values = new ArrayList<>();
    for (int i = 0; i < all.names().size(); i++) {
      String name = all.names().get(i);
      if (readers.stream().anyMatch(reader -> reader.reads(all) && reader.wants(name))) {
        names.add(name);
        times.add(all.times().get(i));
        values.add(all.values().get(i));
      }
    }
    return new Telemetry.Signals(all.time(), names, times, values);
  }

  private static void hold(DiagnosisState s, Telemetry.Signals signals, int series) {
    long[] times = signals.times().get(series);
    double[] values = signals.values().get(series);
    for (int k = 0; k < times.length; k++) {
      if (late(s, times[k])) {
        s.late++;
      } else if (Double.isFinite(values[k])) {
        s.buffer.put(times[k], signals.names().get(series), values[k]);
      }
    }
  }

  /** Takes in everything before an event time. */
  private void release(DiagnosisState s, long until, Voice voice) {
    for (long time = s.buffer.nextTime(); time < until; time = s.buffer.nextTime()) {
      takeIn(s, time, voice);
    }
    voice.tell(s.episodes.advance(Math.min(until, s.newest)));
    s.frontier = Math.max(s.frontier, until);
  }

  private void makeRoom(DiagnosisState s, Voice voice) {
    while (s.buffer.bytes() > rules.bufferBytes()) {
      s.early++;
      release(s, s.buffer.nextTime() + 1, voice);
    }
  }

  private void beginNewTimeline(DiagnosisState s, Voice voice) {
    release(s, s.newest + 1, voice);
    s.newTimelines++;
    s.newest = DiagnosisState.UNHEARD;
    s.frontier = DiagnosisState.UNHEARD;
  }

  private void takeIn(DiagnosisState s, long time, Voice voice) {
    for (byte[] packed : s.buffer.takeTelemetry(time)) {
      Telemetry t = TelemetryPack.unpack(packed);
      for (Reading<?> reading : s.readings) {
        for (Observation o : reading.read(voice.device, t)) {
          voice.tell(s.episodes.advance(Math.min(o.time(), time)));
          voice.tell(s.episodes.observe(o.time(), o.source(), o.complete(), assess(o.faults())));
          o.readiness().ifPresent(said -> s.episodes.ready(o.time(), o.source(), said));
        }
      }
    }
    voice.tell(s.episodes.advance(time));
    s.buffer.takeMoment(time).ifPresent(m -> judge(s, m, voice));
  }

  private void takeLate(DiagnosisState s, Telemetry t, Voice voice) {
    if (!(t instanceof Telemetry.FaultCodes)) {
      return;
    }
    for (Reading<?> reading : s.readings) {
      for (Observation o : reading.read(voice.device, t)) {
        voice.tell(s.episodes.observeLate(o.time(), o.source(), assess(o.faults())));
      }
    }
  }

  private List<Assessed> assess(List<Fault> faults) {
    return faults.stream()
        .map(
            f -> {
              FaultSeverity.Rating rating = severity.rate(f);
              return new Assessed(f, rating.severity(), rating.confidence());
            })
        .toList();
  }

  private static void judge(DiagnosisState s, Moment moment, Voice voice) {
    for (Watching<?> watching : s.watchings) {
      judge(watching, moment, voice);
    }
  }

  private static <M> void judge(Watching<M> watching, Moment moment, Voice voice) {
    watching.detector().take(watching.memory(), voice.device, moment, voice::tell);
  }

  /** Says findings of one device. */
  private final class Voice {
    private final DeviceId device;
    private final Emit out;

    Voice(DeviceId device, Emit out) {
      this.device = device;
      this.out = out;
    }

    void tell(List<Change> changes) {
      changes.forEach(c -> tell(words.of(device, c)));
    }

    void tell(Finding finding) {
      out.to(findings, device, finding);
    }
  }
}
