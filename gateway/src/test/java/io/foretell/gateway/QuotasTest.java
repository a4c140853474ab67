package io.foretell.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.DeviceId;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class QuotasTest {
  private static final DeviceId TRUCK = DeviceId.parse("truck@acme");
  private static final DeviceId VAN = DeviceId.parse("van@acme");
  private static final DeviceId STRANGER = DeviceId.parse("truck@other");
  private static final long NOW = 1_795_308_448_257L;

  @Test
  void two_seconds_worth_at_once_are_free_and_then_the_rate_holds() {
    Quotas quotas = new Quotas(new QuotaLimits(10, 0, 0, 0));
    for (int i = 0; i < 20; i++) {
      assertThat(quotas.admit(TRUCK, 100, NOW)).isTrue();
    }
    assertThat(quotas.rest(TRUCK, NOW)).isZero();
    assertThat(quotas.admit(TRUCK, 100, NOW)).isTrue();
    assertThat(quotas.rest(TRUCK, NOW)).isBetween(100L, 101L);
    assertThat(quotas.rest(TRUCK, NOW + 101)).isZero();
    assertThat(quotas.rest(VAN, NOW)).isZero();
  }

  @Test
  void who_goes_on_regardless_is_refused_until_the_debt_is_paid() {
    Quotas quotas = new Quotas(new QuotaLimits(10, 0, 0, 0));
    int taken = 0;
    while (quotas.admit(TRUCK, 1, NOW)) {
      taken++;
    }
    assertThat(taken).isBetween(70, 71);
    assertThat(quotas.admit(TRUCK, 1, NOW)).isFalse();
    assertThat(quotas.admit(TRUCK, 1, NOW + 200)).isTrue();
    assertThat(quotas.admit(VAN, 1, NOW)).isTrue();
  }

  @Test
  void bytes_count_as_well() {
    Quotas quotas = new Quotas(new QuotaLimits(0, 1_000, 0, 0));
    assertThat(quotas.admit(TRUCK, 3_000, NOW)).isTrue();
    assertThat(quotas.rest(TRUCK, NOW)).isBetween(1_000L, 1_001L);
  }

  @Test
  void devices_of_a_tenant_share_its_quota_and_other_tenants_do_not() {
    Quotas quotas = new Quotas(new QuotaLimits(0, 0, 10, 0));
    for (int i = 0; i < 30; i++) {
      quotas.admit(i % 2 == 0 ? TRUCK : VAN, 1, NOW);
    }
    assertThat(quotas.rest(VAN, NOW)).isBetween(1_000L, 1_001L);
    assertThat(quotas.rest(STRANGER, NOW)).isZero();
    assertThat(quotas.admit(STRANGER, 1, NOW)).isTrue();
  }

  @Property(tries = 200)
  void no_sender_gets_more_than_its_rate_and_its_credit(
      @ForAll @Size(max = 300) java.util.List<@IntRange(max = 50) Integer> pauses) {
    Quotas quotas = new Quotas(new QuotaLimits(100, 0, 0, 0));
    long now = NOW;
    long taken = 0;
    for (int pause : pauses) {
      now += pause;
      for (int i = 0; i < 20; i++) {
        taken += quotas.admit(TRUCK, 1, now) ? 1 : 0;
      }
    }
    long credit = (2_000 + Quotas.PATIENCE) / 10 + 2;
    assertThat(taken).isLessThanOrEqualTo((now - NOW) / 10 + credit);
  }
}
