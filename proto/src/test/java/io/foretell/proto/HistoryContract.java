package io.foretell.proto;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.History.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What every telemetry history must do, written through its sink and read through its port. An
 * adapter's test extends it.
 */
public abstract class HistoryContract {
  /** Some moment in 2026, in ms, that is no whole second. */
  protected static final long T = 1_795_308_448_257L;

  private static final DeviceId TRUCK = new DeviceId("acme", "truck-1");
  private static final String COOLANT = "engine.coolant";

  private long offset;

  /** The history under test; empty when a test begins, the same object within a test. */
  protected abstract History history();

  /** What fills the history under test. */
  protected abstract Sink<Telemetry> sink();

  /** Waits until what the sink has taken can be read. */
  protected void settle() throws Exception {}

  @Test
  void nothing_written_reads_empty() {
    assertThat(history().signals(TRUCK)).isEmpty();
    assertThat(history().read(TRUCK, COOLANT, 0, Long.MAX_VALUE, 10)).isEmpty();
    assertThat(history().latest(TRUCK)).isEmpty();
  }

  @Test
  void samples_written_in_order_come_back_exactly() throws Exception {
    double[] values = {91.5, -40, 0.1, 1e-300, 1.7976931348623157e308, 12345678.901234567};
    long[] times = {T, T + 1, T + 1000, T + 1001, T + 60_000, T + 86_400_000};

    write(signals(TRUCK, COOLANT, times, values));

    List<Sample> expected = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      expected.add(new Sample(COOLANT, times[i], values[i]));
    }
    assertThat(history().read(TRUCK, COOLANT, T, T + 86_400_001, 100)).isEqualTo(expected);
  }

  @Test
  void read_takes_since_and_leaves_out_until() throws Exception {
    write(signals(TRUCK, COOLANT, new long[] {T, T + 10, T + 20}, new double[] {1, 2, 3}));

    assertThat(history().read(TRUCK, COOLANT, T, T + 20, 10))
        .containsExactly(new Sample(COOLANT, T, 1), new Sample(COOLANT, T + 10, 2));
    assertThat(history().read(TRUCK, COOLANT, T + 1, T + 21, 10))
        .containsExactly(new Sample(COOLANT, T + 10, 2), new Sample(COOLANT, T + 20, 3));
    assertThat(history().read(TRUCK, COOLANT, T + 10, T + 10, 10)).isEmpty();
  }

  @Test
  void read_with_a_limit_gives_the_first_from_since_on() throws Exception {
    write(signals(TRUCK, COOLANT, new long[] {T, T + 10, T + 20}, new double[] {1, 2, 3}));

    assertThat(history().read(TRUCK, COOLANT, T + 5, T + 100, 1))
        .containsExactly(new Sample(COOLANT, T + 10, 2));
  }

  @Test
  void samples_that_arrive_late_are_in_order_of_event_time() throws Exception {
    write(signals(TRUCK, COOLANT, new long[] {T + 5000, T + 6000}, new double[] {5, 6}));
    write(signals(TRUCK, COOLANT, new long[] {T, T + 5500}, new double[] {0, 5.5}));

    assertThat(history().read(TRUCK, COOLANT, T, T + 10_000, 100))
        .extracting(Sample::value)
        .containsExactly(0.0, 5.0, 5.5, 6.0);
    assertThat(history().latest(TRUCK)).containsExactly(new Sample(COOLANT, T + 6000, 6));
  }

  @Test
  void batch_that_comes_again_leaves_no_twin() throws Exception {
    Entry<Telemetry> entry = signals(TRUCK, COOLANT, new long[] {T, T + 1}, new double[] {1, 2});

    write(entry);
    write(entry);

    assertThat(history().read(TRUCK, COOLANT, 0, Long.MAX_VALUE, 100)).hasSize(2);
  }

  @Test
  void two_values_of_one_moment_leave_the_later_written() throws Exception {
    write(signals(TRUCK, COOLANT, new long[] {T}, new double[] {1}));
    write(signals(TRUCK, COOLANT, new long[] {T}, new double[] {2}));

    assertThat(history().read(TRUCK, COOLANT, 0, Long.MAX_VALUE, 100))
        .containsExactly(new Sample(COOLANT, T, 2));
  }

  @Test
  void signals_are_named_once_and_sorted() throws Exception {
    write(
        new Telemetry.Signals(
            T,
            List.of("speed", COOLANT, "Vehicle.Chassis.Axle.Row1"),
            List.of(new long[] {T}, new long[] {T}, new long[] {T}),
            List.of(new double[] {1}, new double[] {2}, new double[] {3})));
    write(signals(TRUCK, COOLANT, new long[] {T + 1}, new double[] {4}));

    assertThat(history().signals(TRUCK))
        .containsExactly("Vehicle.Chassis.Axle.Row1", COOLANT, "speed");
    assertThat(history().latest(TRUCK))
        .containsExactlyInAnyOrder(
            new Sample("speed", T, 1),
            new Sample(COOLANT, T + 1, 4),
            new Sample("Vehicle.Chassis.Axle.Row1", T, 3));
  }

  @Test
  void devices_and_tenants_are_kept_apart() throws Exception {
    DeviceId sameNameElsewhere = new DeviceId("beta", TRUCK.device());
    DeviceId longerName = new DeviceId("acme", TRUCK.device() + "0");
    write(signals(TRUCK, COOLANT, new long[] {T}, new double[] {1}));
    write(signals(sameNameElsewhere, COOLANT, new long[] {T}, new double[] {2}));
    write(signals(longerName, COOLANT + ".2", new long[] {T}, new double[] {3}));

    assertThat(history().latest(TRUCK)).containsExactly(new Sample(COOLANT, T, 1));
    assertThat(history().latest(sameNameElsewhere)).containsExactly(new Sample(COOLANT, T, 2));
    assertThat(history().signals(longerName)).containsExactly(COOLANT + ".2");
  }

  @Test
  void telemetry_without_samples_is_taken_and_leaves_none() throws Exception {
    write(new Telemetry.Presence(T, true, "mqtt", "connected"));

    assertThat(history().signals(TRUCK)).isEmpty();
  }

  @Test
  void many_samples_of_many_batches_are_all_there() throws Exception {
    int batches = 50;
    int size = 200;
    for (int b = 0; b < batches; b++) {
      long[] times = new long[size];
      double[] values = new double[size];
      for (int i = 0; i < size; i++) {
        times[i] = T + (b * size + i) * 250L;
        values[i] = Math.sin((b * size + i) / 50.0);
      }
      write(signals(TRUCK, COOLANT, times, values));
    }

    List<Sample> all = history().read(TRUCK, COOLANT, T, Long.MAX_VALUE, 1_000_000);

    assertThat(all).hasSize(batches * size);
    for (int i = 0; i < all.size(); i++) {
      assertThat(all.get(i)).isEqualTo(new Sample(COOLANT, T + i * 250L, Math.sin(i / 50.0)));
    }
  }

  private Entry<Telemetry> signals(DeviceId device, String signal, long[] times, double[] values) {
    return entry(
        device,
        new Telemetry.Signals(
            times[times.length - 1], List.of(signal), List.of(times), List.of(values)));
  }

  private Entry<Telemetry> entry(DeviceId device, Telemetry telemetry) {
    return new Entry<>(new Position("uplink", 0, offset++), 0, device, telemetry.time(), telemetry);
  }

  private void write(Telemetry telemetry) throws Exception {
    write(entry(TRUCK, telemetry));
  }

  private void write(Entry<Telemetry> entry) throws Exception {
    sink().write(List.of(entry)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    settle();
  }
}
