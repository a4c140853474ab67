package io.foretell.app.migrate;

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
    each(from, rows, move::take);
    move.write();
  }

  /** Counts what is in one. */
  static void count(KeptHistory from, Tallies rows) {
    each(from, rows, (device, page) -> {});
  }

  /** Takes a page of one signal. */
  private interface Pages {
    void page(DeviceId device, List<History.Sample> page);
  }

  private static void each(KeptHistory from, Tallies rows, Pages to) {
    from.eachSeries(
        (device, signal) -> {
          long since = Long.MIN_VALUE;
          List<History.Sample> page = from.read(device, signal, since, Long.MAX_VALUE, PAGE);
          while (!page.isEmpty()) {
            to.page(device, page);
            tally(rows.of(KIND), device, signal, page);
            rows.glance(KIND);
            since = page.get(page.size() - 1).t() + 1;
            page =
                page.size() < PAGE
                    ? List.of()
                    : from.read(device, signal, since, Long.MAX_VALUE, PAGE);
          }
        });
    rows.done(KIND);
  }

  /** A page is one row: both sides have the same pages where they have the same samples. */
  private static void tally(
      Tally tally, DeviceId device, String signal, List<History.Sample> page) {
    tally.with(device.tenant()).with(device.device()).with(signal);
    for (History.Sample sample : page) {
      // Zero has two signs, of which not every store keeps both.
      tally.with(sample.t()).with(Double.doubleToLongBits(sample.value() + 0.0));
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
