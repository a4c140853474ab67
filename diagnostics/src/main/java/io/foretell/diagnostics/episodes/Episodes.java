package io.foretell.diagnostics.episodes;

import io.foretell.diagnostics.episodes.Change.Kind;
import io.foretell.diagnostics.episodes.Episode.Absence;
import io.foretell.diagnostics.episodes.Episode.Phase;
import io.foretell.proto.Fault;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The episodes of one device. It is told what the device reports, in event time, and says what
 * changed; nothing else decides. Bounded by its rules, whatever the device reports.
 */
public final class Episodes {
  /** What {@link #nextHealing} says where nothing is absent. */
  public static final long NEVER = Long.MAX_VALUE;

  /** How sources begin that are the units of SAE J1979 on a CAN bus. */
  public static final String OBD_SOURCES = "obd:";

  /** ISO 14229-1 bit 4: its test has not completed since it was erased. */
  private static final int UNTESTED = 0x10;

  final EpisodeRules rules;
  final TreeMap<String, Episode> open;
  final TreeMap<String, Healed> healed;

  /** When a source last sent a whole list. */
  final TreeMap<String, Long> listedAt;

  /** When a fault without an episode was last named as not failing, outside of a whole list. */
  final TreeMap<String, Long> deniedAt;

  /** What sources have said of their monitors. */
  final TreeMap<String, Watch> watches;

  long refused;
  private long nextHealing = NEVER;

  /** A device without any. */
  public Episodes(EpisodeRules rules) {
    this(
        rules,
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        0);
  }

  Episodes(
      EpisodeRules rules,
      TreeMap<String, Episode> open,
      TreeMap<String, Healed> healed,
      TreeMap<String, Long> listedAt,
      TreeMap<String, Long> deniedAt,
      TreeMap<String, Watch> watches,
      long refused) {
    this.rules = rules;
    this.open = open;
    this.healed = healed;
    this.listedAt = listedAt;
    this.deniedAt = deniedAt;
    this.watches = watches;
    this.refused = refused;
    reckonNextHealing();
  }

  /** The episodes that have not healed, in the order of their identities. */
  public Collection<Episode> open() {
    return Collections.unmodifiableCollection(open.values());
  }

  /** What has healed and is still remembered, the latest first; none that is there again. */
  public List<Healed> healed() {
    return healed.values().stream()
        .filter(h -> h.named() && !open.containsKey(h.identity()))
        .sorted(Comparator.comparingLong(Healed::at).reversed().thenComparing(Healed::identity))
        .toList();
  }

  /** How many faults found no room. */
  public long refused() {
    return refused;
  }

  /** Event time from which a report of the device heals an episode; {@link #NEVER}. */
  public long nextHealing() {
    return nextHealing;
  }

  /**
   * The device has reported something, whatever it was, at {@code time}: what was absent for the
   * healing period by then is healed.
   */
  public List<Change> advance(long time) {
    if (time < nextHealing) {
      return List.of();
    }
    List<Episode> over = new ArrayList<>();
    for (Episode e : open.values()) {
      if (e.phase() == Phase.ABSENT && healsAt(e) <= time) {
        over.add(e);
      }
    }
    over.sort(Comparator.comparingLong(this::healsAt).thenComparing(Episode::identity));
    List<Change> changes = new ArrayList<>();
    for (Episode e : over) {
      open.remove(e.identity());
      if (e.announced()) {
        healed.put(e.identity(), Healed.of(e, healsAt(e)));
        trim(healed, Comparator.comparingLong(Healed::at));
        changes.add(new Change(Kind.CLEARED, e, healsAt(e)));
      }
    }
    reckonNextHealing();
    return changes;
  }

  /**
   * A source has named faults. Call {@link #advance} with the same time before.
   *
   * @param complete whether a fault of this source that is not named is not present
   */
  public List<Change> observe(long time, String source, boolean complete, List<Assessed> named) {
    List<Change> changes = new ArrayList<>();
    Set<String> failing = new HashSet<>();
    for (Assessed a : named) {
      if (a.fault().active()) {
        failing.add(a.fault().identity());
        seen(time, source, a, changes);
      }
    }
    for (Assessed a : named) {
      String identity = a.fault().identity();
      if (!failing.contains(identity)) {
        denied(time, identity, complete, a.fault().status());
      }
    }
    if (complete) {
      Set<String> all = new HashSet<>();
      named.forEach(a -> all.add(a.fault().identity()));
      listed(time, source, all, failing);
    }
    reckonNextHealing();
    return changes;
  }

  /**
   * A source has spoken of its monitors. A fault that was there before its codes were cleared and
   * is absent is in doubt until the monitors that watch it have run.
   */
  public void ready(long time, String source, Readiness said) {
    watches.put(source, watches.getOrDefault(source, Watch.NOTHING).next(time, said));
    trim(watches, Comparator.comparingLong(Watch::saidAt));
    for (Map.Entry<String, Episode> entry : open.entrySet()) {
      Episode e = entry.getValue();
      boolean doubted = e.phase() == Phase.ABSENT && doubted(e);
      if (doubted && !e.absentBy().waits()) {
        entry.setValue(e.absent(time, Absence.UNPROVEN));
      } else if (!doubted && e.absentBy() == Absence.UNPROVEN) {
        entry.setValue(e.absent(time, Absence.NOT_LISTED));
      }
    }
    reckonNextHealing();
  }

  /** By its own source or, where that says nothing, a code of SAE J2012 by the engine's units. */
  private boolean doubted(Episode e) {
    Watch own = watches.get(e.source());
    if (own != null || !Monitor.isPowertrain(e.fault())) {
      return own != null && own.doubts(e);
    }
    return watches.tailMap(OBD_SOURCES).entrySet().stream()
        .takeWhile(watch -> watch.getKey().startsWith(OBD_SOURCES))
        .anyMatch(watch -> watch.getValue().doubts(e));
  }

  /**
   * A source had named faults, but word of it comes after later reports were taken in. A failing
   * fault still opens an episode, unless something later says that it is gone; nothing else follows
   * from it, as what came later knows better.
   */
  public List<Change> observeLate(long time, String source, List<Assessed> named) {
    List<Change> changes = new ArrayList<>();
    for (Assessed a : named) {
      String identity = a.fault().identity();
      Healed before = healed.get(identity);
      boolean overtaken =
          open.containsKey(identity)
              || listedAt.getOrDefault(source, Long.MIN_VALUE) >= time
              || deniedAt.getOrDefault(identity, Long.MIN_VALUE) >= time
              || (before != null && before.at() >= time);
      if (a.fault().active() && !overtaken) {
        seen(time, source, a, changes);
      }
    }
    return changes;
  }

  private void seen(long time, String source, Assessed now, List<Change> changes) {
    String identity = now.fault().identity();
    Episode was = open.get(identity);
    if (was == null && open.size() >= rules.maxOpen()) {
      refused++;
      return;
    }
    deniedAt.remove(identity);
    Episode is =
        was == null
            ? Episode.opened(now, source, time, occurrencesBefore(identity))
            : was.seen(now, source, time);
    boolean confirmed = (now.fault().status() & Fault.CONFIRMED) != 0;
    if (!is.announced() && (confirmed || is.observations() >= rules.confirmAfter())) {
      is = is.confirmed();
      changes.add(new Change(Kind.OPENED, is, time));
    } else if (was != null && is.announced()) {
      tellWhatIsWorse(was, is, time, changes);
    }
    open.put(identity, is);
  }

  private void tellWhatIsWorse(Episode was, Episode is, long time, List<Change> changes) {
    if (is.severity() != was.severity() || is.lamp() != was.lamp()) {
      changes.add(new Change(Kind.WORSENED, is, time));
    }
    int often = rules.intermittentAfter();
    if (was.flaps() < often && is.flaps() >= often) {
      changes.add(new Change(Kind.INTERMITTENT, is, time));
    }
  }

  private void denied(long time, String identity, boolean complete, int status) {
    Episode e = open.get(identity);
    if (e == null) {
      if (!complete) {
        deniedAt.merge(identity, time, Math::max);
        trim(deniedAt, Comparator.naturalOrder());
      }
      return;
    }
    Absence by = (status & UNTESTED) != 0 ? Absence.ERASED : Absence.NOT_FAILING;
    boolean tested = e.absentBy().waits() && by == Absence.NOT_FAILING;
    boolean erased = e.absentBy() != Absence.ERASED && by == Absence.ERASED;
    if (e.phase() != Phase.ABSENT || tested || erased) {
      open.put(identity, e.absent(time, by));
    }
  }

  /** A list that names only what fails cannot tell more of an erased fault than its absence. */
  private void listed(long time, String source, Set<String> named, Set<String> failing) {
    listedAt.merge(source, time, Math::max);
    trim(listedAt, Comparator.naturalOrder());
    for (Map.Entry<String, Episode> entry : open.entrySet()) {
      Episode e = entry.getValue();
      if (e.source().equals(source) && !failing.contains(entry.getKey())) {
        boolean there = e.phase() != Phase.ABSENT;
        boolean silent = e.absentBy() == Absence.ERASED && !named.contains(entry.getKey());
        if (there || silent) {
          entry.setValue(e.absent(time, doubted(e) ? Absence.UNPROVEN : Absence.NOT_LISTED));
        }
      }
    }
  }

  private int occurrencesBefore(String identity) {
    Healed before = healed.get(identity);
    return before == null ? 0 : before.occurrences();
  }

  /** An erased fault heals once its test has run: nobody knows when. */
  private long healsAt(Episode e) {
    return e.absentBy().waits() ? NEVER : e.absentSince() + rules.healingMillis();
  }

  private void reckonNextHealing() {
    nextHealing = NEVER;
    for (Episode e : open.values()) {
      if (e.phase() == Phase.ABSENT) {
        nextHealing = Math.min(nextHealing, healsAt(e));
      }
    }
  }

  /** Lets the oldest go; of equally old ones the first by name, so that replays agree. */
  private <V> void trim(TreeMap<String, V> map, Comparator<V> age) {
    while (map.size() > rules.maxRemembered()) {
      map.remove(Collections.min(map.entrySet(), Map.Entry.comparingByValue(age)).getKey());
    }
  }
}
