package io.foretell.ingest.history.influx;

import com.influxdb.query.InfluxQLQueryResult;
import io.foretell.ingest.history.Bucket;
import io.foretell.ingest.history.Retention;
import io.foretell.proto.DeviceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that a server has, series by series: to be taken elsewhere, or brought here. What the marks
 * of ageing say decides: of a span that was folded but not yet deleted the buckets count, of one
 * that was not folded to its end what it is made of.
 */
final class Whole {
  private static final int PAGE = 10_000;

  private final Server server;
  private final Levels levels;
  private final Retention retention;

  private record Series(DeviceId device, String signal) {}

  /** A span that waits to be deleted, {@code from <= t < until}; empty where both are the same. */
  record Gap(long from, long until) {}

  Whole(Server server, Levels levels, Retention retention) {
    this.server = server;
    this.levels = levels;
    this.retention = retention;
  }

  /** As {@link io.foretell.ingest.history.KeptHistory#eachSeries}. */
  void eachSeries(BiConsumer<DeviceId, String> to) throws IOException {
    Set<Series> all = new LinkedHashSet<>();
    for (String last :
        List.of(
            "last(\"value\") FROM \"" + Lines.MEASUREMENT + "\"",
            "last(\"last\") FROM /^" + Lines.MEASUREMENT + "_[0-9]+ms$/")) {
      String question = "SELECT " + last + " GROUP BY \"tenant\", \"device\", \"signal\"";
      for (InfluxQLQueryResult.Result result : server.query(question)) {
        for (InfluxQLQueryResult.Series series : result.getSeries()) {
          Map<String, String> tags = series.getTags();
          DeviceId device =
              new DeviceId(String.valueOf(tags.get("tenant")), String.valueOf(tags.get("device")));
          all.add(new Series(device, String.valueOf(tags.get("signal"))));
        }
      }
    }
    all.forEach(series -> to.accept(series.device(), series.signal()));
  }

  /** Samples as they came that are in buckets already. */
  Gap foldedSamples(DeviceId device, String signal) throws IOException {
    List<Retention.Level> steps = retention.of(signal).levels();
    return steps.isEmpty() ? new Gap(0, 0) : gap(marks(device, signal).get(steps.get(0).width()));
  }

  private static Gap gap(Levels.@Nullable Mark mark) {
    return mark == null ? new Gap(0, 0) : new Gap(mark.deleted(), mark.folded());
  }

  /** As {@link io.foretell.ingest.history.KeptHistory#eachBucket}. */
  void eachBucket(DeviceId device, String signal, Consumer<Bucket> to) throws IOException {
    SortedMap<Long, Levels.Mark> marks = marks(device, signal);
    Map<Long, Gap> folded = new HashMap<>();
    List<Retention.Level> steps = retention.of(signal).levels();
    for (int i = 1; i < steps.size(); i++) {
      folded.put(steps.get(i - 1).width(), gap(marks.get(steps.get(i).width())));
    }
    for (Map.Entry<Long, Levels.Mark> mark : marks.entrySet()) {
      long width = mark.getKey();
      Gap gap = folded.getOrDefault(width, new Gap(0, 0));
      long since = 0;
      List<Bucket> page;
      do {
        page = page(device, signal, width, since, mark.getValue().folded());
        for (Bucket bucket : page) {
          if (bucket.t() < gap.from() || bucket.t() >= gap.until()) {
            to.accept(bucket);
          }
          since = bucket.t() + 1;
        }
      } while (page.size() == PAGE);
    }
  }

  private List<Bucket> page(DeviceId device, String signal, long width, long since, long until)
      throws IOException {
    String where =
        "FROM \"%s\" WHERE %s AND time >= %dms AND time < %dms ORDER BY time LIMIT %d"
            .formatted(
                Levels.measurement(width), Levels.series(device, signal), since, until, PAGE);
    // Asked apart, as the client cannot read an answer in which a field is missing.
    Map<Long, Long> lastAt = new HashMap<>();
    for (InfluxQLQueryResult.Series.Record row : server.rows("SELECT \"last_at\" " + where)) {
      lastAt.put(Levels.time(row), (long) Levels.number(row, "last_at"));
    }
    List<Bucket> page = new ArrayList<>();
    String columns = "SELECT \"count\", \"min\", \"sum\", \"max\", \"last\" ";
    for (InfluxQLQueryResult.Series.Record row : server.rows(columns + where)) {
      Bucket bucket = Levels.bucket(row, width);
      page.add(bucket.lastAt(lastAt.getOrDefault(bucket.t(), bucket.t())));
    }
    return page;
  }

  /** By the width that is folded into. */
  private SortedMap<Long, Levels.Mark> marks(DeviceId device, String signal) throws IOException {
    SortedMap<Long, Levels.Mark> marks = new TreeMap<>();
    String question =
        "SELECT last(\"folded\") AS \"folded\", \"deleted\" FROM \"%s\" WHERE %s GROUP BY \"step\""
            .formatted(Levels.AGED, Levels.series(device, signal));
    for (InfluxQLQueryResult.Result result : server.query(question)) {
      for (InfluxQLQueryResult.Series series : result.getSeries()) {
        InfluxQLQueryResult.Series.Record row = series.getValues().get(0);
        marks.put(
            Long.parseLong(String.valueOf(series.getTags().get("step"))),
            new Levels.Mark(
                (long) Levels.number(row, "folded"), (long) Levels.number(row, "deleted")));
      }
    }
    return marks;
  }

  /**
   * As {@link io.foretell.ingest.history.KeptHistory#put}. What they stand for is marked as folded:
   * or else a sample that is older, and came late, would be folded into a bucket of its own in
   * their place.
   */
  void put(DeviceId device, String signal, List<Bucket> buckets) throws IOException {
    levels.write(device, signal, buckets);
    SortedMap<Long, Long> ends = new TreeMap<>();
    buckets.forEach(bucket -> ends.merge(bucket.width(), bucket.t() + bucket.width(), Math::max));
    for (Map.Entry<Long, Long> end : ends.entrySet()) {
      levels.mark(device, signal, end.getKey(), new Levels.Mark(end.getValue(), end.getValue()));
    }
  }
}
