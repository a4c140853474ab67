package io.foretell.app.migrate;

import io.foretell.ingest.history.Bucket;
import io.foretell.ingest.history.KeptHistory;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.History;
import io.foretell.proto.Position;
import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Moves samples, series by series. */
final class HistoryMove {
  private static final String KIND = "history";
  private static final String BUCKETS = "history.buckets";
  private static final int BUCKETS_AT_ONCE = 2_000;
  private static final int PAGE = 10_000;
  private static final long PATIENCE_SECONDS = 120;
  private static final Position NOWHERE = new Position(KIND, 0, 0);

  private final KeptHistory to;
  private final List<Entry<Telemetry>> waiting = new ArrayList<>();
  private int samples;

  private HistoryMove(KeptHistory to) {
    this.to = to;
  }

  /** Writes all that is in one to the other. */
  static void run(KeptHistory from, KeptHistory to, Tallies rows) {
    HistoryMove move = new HistoryMove(to);
    each(from, rows, move::take, to::put);
    move.write();
  }

  /** Counts what is in one. */
  static void count(KeptHistory from, Tallies rows) {
    each(from, rows, (device, page) -> {}, (device, signal, page) -> {});
  }

  /** Takes a page of one signal. */
  private interface Pages {
    void page(DeviceId device, List<History.Sample> page);
  }

  /** Takes some buckets of one signal. */
  private interface Buckets {
    void page(DeviceId device, String signal, List<Bucket> page);
  }

  private static void each(KeptHistory from, Tallies rows, Pages to, Buckets old) {
    from.eachSeries(
        (device, signal) -> {
          long since = Long.MIN_VALUE;
          List<History.Sample> page = from.samples(device, signal, since, PAGE);
          while (!page.isEmpty()) {
            to.page(device, page);
            tally(rows.of(KIND), device, signal, page);
            rows.glance(KIND);
            since = page.get(page.size() - 1).t() + 1;
            page = page.size() < PAGE ? List.of() : from.samples(device, signal, since, PAGE);
          }
          buckets(from, rows, device, signal, old);
        });
    rows.done(KIND);
    rows.done(BUCKETS);
  }

  /** Samples that have become buckets go as these, of every width that there is. */
  private static void buckets(
      KeptHistory from, Tallies rows, DeviceId device, String signal, Buckets to) {
    List<Bucket> page = new ArrayList<>();
    from.eachBucket(
        device,
        signal,
        bucket -> {
          page.add(bucket);
          if (page.size() == BUCKETS_AT_ONCE) {
            to.page(device, signal, List.copyOf(page));
            page.clear();
          }
          tally(rows.of(BUCKETS), device, signal, bucket);
          rows.glance(BUCKETS);
        });
    if (!page.isEmpty()) {
      to.page(device, signal, page);
    }
  }

  private static void tally(Tally tally, DeviceId device, String signal, Bucket bucket) {
    tally
        .with(device.tenant())
        .with(device.device())
        .with(signal)
        .with(bucket.t())
        .with(bucket.width())
        .with(bucket.count())
        .with(bits(bucket.min()))
        .with(bits(bucket.sum()))
        .with(bits(bucket.max()))
        .with(bits(bucket.last()))
        .with(bucket.lastAt())
        .end();
  }

  /** Zero has two signs, of which not every store keeps both. */
  private static long bits(double value) {
    return Double.doubleToLongBits(value + 0.0);
  }

  /** A page is one row: both sides have the same pages where they have the same samples. */
  private static void tally(
      Tally tally, DeviceId device, String signal, List<History.Sample> page) {
    tally.with(device.tenant()).with(device.device()).with(signal);
    for (History.Sample sample : page) {
      tally.with(sample.t()).with(bits(sample.value()));
    }
    tally.end(page.size());
  }

  private void take(DeviceId device, List<History.Sample> page) {
    long[] times = page.stream().mapToLong(History.Sample::t).toArray();
    double[] values = page.stream().mapToDouble(History.Sample::value).toArray();
    Telemetry.Signals signals =
        new Telemetry.Signals(
            times[times.length - 1],
            List.of(page.get(0).signal()),
            List.of(times),
            List.of(values));
    waiting.add(new Entry<>(NOWHERE, 0, device, signals.time(), signals));
    samples += page.size();
    if (samples >= PAGE) {
      write();
    }
  }

  private void write() {
    if (waiting.isEmpty()) {
      return;
    }
    try {
      to.write(List.copyOf(waiting)).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new MigrationException(
          "the history does not take samples: " + String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new MigrationException("the history does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MigrationException("interrupted", e);
    }
    waiting.clear();
    samples = 0;
  }
}
