package io.foretell.ingest.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.History;
import io.foretell.proto.History.Sample;
import io.foretell.proto.HistoryContract;
import io.foretell.proto.Position;
import io.foretell.proto.Sink;
import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every history must do that lets samples grow old, beside {@link HistoryContract}. */
public abstract class AgeingContract extends HistoryContract {
  /** A moment that begins a day. */
  protected static final long DAY_ONE = 20_000L * 86_400_000;

  /** A day, in ms. */
  protected static final long DAY = 86_400_000;

  /** A minute, in ms. */
  protected static final long MINUTE = 60_000;

  /** The device that is written to. */
  protected static final DeviceId PUMP = new DeviceId("acme", "pump-1");

  /** What holds in every case here. */
  protected static final Retention RULES =
      Retention.parse("accel.*: 2d; kept: forever; 30d, 1m for 90d, 1h for 365d");

  /** The history under test, with {@link #RULES}. */
  protected abstract KeptHistory ageing();

  @Override
  protected final History history() {
    return ageing();
  }

  @Override
  protected final Sink<Telemetry> sink() {
    return ageing();
  }

  @Test
  void old_samples_become_buckets_that_read_as_their_mean() throws Exception {
    write("speed", DAY_ONE, 180, 1_000);

    age(DAY_ONE + 40 * DAY);

    assertThat(ageing().buckets(PUMP, "speed", 0, Long.MAX_VALUE, 10))
        .extracting(
            Bucket::t,
            Bucket::width,
            Bucket::count,
            Bucket::min,
            Bucket::mean,
            Bucket::max,
            Bucket::last)
        .containsExactly(
            tuple(DAY_ONE, MINUTE, 60L, 0.0, 29.5, 59.0, 59.0),
            tuple(DAY_ONE + MINUTE, MINUTE, 60L, 60.0, 89.5, 119.0, 119.0),
            tuple(DAY_ONE + 2 * MINUTE, MINUTE, 60L, 120.0, 149.5, 179.0, 179.0));
    assertThat(ageing().read(PUMP, "speed", 0, Long.MAX_VALUE, 10))
        .containsExactly(
            new Sample("speed", DAY_ONE, 29.5),
            new Sample("speed", DAY_ONE + MINUTE, 89.5),
            new Sample("speed", DAY_ONE + 2 * MINUTE, 149.5));
    assertThat(ageing().latest(PUMP)).extracting(Sample::value).containsExactly(179.0);
    assertThat(ageing().signals(PUMP)).containsExactly("speed");
  }

  private static org.assertj.core.groups.Tuple tuple(Object... values) {
    return org.assertj.core.groups.Tuple.tuple(values);
  }

  @Test
  void young_samples_stay_as_they_came_and_follow_on_buckets() throws Exception {
    write("speed", DAY_ONE, 60, 1_000);
    write("speed", DAY_ONE + 39 * DAY, 3, 1_000);

    age(DAY_ONE + 40 * DAY);

    long young = DAY_ONE + 39 * DAY;
    assertThat(ageing().read(PUMP, "speed", 0, Long.MAX_VALUE, 10))
        .containsExactly(
            new Sample("speed", DAY_ONE, 29.5),
            new Sample("speed", young, 0),
            new Sample("speed", young + 1_000, 1),
            new Sample("speed", young + 2_000, 2));
    assertThat(ageing().read(PUMP, "speed", young, Long.MAX_VALUE, 1))
        .containsExactly(new Sample("speed", young, 0));
    assertThat(ageing().latest(PUMP)).containsExactly(new Sample("speed", young + 2_000, 2));
  }

  @Test
  void ageing_again_changes_nothing() throws Exception {
    write("speed", DAY_ONE, 90, 1_000);
    age(DAY_ONE + 40 * DAY);
    List<Bucket> before = ageing().buckets(PUMP, "speed", 0, Long.MAX_VALUE, 10);

    age(DAY_ONE + 40 * DAY);
    age(DAY_ONE + 41 * DAY);

    assertThat(ageing().buckets(PUMP, "speed", 0, Long.MAX_VALUE, 10)).isEqualTo(before);
  }

  @Test
  void late_sample_into_a_span_that_was_folded_is_there_once() throws Exception {
    write("speed", DAY_ONE, 60, 1_000);
    age(DAY_ONE + 40 * DAY);

    write("speed", DAY_ONE + 30_500, 1, 1_000, 1_000);
    age(DAY_ONE + 40 * DAY);
    age(DAY_ONE + 41 * DAY);

    List<Bucket> buckets = ageing().buckets(PUMP, "speed", 0, Long.MAX_VALUE, 10);
    boolean folded = buckets.get(0).max() == 1_000;
    boolean beside =
        ageing().read(PUMP, "speed", 0, Long.MAX_VALUE, 10).stream()
            .anyMatch(sample -> sample.value() == 1_000);
    assertThat(folded).isNotEqualTo(beside);
    assertThat(buckets).extracting(Bucket::count).containsExactly(folded ? 61L : 60L);
  }

  @Test
  void buckets_widen_and_go_in_the_end() throws Exception {
    write("speed", DAY_ONE, 120, 60_000);
    age(DAY_ONE + 40 * DAY);

    age(DAY_ONE + 100 * DAY);
    assertThat(ageing().buckets(PUMP, "speed", 0, Long.MAX_VALUE, 10))
        .extracting(Bucket::t, Bucket::width, Bucket::count, Bucket::mean)
        .containsExactly(
            tuple(DAY_ONE, 60 * MINUTE, 60L, 29.5),
            tuple(DAY_ONE + 60 * MINUTE, 60 * MINUTE, 60L, 89.5));

    age(DAY_ONE + 400 * DAY);
    assertThat(ageing().read(PUMP, "speed", 0, Long.MAX_VALUE, 10)).isEmpty();
    assertThat(ageing().latest(PUMP)).isEmpty();
  }

  @Test
  void each_class_of_signals_has_its_own_time() throws Exception {
    write("accel.x", DAY_ONE, 10, 1_000);
    write("accel.x", DAY_ONE + 9 * DAY, 10, 1_000);
    write("kept", DAY_ONE, 10, 1_000);
    write("speed", DAY_ONE, 10, 1_000);

    age(DAY_ONE + 10 * DAY);
    assertThat(ageing().read(PUMP, "accel.x", 0, Long.MAX_VALUE, 100)).hasSize(10);
    assertThat(ageing().read(PUMP, "speed", 0, Long.MAX_VALUE, 100)).hasSize(10);

    age(DAY_ONE + 4_000 * DAY);
    assertThat(ageing().read(PUMP, "kept", 0, Long.MAX_VALUE, 100)).hasSize(10);
    assertThat(ageing().buckets(PUMP, "kept", 0, Long.MAX_VALUE, 100)).isEmpty();
  }

  @Test
  void device_that_is_erased_leaves_nothing_and_may_come_again() throws Exception {
    DeviceId other = new DeviceId("acme", "pump-10");
    write("speed", DAY_ONE, 120, 1_000);
    write("speed", DAY_ONE + 39 * DAY, 5, 1_000);
    write("accel.x", DAY_ONE + 39 * DAY, 5, 1_000);
    write(other, "speed", DAY_ONE + 39 * DAY, 7, 1_000, 0);
    age(DAY_ONE + 40 * DAY);

    assertThat(ageing().erase(PUMP)).isEqualTo(2 + 5 + 5);

    assertThat(ageing().signals(PUMP)).isEmpty();
    assertThat(ageing().latest(PUMP)).isEmpty();
    assertThat(ageing().read(PUMP, "speed", 0, Long.MAX_VALUE, 10)).isEmpty();
    assertThat(ageing().buckets(PUMP, "speed", 0, Long.MAX_VALUE, 10)).isEmpty();
    assertThat(ageing().read(other, "speed", 0, Long.MAX_VALUE, 10)).hasSize(7);
    assertThat(ageing().erase(PUMP)).isZero();

    write("speed", DAY_ONE + 39 * DAY, 3, 1_000);
    assertThat(ageing().read(PUMP, "speed", 0, Long.MAX_VALUE, 10)).hasSize(3);
  }

  @Test
  void buckets_of_another_store_are_kept_as_they_are_and_not_folded_again() throws Exception {
    Bucket minute = new Bucket(DAY_ONE, MINUTE, 3, 1, 6, 3, 2, DAY_ONE + 29_000);
    Bucket noRule = new Bucket(DAY_ONE, 7 * MINUTE, 1, 0.1, 0.1, 0.1, 0.1, DAY_ONE);
    Bucket hour = new Bucket(DAY_ONE - DAY, 60 * MINUTE, 5, -1.5, 0.3, 9, 4, DAY_ONE - DAY + 70);

    ageing().put(PUMP, "speed", List.of(minute, noRule));
    ageing().put(PUMP, "speed", List.of(hour));
    ageing().put(PUMP, "speed", List.of(hour));

    assertThat(buckets()).containsExactly(minute, noRule, hour);
    assertThat(series()).containsExactly(PUMP + " speed");
    assertThat(ageing().samples(PUMP, "speed", Long.MIN_VALUE, 10)).isEmpty();

    write("speed", DAY_ONE + 30_500, 2, 1_000, 1_000);
    assertThat(ageing().samples(PUMP, "speed", Long.MIN_VALUE, 1))
        .containsExactly(new Sample("speed", DAY_ONE + 30_500, 1_000));
    age(DAY_ONE + 40 * DAY);
    assertThat(series()).containsExactly(PUMP + " speed");
    long standFor = buckets().stream().mapToLong(Bucket::count).sum();
    assertThat(standFor + ageing().samples(PUMP, "speed", Long.MIN_VALUE, 10).size())
        .isEqualTo(3 + 1 + 5 + 2);
  }

  /** All buckets of the signal. */
  protected final List<Bucket> buckets() {
    List<Bucket> buckets = new ArrayList<>();
    ageing().eachBucket(PUMP, "speed", buckets::add);
    return buckets;
  }

  private List<String> series() {
    List<String> series = new ArrayList<>();
    ageing().eachSeries((device, signal) -> series.add(device + " " + signal));
    return series;
  }

  /** Does whole rounds until a round finds nothing new. */
  protected final void age(long now) {
    for (int round = 0; round < 3; round++) {
      int steps = 0;
      while (ageing().age(now)) {
        assertThat(++steps).isLessThan(100_000);
      }
    }
  }

  /** Writes samples 0, 1, 2, … of a signal. */
  protected final void write(String signal, long from, int n, long period) throws Exception {
    write(signal, from, n, period, 0);
  }

  /** Writes samples of a signal whose values count up. */
  protected final void write(String signal, long from, int n, long period, double first)
      throws Exception {
    write(PUMP, signal, from, n, period, first);
  }

  private void write(DeviceId device, String signal, long from, int n, long period, double first)
      throws Exception {
    long[] times = new long[n];
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      times[i] = from + i * period;
      values[i] = first + i;
    }
    Telemetry telemetry =
        new Telemetry.Signals(times[n - 1], List.of(signal), List.of(times), List.of(values));
    ageing()
        .write(List.of(new Entry<>(new Position("uplink", 0, 0), 0, device, from, telemetry)))
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
    settle();
  }
}
