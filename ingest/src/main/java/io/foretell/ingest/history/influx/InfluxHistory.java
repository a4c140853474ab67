package io.foretell.ingest.history.influx;

import com.influxdb.query.InfluxQLQueryResult;
import io.foretell.ingest.history.AgeingHistory;
import io.foretell.ingest.history.Bucket;
import io.foretell.ingest.history.KeptHistory;
import io.foretell.ingest.history.Retention;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Health;
import io.foretell.proto.Severity;
import io.foretell.proto.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * History in an InfluxDB server: measurement {@code telemetry}, tags {@code tenant}, {@code device}
 * and {@code signal}, field {@code value}, times in ms.
 *
 * <p>It writes to InfluxDB 1.x, 2.x and 3.x, VictoriaMetrics and QuestDB, and reads InfluxQL, which
 * the InfluxDB versions share; the other two have query languages of their own and fail to read.
 *
 * <p>It starts without the server. A batch that can not be written fails, and so comes again; the
 * same point written twice is one. Where the server says that it takes a part of a batch and will
 * never take the rest (older than its retention, for one), the rest is left out and counted: a
 * batch that can never succeed would hold up all that comes after it.
 */
public final class InfluxHistory implements KeptHistory {
  private static final Logger LOG = LoggerFactory.getLogger(InfluxHistory.class);
  private static final int LINES_PER_REQUEST = 5_000;
  // What the server's nanoseconds since 1970 can say, in ms.
  private static final long LAST = Long.MAX_VALUE / 1_000_000;

  private final InfluxSettings settings;
  private final Retention retention;
  private final Lines lines = new Lines();
  private final AtomicLong incomplete = new AtomicLong();
  private volatile String trouble = "";
  private @Nullable Server server;
  private @Nullable ExecutorService writer;
  private @Nullable Levels levels;

  /** A history in a server that is not yet asked for anything. */
  public InfluxHistory(InfluxSettings settings) {
    this(settings, Retention.NONE);
  }

  /**
   * A history in a server that is not yet asked for anything.
   *
   * @param retention what becomes of old samples
   */
  public InfluxHistory(InfluxSettings settings, Retention retention) {
    this.settings = settings;
    this.retention = retention;
  }

  @Override
  public synchronized void start() {
    Server opened = new Server(settings);
    server = opened;
    levels = new Levels(opened, retention);
    writer =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "history-influx");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public Health health() {
    String now = trouble;
    if (!now.isEmpty()) {
      return Health.bad(
          "history",
          "HISTORY_UNAVAILABLE",
          now,
          "Look at the server at " + settings.url() + " and its credentials.");
    }
    long cut = incomplete.get();
    return cut == 0
        ? Health.good("history")
        : new Health(
            "history",
            true,
            List.of(
                new Health.Notice(
                    "HISTORY_INCOMPLETE",
                    Severity.MINOR,
                    cut + " requests were taken only in part; the log says why",
                    "Compare the server's retention with how late devices may report.")));
  }

  @Override
  public synchronized void close() {
    if (writer != null) {
      writer.shutdownNow();
      writer = null;
    }
    if (server != null) {
      server.close();
      server = null;
    }
  }

  @Override
  public CompletionStage<?> write(List<Entry<Telemetry>> batch) {
    ExecutorService by;
    Server to;
    synchronized (this) {
      by = writer;
      to = server;
    }
    if (by == null || to == null) {
      return CompletableFuture.failedFuture(new IOException("history is not open"));
    }
    try {
      return CompletableFuture.runAsync(() -> write(batch, to), by);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(new IOException("history is closed", e));
    }
  }

  @Override
  public List<String> signals(DeviceId device) {
    List<String> signals = new ArrayList<>();
    String question =
        "SHOW TAG VALUES FROM /^%s(_[0-9]+ms)?$/ WITH KEY = \"signal\" WHERE %s"
            .formatted(Lines.MEASUREMENT, where(device));
    for (InfluxQLQueryResult.Series series : ask(question)) {
      for (InfluxQLQueryResult.Series.Record row : series.getValues()) {
        signals.add(String.valueOf(row.getValueByKey("value")));
      }
    }
    return signals.stream().distinct().sorted().toList();
  }

  @Override
  public List<Bucket> buckets(DeviceId device, String signal, long since, long until, int limit) {
    long from = Math.max(-LAST, Math.min(LAST, since));
    long to = Math.max(-LAST, Math.min(LAST, until));
    if (limit <= 0 || from >= to) {
      return List.of();
    }
    return asking(with -> with.read(device, signal, from, to, limit));
  }

  @Override
  public boolean age(long now) {
    ExecutorService by;
    Levels with;
    synchronized (this) {
      by = writer;
      with = levels;
    }
    if (by == null || with == null) {
      throw new UncheckedIOException(new IOException("history is not open"));
    }
    try {
      // On the writer's thread: so no sample of this process comes between what is read and what is
      // deleted.
      return CompletableFuture.supplyAsync(() -> step(with, now), by).join();
    } catch (CompletionException e) {
      throw new UncheckedIOException(new IOException("history cannot age", e.getCause()));
    }
  }

  @Override
  public long erase(DeviceId device) {
    return asking(with -> with.erase(device));
  }

  private static boolean step(Levels with, long now) {
    try {
      return with.age(now);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private interface Question<T> {
    T ask(Levels levels) throws IOException;
  }

  private <T> T asking(Question<T> question) {
    Levels with;
    synchronized (this) {
      with = levels;
    }
    if (with == null) {
      throw new UncheckedIOException(new IOException("history is not open"));
    }
    try {
      return question.ask(with);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Sample> read(DeviceId device, String signal, long since, long until, int limit) {
    long from = Math.max(-LAST, Math.min(LAST, since));
    long to = Math.max(-LAST, Math.min(LAST, until));
    if (limit <= 0 || from >= to) {
      return List.of();
    }
    List<Sample> samples = raw(device, signal, from, to, limit);
    return AgeingHistory.merged(
        signal, samples, buckets(device, signal, since, until, limit), limit);
  }

  private List<Sample> raw(DeviceId device, String signal, long from, long to, int limit) {
    if (from >= to) {
      return List.of();
    }
    String question =
        ("SELECT \"value\" FROM \"%s\" WHERE %s AND \"signal\" = %s"
                + " AND time >= %dms AND time < %dms ORDER BY time LIMIT %d")
            .formatted(Lines.MEASUREMENT, where(device), quoted(signal), from, to, limit);
    List<Sample> samples = new ArrayList<>();
    for (InfluxQLQueryResult.Series series : ask(question)) {
      for (InfluxQLQueryResult.Series.Record row : series.getValues()) {
        samples.add(sample(signal, row, "value"));
      }
    }
    return samples;
  }

  @Override
  public List<Sample> latest(DeviceId device) {
    String question =
        "SELECT last(\"value\") FROM \"%s\" WHERE %s GROUP BY \"signal\""
            .formatted(Lines.MEASUREMENT, where(device));
    List<Sample> samples = new ArrayList<>();
    for (InfluxQLQueryResult.Series series : ask(question)) {
      String signal = String.valueOf(series.getTags().get("signal"));
      for (InfluxQLQueryResult.Series.Record row : series.getValues()) {
        samples.add(sample(signal, row, "last"));
      }
    }
    return asking(with -> with.newest(device, samples));
  }

  @Override
  public void eachSeries(BiConsumer<DeviceId, String> to) {
    asking(
        with -> {
          whole(with).eachSeries(to);
          return true;
        });
  }

  @Override
  public List<Sample> samples(DeviceId device, String signal, long since, int limit) {
    long from = Math.max(-LAST, since);
    Whole.Gap gap = asking(with -> whole(with).foldedSamples(device, signal));
    if (gap.from() >= gap.until()) {
      return raw(device, signal, from, LAST, limit);
    }
    List<Sample> samples = new ArrayList<>(raw(device, signal, from, gap.from(), limit));
    if (samples.size() < limit) {
      long behind = Math.max(from, gap.until());
      samples.addAll(raw(device, signal, behind, LAST, limit - samples.size()));
    }
    return samples;
  }

  @Override
  public void eachBucket(DeviceId device, String signal, Consumer<Bucket> to) {
    asking(
        with -> {
          whole(with).eachBucket(device, signal, to);
          return true;
        });
  }

  @Override
  public void put(DeviceId device, String signal, List<Bucket> buckets) {
    asking(
        with -> {
          whole(with).put(device, signal, buckets);
          return true;
        });
  }

  private Whole whole(Levels with) {
    return new Whole(server(), with, retention);
  }

  private void write(List<Entry<Telemetry>> batch, Server to) {
    try {
      for (String body : lines.bodies(batch, LINES_PER_REQUEST)) {
        String leftOut = to.write(body);
        if (!leftOut.isEmpty()) {
          incomplete.incrementAndGet();
          LOG.warn("history was taken only in part: {}", leftOut);
        }
      }
      trouble = "";
    } catch (IOException e) {
      trouble = String.valueOf(e.getMessage());
      throw new CompletionException(e);
    }
  }

  private List<InfluxQLQueryResult.Series> ask(String question) {
    try {
      return server().query(question).stream().flatMap(r -> r.getSeries().stream()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized Server server() {
    if (server == null) {
      throw new UncheckedIOException(new IOException("history is not open"));
    }
    return server;
  }

  private static Sample sample(
      String signal, InfluxQLQueryResult.Series.Record row, String column) {
    return new Sample(
        signal,
        Long.parseLong(String.valueOf(row.getValueByKey("time"))),
        Double.parseDouble(String.valueOf(row.getValueByKey(column))));
  }

  static String where(DeviceId device) {
    return "\"tenant\" = "
        + quoted(device.tenant())
        + " AND \"device\" = "
        + quoted(device.device());
  }

  /** A text as InfluxQL has it. */
  static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'";
  }
}
