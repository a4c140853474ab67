package io.foretell.ingest.history.influx;

import com.influxdb.client.domain.WritePrecision;
import com.influxdb.client.write.Point;
import com.influxdb.query.InfluxQLQueryResult;
import io.foretell.ingest.history.Bucket;
import io.foretell.ingest.history.Retention;
import io.foretell.proto.DeviceId;
import io.foretell.proto.History.Sample;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/*
 * Design note. Nothing here is a transaction, so the order of four writes makes a step safe to do
 * again after any end: the buckets of a span, which come out the same as long as its samples are
 * there; a mark that says "folded until"; the deletion of the samples; a mark that says "deleted
 * until". Where the two marks differ the deletion is done again, and nothing is folded twice.
 *
 * Samples that come late into a span that was folded are not folded: they stay beside its buckets
 * as they are, and go when the buckets of the last level go. So no bucket is ever read back and
 * written changed, which no server could do twice without counting twice. The servers' own way of
 * folding (SELECT INTO, continuous queries) is not used, because 2.x and 3.x do not have it.
 */
/**
 * The buckets of a server: measurements {@code telemetry_WIDTHms} with fields count, min, sum, max
 * and last, and the marks in {@code telemetry_aged}. Not safe for use by several threads but for
 * reading.
 */
final class Levels {
  static final String AGED = Lines.MEASUREMENT + "_aged";
  private static final int BUCKETS = 1_000;
  private static final int SERIES = 10_000;

  private final Server server;
  private final Retention retention;
  private final Deque<Due> due = new ArrayDeque<>();
  private int listed;

  /** A series of a step that has something old. */
  private record Due(DeviceId device, String signal, Retention.Rule rule, int step, long first) {}

  /**
   * How far a series is folded into buckets of a width, and how far what they came from is gone.
   */
  record Mark(long folded, long deleted) {}

  Levels(Server server, Retention retention) {
    this.server = server;
    this.retention = retention;
  }

  /** Where the samples or buckets of a step are. */
  private static String measurement(Retention.Rule rule, int step) {
    return step == 0 ? Lines.MEASUREMENT : measurement(rule.levels().get(step - 1).width());
  }

  static String measurement(long width) {
    return Lines.MEASUREMENT + "_" + width + "ms";
  }

  /** As {@link io.foretell.ingest.history.AgeingHistory#buckets}. */
  List<Bucket> read(DeviceId device, String signal, long since, long until, int limit)
      throws IOException {
    List<Bucket> found = new ArrayList<>();
    for (Retention.Level level : retention.of(signal).levels()) {
      String question =
          ("SELECT \"count\", \"min\", \"sum\", \"max\", \"last\" FROM \"%s\" WHERE %s"
                  + " AND time >= %dms AND time < %dms ORDER BY time LIMIT %d")
              .formatted(measurement(level.width()), series(device, signal), since, until, limit);
      for (InfluxQLQueryResult.Series.Record row : server.rows(question)) {
        found.add(bucket(row, level.width()));
      }
    }
    found.sort(Comparator.comparingLong(Bucket::t));
    return found.size() > limit ? List.copyOf(found.subList(0, limit)) : found;
  }

  /** The newest samples, also of signals of which only buckets are left. */
  List<Sample> newest(DeviceId device, List<Sample> raw) throws IOException {
    Map<String, Sample> newest = new LinkedHashMap<>();
    raw.forEach(sample -> newest.put(sample.signal(), sample));
    for (long width : widths()) {
      String question =
          "SELECT last(\"last\") FROM \"%s\" WHERE %s GROUP BY \"signal\""
              .formatted(measurement(width), InfluxHistory.where(device));
      for (InfluxQLQueryResult.Result result : server.query(question)) {
        for (InfluxQLQueryResult.Series series : result.getSeries()) {
          String signal = String.valueOf(series.getTags().get("signal"));
          for (InfluxQLQueryResult.Series.Record row : series.getValues()) {
            Sample last = new Sample(signal, time(row), number(row, "last"));
            newest.merge(signal, last, (a, b) -> b.t() > a.t() ? b : a);
          }
        }
      }
    }
    return List.copyOf(newest.values());
  }

  /** Does a step: lists what is due, or does some of it; false at the end of a round. */
  boolean age(long now) throws IOException {
    Due next = due.peek();
    if (next == null) {
      List<List<Integer>> steps = steps();
      if (listed >= steps.size()) {
        listed = 0;
        return false;
      }
      list(steps.get(listed).get(0), steps.get(listed).get(1), now);
      listed++;
      return true;
    }
    if (!some(next, now)) {
      due.remove();
    }
    return true;
  }

  /** As {@link io.foretell.ingest.history.AgeingHistory#erase}. */
  long erase(DeviceId device) throws IOException {
    String where = InfluxHistory.where(device);
    long count = 0;
    for (String counted :
        List.of(
            "count(\"value\") FROM \"" + Lines.MEASUREMENT + "\"",
            "count(\"max\") FROM /_[0-9]+ms$/")) {
      for (InfluxQLQueryResult.Series.Record row :
          server.rows("SELECT " + counted + " WHERE " + where)) {
        count += (long) number(row, "count");
      }
    }
    try {
      server.execute("DROP SERIES FROM /^" + Lines.MEASUREMENT + "/ WHERE " + where);
    } catch (IOException e) {
      // 2.x has no such statement; there the points go, and their names with the shard.
      server.execute("DELETE FROM /^" + Lines.MEASUREMENT + "/ WHERE " + where);
    }
    return count;
  }

  /** Each rule and step that anything can become too old for. */
  private List<List<Integer>> steps() {
    List<List<Integer>> steps = new ArrayList<>();
    for (int rule = 0; rule < retention.rules().size(); rule++) {
      for (int step = 0; step <= retention.rules().get(rule).levels().size(); step++) {
        steps.add(List.of(rule, step));
      }
    }
    return steps;
  }

  private void list(int number, int step, long now) throws IOException {
    Retention.Rule rule = retention.rules().get(number);
    long cutoff = rule.cutoff(step, now);
    if (cutoff == 0) {
      return;
    }
    String question =
        ("SELECT first(\"%s\") FROM \"%s\" WHERE time < %dms AND \"signal\" =~ /^(%s)$/"
                + " GROUP BY \"tenant\", \"device\", \"signal\" SLIMIT %d")
            .formatted(
                step == 0 ? "value" : "count",
                measurement(rule, step),
                cutoff,
                rule.regex().replace("/", "\\/"),
                SERIES);
    for (InfluxQLQueryResult.Result result : server.query(question)) {
      for (InfluxQLQueryResult.Series series : result.getSeries()) {
        Map<String, String> tags = series.getTags();
        String signal = String.valueOf(tags.get("signal"));
        DeviceId device =
            new DeviceId(String.valueOf(tags.get("tenant")), String.valueOf(tags.get("device")));
        if (retention.of(signal).equals(rule)) {
          due.add(new Due(device, signal, rule, step, time(series.getValues().get(0))));
        }
      }
    }
  }

  /** Folds up to {@value #BUCKETS} buckets of a series; true where there may be more. */
  private boolean some(Due of, long now) throws IOException {
    long cutoff = of.rule().cutoff(of.step(), now);
    if (of.first() < of.rule().end(now)) {
      delete(of, 0, of.rule().end(now));
    }
    if (of.step() == of.rule().levels().size()) {
      return false;
    }
    Mark mark = mark(of);
    if (mark.deleted() < mark.folded()) {
      delete(of, mark.deleted(), mark.folded());
      mark(of, new Mark(mark.folded(), mark.folded()));
    }
    long from = Math.max(mark.folded(), of.first());
    if (from >= cutoff) {
      return false;
    }
    long width = of.rule().levels().get(of.step()).width();
    List<Bucket> buckets = fold(of, width, Math.floorDiv(from, width) * width, cutoff, mark);
    boolean more = buckets.size() == BUCKETS;
    long until = more ? buckets.get(BUCKETS - 1).t() + width : cutoff;
    write(of.device(), of.signal(), buckets);
    mark(of, new Mark(until, mark.folded()));
    delete(of, mark.folded(), until);
    mark(of, new Mark(until, until));
    return more;
  }

  private List<Bucket> fold(Due of, long width, long from, long until, Mark mark)
      throws IOException {
    String columns =
        of.step() == 0
            ? "count(\"value\") AS \"count\", min(\"value\") AS \"min\", sum(\"value\") AS \"sum\","
                + " max(\"value\") AS \"max\", last(\"value\") AS \"last\""
            : "sum(\"count\") AS \"count\", min(\"min\") AS \"min\", sum(\"sum\") AS \"sum\","
                + " max(\"max\") AS \"max\", last(\"last\") AS \"last\"";
    String question =
        ("SELECT %s FROM \"%s\" WHERE %s AND time >= %dms AND time < %dms"
                + " GROUP BY time(%dms) fill(none) LIMIT %d")
            .formatted(
                columns,
                measurement(of.rule(), of.step()),
                series(of.device(), of.signal()),
                Math.max(from, mark.folded()),
                until,
                width,
                BUCKETS);
    TreeMap<Long, Bucket> buckets = new TreeMap<>();
    for (InfluxQLQueryResult.Series.Record row : server.rows(question)) {
      Bucket bucket = bucket(row, width);
      if (bucket.count() > 0) {
        buckets.put(bucket.t(), bucket);
      }
    }
    return List.copyOf(buckets.values());
  }

  /** Puts buckets in their places. */
  void write(DeviceId device, String signal, List<Bucket> buckets) throws IOException {
    StringBuilder body = new StringBuilder();
    for (Bucket bucket : buckets) {
      Point point =
          point(measurement(bucket.width()), device, signal)
              .addField("count", (double) bucket.count())
              .addField("min", bucket.min())
              .addField("sum", bucket.sum())
              .addField("max", bucket.max())
              .addField("last", bucket.last());
      if (bucket.lastAt() != bucket.t()) {
        // Known of those alone that another store has made; kept for the way back.
        point.addField("last_at", (double) bucket.lastAt());
      }
      body.append(point.time(bucket.t(), WritePrecision.MS).toLineProtocol()).append('\n');
    }
    if (!buckets.isEmpty()) {
      must(server.write(body.toString()));
    }
  }

  private Mark mark(Due of) throws IOException {
    String question =
        "SELECT \"folded\", \"deleted\" FROM \"%s\" WHERE %s AND \"step\" = '%d'"
            .formatted(AGED, series(of.device(), of.signal()), width(of));
    for (InfluxQLQueryResult.Series.Record row : server.rows(question)) {
      return new Mark((long) number(row, "folded"), (long) number(row, "deleted"));
    }
    return new Mark(0, 0);
  }

  private void mark(Due of, Mark mark) throws IOException {
    mark(of.device(), of.signal(), width(of), mark);
  }

  /** Notes how far a series is folded into buckets of a width. */
  void mark(DeviceId device, String signal, long width, Mark mark) throws IOException {
    must(
        server.write(
            point(AGED, device, signal)
                .addTag("step", Long.toString(width))
                .addField("folded", (double) mark.folded())
                .addField("deleted", (double) mark.deleted())
                .time(0, WritePrecision.MS)
                .toLineProtocol()));
  }

  /** What tells the steps of a series apart, whatever the rules become: what is folded into. */
  private static long width(Due of) {
    return of.rule().levels().get(of.step()).width();
  }

  private static Point point(String measurement, DeviceId device, String signal) {
    return Point.measurement(measurement)
        .addTag("tenant", device.tenant())
        .addTag("device", device.device())
        .addTag("signal", signal);
  }

  private static void must(String leftOut) throws IOException {
    if (!leftOut.isEmpty()) {
      throw new IOException("InfluxDB does not take buckets: " + leftOut);
    }
  }

  private void delete(Due of, long from, long until) throws IOException {
    if (from < until) {
      server.execute(
          "DELETE FROM \"%s\" WHERE %s AND time >= %dms AND time < %dms"
              .formatted(
                  measurement(of.rule(), of.step()),
                  series(of.device(), of.signal()),
                  from,
                  until));
    }
  }

  private TreeSet<Long> widths() {
    TreeSet<Long> widths = new TreeSet<>();
    for (Retention.Rule rule : retention.rules()) {
      rule.levels().forEach(level -> widths.add(level.width()));
    }
    return widths;
  }

  static Bucket bucket(InfluxQLQueryResult.Series.Record row, long width) {
    long t = time(row);
    return new Bucket(
        t,
        width,
        (long) number(row, "count"),
        number(row, "min"),
        number(row, "sum"),
        number(row, "max"),
        number(row, "last"),
        t);
  }

  static long time(InfluxQLQueryResult.Series.Record row) {
    return Long.parseLong(String.valueOf(row.getValueByKey("time")));
  }

  static double number(InfluxQLQueryResult.Series.Record row, String column) {
    return Double.parseDouble(String.valueOf(row.getValueByKey(column)));
  }

  static String series(DeviceId device, String signal) {
    return InfluxHistory.where(device) + " AND \"signal\" = " + InfluxHistory.quoted(signal);
  }
}
