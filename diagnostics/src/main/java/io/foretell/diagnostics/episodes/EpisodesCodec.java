package io.foretell.diagnostics.episodes;

import io.foretell.diagnostics.episodes.Episode.Absence;
import io.foretell.diagnostics.episodes.Episode.Phase;
import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.Codec;
import io.foretell.proto.Fault;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Severity;
import java.util.Map;
import java.util.TreeMap;

/** How the episodes of a device are kept. Times are written as differences to one another. */
public final class EpisodesCodec implements Codec<Episodes> {
  private static final int VERSION = 3;

  /** Had nothing of monitors; still written where there is nothing of them. */
  private static final int SECOND_VERSION = 2;

  /** Kept of what has healed no more than when and how often. */
  private static final int FIRST_VERSION = 1;

  private final EpisodeRules rules;

  /**
   * @param rules those that the decoded episodes follow from then on; they are not kept
   */
  public EpisodesCodec(EpisodeRules rules) {
    this.rules = rules;
  }

  @Override
  public byte[] encode(Episodes value) {
    boolean watched =
        !value.watches.isEmpty()
            || value.open.values().stream().anyMatch(e -> e.absentBy() == Absence.UNPROVEN);
    Packer out = new Packer().count(watched ? VERSION : SECOND_VERSION).count(value.refused);
    out.count(value.open.size());
    value.open.values().forEach(e -> write(out, e));
    out.count(value.healed.size());
    value.healed.forEach((k, h) -> write(out.text(k), h));
    times(out, value.listedAt);
    times(out, value.deniedAt);
    if (watched) {
      out.count(value.watches.size());
      value.watches.forEach((source, watch) -> write(out.text(source), watch));
    }
    return out.toBytes();
  }

  @Override
  public Episodes decode(byte[] bytes) {
    Unpacker in = new Unpacker(bytes);
    long version = in.count();
    if (version < FIRST_VERSION || version > VERSION) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "episodes of an unknown version");
    }
    long refused = in.counter();
    TreeMap<String, Episode> open = new TreeMap<>();
    for (int i = in.length(); i > 0; i--) {
      Episode e = read(in);
      open.put(e.identity(), e);
    }
    TreeMap<String, Healed> healed = new TreeMap<>();
    for (int i = in.length(); i > 0; i--) {
      String identity = in.text();
      int occurrences = in.whole();
      long at = in.number();
      healed.put(
          identity,
          version == FIRST_VERSION ? Healed.of(occurrences, at) : healed(in, at, occurrences));
    }
    TreeMap<String, Long> listedAt = times(in);
    TreeMap<String, Long> deniedAt = times(in);
    TreeMap<String, Watch> watches = new TreeMap<>();
    for (int i = version == VERSION ? in.length() : 0; i > 0; i--) {
      watches.put(in.text(), watch(in));
    }
    return new Episodes(rules, open, healed, listedAt, deniedAt, watches, refused);
  }

  private static void write(Packer out, Watch w) {
    out.number(w.saidAt()).number(w.clearedAt()).count(w.supported()).count(w.open());
    out.number(w.warmUps()).number(w.kilometres()).number(w.minutes());
  }

  private static Watch watch(Unpacker in) {
    return new Watch(
        in.number(), in.number(), in.whole(), in.whole(), in.integer(), in.integer(), in.integer());
  }

  private static void write(Packer out, Healed h) {
    out.count(h.occurrences()).number(h.at()).text(h.family()).text(h.system()).text(h.code());
    out.number(h.subType())
        .text(h.title())
        .count(h.severity().ordinal())
        .number(h.at() - h.since());
  }

  private static Healed healed(Unpacker in, long at, int occurrences) {
    return new Healed(
        in.text(),
        in.text(),
        in.text(),
        in.integer(),
        in.text(),
        in.oneOf(Severity.values()),
        at - in.number(),
        at,
        occurrences);
  }

  private static void write(Packer out, Episode e) {
    write(out, e.fault());
    out.text(e.source()).count(e.phase().ordinal());
    out.number(e.since()).number(e.lastSeen() - e.since());
    if (e.phase() == Phase.ABSENT) {
      out.number(e.absentSince() - e.lastSeen());
    }
    out.count(e.absentBy().ordinal()).count(e.observations()).count(e.flaps()).count(e.before());
    out.flag(e.announced()).count(e.severity().ordinal()).real(e.confidence());
    out.count(e.lamp().ordinal()).number(e.firstStatus());
    boolean same = e.freezeFrame().equals(e.fault().freezeFrame());
    out.flag(same);
    if (!same) {
      out.figures(e.freezeFrame());
    }
  }

  private static Episode read(Unpacker in) {
    Fault fault = readFault(in);
    String source = in.text();
    Phase phase = in.oneOf(Phase.values());
    long since = in.number();
    long lastSeen = since + in.number();
    long absentSince = phase == Phase.ABSENT ? lastSeen + in.number() : 0;
    return new Episode(
        fault,
        source,
        phase,
        since,
        lastSeen,
        absentSince,
        in.oneOf(Absence.values()),
        in.whole(),
        in.whole(),
        in.whole(),
        in.flag(),
        in.oneOf(Severity.values()),
        in.real(),
        in.oneOf(Fault.Lamp.values()),
        in.integer(),
        in.flag() ? fault.freezeFrame() : in.figures());
  }

  private static void write(Packer out, Fault f) {
    out.text(f.family()).text(f.system()).text(f.code()).number(f.subType()).number(f.status());
    out.count(f.lamp().ordinal()).number(f.count()).figures(f.freezeFrame()).text(f.title());
  }

  private static Fault readFault(Unpacker in) {
    return new Fault(
        in.text(),
        in.text(),
        in.text(),
        in.integer(),
        in.integer(),
        in.oneOf(Fault.Lamp.values()),
        in.integer(),
        in.figures(),
        in.text());
  }

  private static void times(Packer out, Map<String, Long> times) {
    out.count(times.size());
    times.forEach((name, at) -> out.text(name).number(at));
  }

  private static TreeMap<String, Long> times(Unpacker in) {
    TreeMap<String, Long> times = new TreeMap<>();
    for (int i = in.length(); i > 0; i--) {
      times.put(in.text(), in.number());
    }
    return times;
  }
}
