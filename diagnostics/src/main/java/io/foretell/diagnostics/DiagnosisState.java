package io.foretell.diagnostics;

import io.foretell.diagnostics.episodes.Episode;
import io.foretell.diagnostics.episodes.Episodes;
import io.foretell.diagnostics.episodes.Healed;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Telemetry;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What the diagnosis knows of one device. {@link Diagnosis} changes it in place; everybody else
 * reads.
 */
public final class DiagnosisState {
  /** No event time yet. */
  static final long UNHEARD = Long.MIN_VALUE;

  final Episodes episodes;
  final EventBuffer buffer;
  final List<Reading<?>> readings;
  final List<Watching<?>> watchings;

  /** The latest event time heard. */
  long newest = UNHEARD;

  /** Everything before this event time was taken in; what comes from before it is late. */
  long frontier = UNHEARD;

  /** When something last came that may have to wait, on the entries' clock. */
  long waitingSince = UNHEARD;

  /** Reports in a row that came wholly late. */
  int lateInARow;

  long late;
  long early;
  long newTimelines;

  DiagnosisState(
      Episodes episodes,
      EventBuffer buffer,
      List<Reading<?>> readings,
      List<Watching<?>> watchings) {
    this.episodes = episodes;
    this.buffer = buffer;
    this.readings = readings;
    this.watchings = watchings;
  }

  /** A reader with its memory of the device. */
  record Reading<M>(FaultReader<M> reader, M memory) {
    static <M> Reading<M> fresh(FaultReader<M> reader) {
      return new Reading<>(reader, reader.fresh());
    }

    static <M> Reading<M> decoded(FaultReader<M> reader, byte[] bytes) {
      return new Reading<>(reader, reader.codec().decode(bytes));
    }

    List<Observation> read(DeviceId device, Telemetry telemetry) {
      return reader.reads(telemetry) ? reader.read(memory, device, telemetry) : List.of();
    }

    byte[] encoded() {
      return reader.codec().encode(memory);
    }
  }

  /** A detector with its memory of the device. */
  record Watching<M>(Detector<M> detector, M memory) {
    static <M> Watching<M> fresh(Detector<M> detector) {
      return new Watching<>(detector, detector.fresh());
    }

    static <M> Watching<M> decoded(Detector<M> detector, byte[] bytes) {
      return new Watching<>(detector, detector.codec().decode(bytes));
    }

    byte[] encoded() {
      return detector.codec().encode(memory);
    }

    List<Outlook> outlook() {
      return detector.outlook(memory);
    }
  }

  /** The faults that have not healed, in the order of their identities. */
  public Collection<Episode> episodes() {
    return episodes.open();
  }

  /** The faults that have healed and are still remembered, the latest first. */
  public List<Healed> healed() {
    return episodes.healed();
  }

  /** How the detectors see the device now: remaining lives and drifts. */
  public List<Outlook> outlooks() {
    return watchings.stream().flatMap(w -> w.outlook().stream()).toList();
  }

  /** The newest view of a subject ({@code rul:engine}), where there is one. */
  public Optional<Outlook> outlook(String subject) {
    return outlooks().stream().filter(o -> o.subject().equals(subject)).findFirst();
  }

  /** The counters of what could not be taken in as it should. */
  public Trouble trouble() {
    return new Trouble(late, early, newTimelines, episodes.refused());
  }

  /**
   * What could not be taken in as it should.
   *
   * @param late reports and samples that came later than the lateness window
   * @param early times that were taken in before their time because the buffer was full
   * @param newTimelines how often the device's clock was taken to have stepped back
   * @param refusedFaults faults that found no room
   */
  public record Trouble(long late, long early, long newTimelines, long refusedFaults) {}
}
