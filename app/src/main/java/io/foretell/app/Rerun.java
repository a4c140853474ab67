package io.foretell.app;

import io.foretell.diagnostics.DiagnosisState;
import io.foretell.diagnostics.drift.DriftRule;
import io.foretell.ingest.DeviceStream;
import io.foretell.ingest.engine.rocksdb.KeptLanes;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.proto.Lane;
import io.foretell.proto.Stage;
import io.foretell.proto.Topic;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.wire.Topics;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The kept uplinks of an installation run through other rules or models, beside what was found: a
 * reading of the lanes as they are on disk, which changes nothing, whether the server runs or not.
 *
 * <p>A finding is counted once for each time that its condition began ({@code since}), however
 * often it was told again. What was found before a device's first uplink that is still kept, or
 * after the end, is left out on both sides.
 */
public final class Rerun {
  private static final int PAGE = 4096;

  private final Terms terms;
  private final Map<DeviceId, Long> firstAt = new HashMap<>();
  private final Map<About, Set<Long>> was = new TreeMap<>();
  private final Map<About, Set<Long>> now = new TreeMap<>();
  private long seen;
  private long taken;

  /**
   * What is to be run.
   *
   * @param data a server's data folder, or a backup that is a folder
   * @param config the rules and the model, as for a server
   * @param drift changes the rule of each signal that the drift detector watches
   * @param since arrival of the first uplink, ms since 1970
   * @param until the end: no later uplink is run, and time goes on to here; now at the latest
   * @param devices whose uplinks
   */
  public record Terms(
      Path data,
      Config config,
      UnaryOperator<DriftRule> drift,
      long since,
      long until,
      Predicate<DeviceId> devices) {}

  /** Hears how far it is. */
  @FunctionalInterface
  public interface Progress {
    /** So many of so many uplinks were looked at. */
    void at(long done, long total);
  }

  /** What a finding is about, in the order of reports. */
  private record About(DeviceId device, String cause, Finding.Kind kind)
      implements Comparable<About> {
    @Override
    public int compareTo(About other) {
      int byDevice = device.compareTo(other.device);
      int byCause = byDevice != 0 ? byDevice : cause.compareTo(other.cause);
      return byCause != 0 ? byCause : kind.compareTo(other.kind);
    }
  }

  private Rerun(Terms terms) {
    this.terms = terms;
  }

  /**
   * Runs.
   *
   * @throws io.foretell.ingest.engine.rocksdb.StoreRefusedException where the folder has no lanes
   */
  public static Difference run(Terms terms, Progress progress) {
    return new Rerun(terms).run(progress);
  }

  private Difference run(Progress progress) {
    Knowledge knowledge = Knowledge.of(terms.config());
    try (KeptLanes lanes = KeptLanes.open(terms.data().resolve("lanes"));
        KeptModels models = KeptModels.open(terms.config(), knowledge.manifests())) {
      Lane<Uplink> uplinks = lanes.lane(Topics.UPLINK);
      long total = 0;
      for (int p = 0; p < uplinks.partitions(); p++) {
        total += uplinks.end(p) - uplinks.begin(p);
      }
      Loop<Naming.Named<DeviceStream>, DiagnosisState, Uplink, ?> loop =
          Pipeline.loop(
              terms.config(),
              knowledge,
              models.decoding(),
              Detectors.of(terms.config(), terms.drift()));
      lanes.replay(
          Topics.UPLINK, new Chosen(loop, progress, total), new Collecting(), terms.until() - 1);
      progress.at(total, total);
      found(lanes.lane(Topics.FINDINGS));
      return difference();
    }
  }

  /** The same stage for the uplinks that are asked for; it passes over the others. */
  private final class Chosen
      implements Stage<Loop.Both<Naming.Named<DeviceStream>, DiagnosisState>, Uplink> {
    private final Stage<Loop.Both<Naming.Named<DeviceStream>, DiagnosisState>, Uplink> stage;
    private final Progress progress;
    private final long total;

    Chosen(
        Stage<Loop.Both<Naming.Named<DeviceStream>, DiagnosisState>, Uplink> stage,
        Progress progress,
        long total) {
      this.stage = stage;
      this.progress = progress;
      this.total = total;
    }

    @Override
    public Loop.Both<Naming.Named<DeviceStream>, DiagnosisState> initial(DeviceId key) {
      return stage.initial(key);
    }

    @Override
    public Loop.Both<Naming.Named<DeviceStream>, DiagnosisState> apply(
        Loop.Both<Naming.Named<DeviceStream>, DiagnosisState> state,
        Entry<Uplink> entry,
        Emit out) {
      progress.at(++seen, total);
      long at = entry.at();
      if (at < terms.since() || at >= terms.until() || !terms.devices().test(entry.key())) {
        return state;
      }
      taken += entry.value().kind() == UplinkKind.PRESENCE ? 0 : 1;
      firstAt.putIfAbsent(entry.key(), at);
      return stage.apply(state, entry, out);
    }

    @Override
    public Loop.Both<Naming.Named<DeviceStream>, DiagnosisState> tick(
        Loop.Both<Naming.Named<DeviceStream>, DiagnosisState> state,
        DeviceId key,
        long at,
        Emit out) {
      return stage.tick(state, key, at, out);
    }

    @Override
    public long wakeAt(Loop.Both<Naming.Named<DeviceStream>, DiagnosisState> state) {
      long at = stage.wakeAt(state);
      return at < terms.until() ? at : NEVER;
    }

    @Override
    public Codec<Loop.Both<Naming.Named<DeviceStream>, DiagnosisState>> codec() {
      return stage.codec();
    }
  }

  private final class Collecting implements Emit {
    @Override
    public <T> void to(Topic<T> topic, DeviceId key, T value) {
      if (value instanceof Finding finding) {
        count(now, key, finding);
      }
    }
  }

  private void found(Lane<Finding> findings) {
    for (int p = 0; p < findings.partitions(); p++) {
      // The last offsets of a partition may have no entries any more, so its end is not awaited.
      List<Entry<Finding>> page = findings.read(p, findings.begin(p), PAGE);
      while (!page.isEmpty()) {
        for (Entry<Finding> entry : page) {
          Long first = firstAt.get(entry.key());
          if (first != null && entry.at() >= first && entry.at() < terms.until()) {
            count(was, entry.key(), entry.value());
          }
        }
        page = findings.read(p, page.get(page.size() - 1).position().offset() + 1, PAGE);
      }
    }
  }

  private static void count(Map<About, Set<Long>> into, DeviceId device, Finding finding) {
    About about = new About(device, finding.cause(), finding.kind());
    into.computeIfAbsent(about, first -> new HashSet<>()).add(finding.since());
  }

  private Difference difference() {
    Map<DeviceId, Map<About, Difference.Row>> rows = new TreeMap<>();
    Set<About> all = new HashSet<>(was.keySet());
    all.addAll(now.keySet());
    for (About about : all) {
      Set<Long> before = was.getOrDefault(about, Set.of());
      Set<Long> after = now.getOrDefault(about, Set.of());
      rows.computeIfAbsent(about.device(), first -> new TreeMap<>())
          .put(
              about,
              new Difference.Row(
                  about.kind(),
                  about.cause(),
                  before.size(),
                  after.size(),
                  first(before),
                  first(after)));
    }
    Map<DeviceId, List<Difference.Row>> byDevice = new TreeMap<>();
    rows.forEach((device, of) -> byDevice.put(device, List.copyOf(of.values())));
    return new Difference(taken, firstAt.size(), byDevice);
  }

  private static long first(Set<Long> moments) {
    return moments.stream().mapToLong(m -> m).min().orElse(Difference.NEVER);
  }
}
