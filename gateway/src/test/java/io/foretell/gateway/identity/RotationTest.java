package io.foretell.gateway.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.gateway.Credentials;
import io.foretell.gateway.Identities.Verdict;
import io.foretell.gateway.identity.sql.SqlDeviceStore;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets that change: two for a while, or none until they are claimed. */
class RotationTest {
  private static final DeviceId TRUCK = new DeviceId("acme", "truck-1");
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path folder;

  private final AtomicLong now = new AtomicLong(1_795_000_000_000L);
  private final List<DeviceId> cut = new ArrayList<>();
  private Registry registry;

  @BeforeEach
  void open() {
    registry =
        new Registry(
            new SqlDeviceStore(LiteDatabase.at(folder.resolve("records.db"))),
            new KeySeal(new byte[32]),
            () -> Instant.ofEpochMilli(now.get()),
            false);
    registry.onRevoked(cut::add);
  }

  private boolean lets(String token) {
    return registry.authenticate(new Credentials.Bearer(token)).equals(new Verdict.Known(TRUCK));
  }

  private List<String> keys() {
    return registry.presharedKeys(TRUCK.toString()).stream()
        .map(key -> new String(key, US_ASCII))
        .toList();
  }

  @Test
  void rotation_with_an_overlap_takes_both_secrets_until_it_is_over() {
    Issued old = registry.add(NewDevice.of(TRUCK));
    Issued fresh = registry.rotate(TRUCK, HOUR);

    assertThat(lets(old.token())).isTrue();
    assertThat(lets(fresh.token())).isTrue();
    assertThat(keys()).containsExactly(old.psk(), fresh.psk());
    registry.expire(now.addAndGet(HOUR.toMillis() - 1));
    assertThat(cut).isEmpty();

    registry.expire(now.addAndGet(1));

    assertThat(cut).containsExactly(TRUCK);
    assertThat(lets(old.token())).isFalse();
    assertThat(lets(fresh.token())).isTrue();
    assertThat(keys()).containsExactly(fresh.psk());
  }

  @Test
  void rotation_survives_a_restart_and_ends_without_a_tick() {
    Issued old = registry.add(NewDevice.of(TRUCK));
    Issued fresh = registry.rotate(TRUCK, HOUR);
    open();
    assertThat(lets(old.token())).isTrue();

    now.addAndGet(HOUR.toMillis());
    open();

    assertThat(lets(old.token())).isFalse();
    assertThat(keys()).containsExactly(fresh.psk());
  }

  @Test
  void second_rotation_ends_the_first() {
    Issued first = registry.add(NewDevice.of(TRUCK));
    Issued second = registry.rotate(TRUCK, HOUR);
    Issued third = registry.rotate(TRUCK, HOUR);

    assertThat(lets(first.token())).isFalse();
    assertThat(lets(second.token())).isTrue();
    assertThat(lets(third.token())).isTrue();
    assertThat(cut).containsExactly(TRUCK);
  }

  @Test
  void revocation_during_a_rotation_voids_both() {
    Issued old = registry.add(NewDevice.of(TRUCK));
    Issued fresh = registry.rotate(TRUCK, HOUR);

    registry.revoke(TRUCK);

    assertThat(lets(old.token())).isFalse();
    assertThat(lets(fresh.token())).isFalse();
    assertThat(keys()).isEmpty();
    assertThat(cut).containsExactly(TRUCK);
  }

  @Test
  void rotation_without_an_overlap_voids_at_once() {
    Issued old = registry.add(NewDevice.of(TRUCK));
    registry.rotate(TRUCK, HOUR);
    registry.rotate(TRUCK);

    assertThat(lets(old.token())).isFalse();
    assertThat(keys()).hasSize(1);
  }

  @Test
  void rotation_after_a_revocation_brings_no_former_secret_back() {
    registry.add(NewDevice.of(TRUCK));
    registry.revoke(TRUCK);

    Issued fresh = registry.rotate(TRUCK, HOUR);

    assertThat(keys()).containsExactly(fresh.psk());
    assertThat(registry.authenticate(new Credentials.Bearer("")))
        .isEqualTo(new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 91L * 24 * 3600})
  void overlap_out_of_range_is_refused(long seconds) {
    registry.add(NewDevice.of(TRUCK));

    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> registry.rotate(TRUCK, Duration.ofSeconds(seconds)));
  }

  @Test
  void claim_code_is_changed_for_secrets_once() {
    Claim claim = registry.addUnclaimed(NewDevice.of(TRUCK), HOUR);
    assertThat(claim.code()).matches("([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}");
    assertThat(claim.toString()).doesNotContain(claim.code());
    assertThat(keys()).isEmpty();

    Issued issued = registry.claim(claim.code());

    assertThat(issued.device()).isEqualTo(TRUCK);
    assertThat(lets(issued.token())).isTrue();
    assertThat(keys()).containsExactly(issued.psk());
    refusesClaim(claim.code());
    assertThat(lets(issued.token())).isTrue();
  }

  @Test
  void claim_code_is_taken_as_people_type_it() {
    Claim claim = registry.addUnclaimed(NewDevice.of(TRUCK), HOUR);

    String typed =
        claim.code().replace('-', ' ').replace('0', 'o').replace('1', 'l').toLowerCase(Locale.ROOT);

    assertThat(registry.claim(typed).device()).isEqualTo(TRUCK);
  }

  @Test
  void claim_code_ends_with_its_time_with_a_newer_one_and_with_revocation() {
    Claim late = registry.addUnclaimed(NewDevice.of(TRUCK), HOUR);
    now.addAndGet(HOUR.toMillis());
    refusesClaim(late.code());

    Claim old = registry.claimCode(TRUCK, HOUR);
    Claim fresh = registry.claimCode(TRUCK, HOUR);
    refusesClaim(old.code());

    registry.revoke(TRUCK);
    refusesClaim(fresh.code());
  }

  @Test
  void claim_of_a_device_that_has_secrets_puts_new_in_their_place() {
    Issued old = registry.add(NewDevice.of(TRUCK));
    Claim claim = registry.claimCode(TRUCK, HOUR);
    assertThat(lets(old.token())).isTrue();

    Issued fresh = registry.claim(claim.code());

    assertThat(lets(old.token())).isFalse();
    assertThat(lets(fresh.token())).isTrue();
    assertThat(cut).containsExactly(TRUCK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "-", "00000-00000-00000-00000", "'; DROP TABLE device; --"})
  void claim_code_that_is_wrong_is_refused(String code) {
    registry.addUnclaimed(NewDevice.of(TRUCK), HOUR);

    refusesClaim(code);
  }

  private void refusesClaim(String code) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> registry.claim(code))
        .extracting(InvalidInputException::reason)
        .isEqualTo(ReasonCode.NOT_AUTHENTICATED);
  }
}
