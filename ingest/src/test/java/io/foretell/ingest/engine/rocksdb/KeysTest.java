package io.foretell.ingest.engine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.DeviceId;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class KeysTest {
  @Property(tries = 500)
  void state_keys_are_in_the_order_of_devices(
      @ForAll("devices") DeviceId one, @ForAll("devices") DeviceId other) {
    int byKey = Arrays.compareUnsigned(Keys.state(7, one), Keys.state(7, other));

    assertThat(Integer.signum(byKey)).isEqualTo(Integer.signum(one.compareTo(other)));
    assertThat(Keys.stateDevice(Keys.state(7, one))).isEqualTo(one);
  }

  @Property(tries = 500)
  void timer_keys_are_in_the_order_of_moments_within_their_partition(
      @ForAll @IntRange(min = 1, max = 65_535) int stage,
      @ForAll @IntRange(max = 63) int partition,
      @ForAll long one,
      @ForAll long other,
      @ForAll("devices") DeviceId device) {
    byte[] key = Keys.timer(stage, partition, one, device);

    assertThat(Keys.timerWakeAt(key)).isEqualTo(one);
    assertThat(Keys.timerDevice(key)).isEqualTo(device);
    assertThat(Arrays.compareUnsigned(key, Keys.timerFrom(stage, partition, one))).isPositive();
    assertThat(Arrays.compareUnsigned(key, Keys.timersEnd(stage, partition))).isNegative();
    assertThat(
            Integer.signum(
                Arrays.compareUnsigned(key, Keys.timer(stage, partition, other, device))))
        .isEqualTo(Long.compare(one, other));
  }

  @Property(tries = 500)
  void record_gives_back_what_it_was_made_of(
      @ForAll("devices") DeviceId device, @ForAll long at, @ForAll byte[] value) {
    byte[] record = Records.of(device, value);
    Records.setAt(record, at);

    assertThat(Records.key(record)).isEqualTo(device);
    assertThat(Records.at(record)).isEqualTo(at);
    assertThat(Records.value(record)).isEqualTo(value);
  }

  @Provide
  Arbitrary<DeviceId> devices() {
    Arbitrary<String> tenant =
        Arbitraries.strings().withChars("ab.-_AZ09").ofMinLength(1).ofMaxLength(64);
    Arbitrary<String> device =
        Arbitraries.strings().withChars("ab.-_:AZ09").ofMinLength(1).ofMaxLength(128);
    return Combinators.combine(tenant, device).as(DeviceId::new);
  }
}
