package io.foretell.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.gateway.Credentials;
import io.foretell.gateway.Identities.Verdict;
import io.foretell.gateway.fixture.Pki;
import io.foretell.gateway.fixture.Pki.Wanted;
import io.foretell.gateway.identity.sql.SqlDeviceStore;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthoritiesTest {
  private static final Pki ACME = Pki.authority("Acme Devices");
  private static final DeviceId PUMP = new DeviceId("acme", "pump-7");

  @TempDir Path folder;

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final List<DeviceId> cut = new ArrayList<>();
  private DataSource database;
  private Registry registry;
  private Authorities authorities;

  @BeforeEach
  void open() {
    database = LiteDatabase.at(folder.resolve("records.db"));
    registry =
        new Registry(new SqlDeviceStore(database), new KeySeal(new byte[32]), now::get, false);
    registry.onRevoked(cut::add);
    authorities = registry.authorities();
  }

  private Authority trust(Pki authority) {
    return authorities.add("acme", authority.pem(), "cn={device}", true, false);
  }

  private Verdict shows(Pki device) {
    return shows(device.shown());
  }

  private Verdict shows(List<X509Certificate> chain) {
    return registry.authenticate(new Credentials.Certificate(chain));
  }

  private static Verdict refused() {
    return new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED);
  }

  @Test
  void device_under_the_authority_is_registered_when_it_first_comes() {
    trust(ACME);
    Pki pump = ACME.device("pump-7");

    assertThat(shows(pump)).isEqualTo(new Verdict.Known(PUMP));
    assertThat(shows(pump)).isEqualTo(new Verdict.Known(PUMP));
    assertThat(registry.find(PUMP)).isPresent();
  }

  @Test
  void device_is_not_registered_where_the_authority_does_not_provision() {
    authorities.add("acme", ACME.pem(), "cn={device}", false, false);

    assertThat(shows(ACME.device("pump-7"))).isEqualTo(refused());
    registry.add(NewDevice.of(PUMP));
    assertThat(shows(ACME.device("pump-7"))).isEqualTo(new Verdict.Known(PUMP));
  }

  @Test
  void foreign_certificates_are_refused() {
    trust(ACME);
    Pki namesake = Pki.authority("Acme Devices");

    assertThat(shows(namesake.device("pump-7"))).isEqualTo(refused());
    assertThat(shows(Pki.authority("pump-7"))).isEqualTo(refused());
    assertThat(shows(List.of())).isEqualTo(refused());
    assertThat(registry.find(PUMP)).isEmpty();
  }

  @Test
  void expired_and_future_certificates_are_refused_also_from_memory() {
    trust(ACME);
    Instant start = now.get();
    Duration hour = Duration.ofHours(1);
    Pki expired = ACME.issue(new Wanted("pump-7").valid(start.minus(hour), start.minusSeconds(1)));
    Pki future = ACME.issue(new Wanted("pump-7").valid(start.plus(hour), start.plus(hour)));
    Pki brief = ACME.issue(new Wanted("pump-7").valid(start.minus(hour), start.plusSeconds(5)));

    assertThat(shows(expired)).isEqualTo(refused());
    assertThat(shows(future)).isEqualTo(refused());
    assertThat(shows(brief)).isEqualTo(new Verdict.Known(PUMP));
    now.set(start.plusSeconds(6));
    assertThat(shows(brief)).isEqualTo(refused());
  }

  @Test
  void authority_whose_own_certificate_is_expired_tells_nobody() {
    trust(ACME);
    Pki pump =
        ACME.issue(new Wanted("pump-7").valid(now.get(), now.get().plus(Duration.ofDays(3650))));

    now.set(now.get().plus(Duration.ofDays(60)));

    assertThat(shows(pump)).isEqualTo(refused());
  }

  @Test
  void certificates_that_are_no_devices_are_refused() {
    trust(ACME);

    assertThat(shows(ACME.issue(new Wanted("pump-7").forServers()))).isEqualTo(refused());
    assertThat(shows(ACME.issue(new Wanted("pump-7").authority()))).isEqualTo(refused());
    assertThat(shows(ACME.chain())).isEqualTo(refused());
  }

  @Test
  void certificate_by_a_device_is_refused() {
    trust(ACME);
    Pki thief = ACME.device("thief");

    assertThat(shows(thief.issue(new Wanted("pump-7")))).isEqualTo(refused());
  }

  @Test
  void intermediate_authority_is_followed_in_the_right_order_only() {
    trust(ACME);
    Pki plant = ACME.issue(new Wanted("Plant 4").authority());
    Pki pump = plant.device("pump-7");

    assertThat(shows(pump.shown())).isEqualTo(new Verdict.Known(PUMP));
    assertThat(shows(plant.device("pump-8").shown().subList(0, 1))).isEqualTo(refused());
    assertThat(shows(List.of(plant.own(), pump.own()))).isEqualTo(refused());
  }

  @Test
  void chain_of_any_length_costs_little() {
    trust(ACME);
    List<X509Certificate> endless = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      endless.add(ACME.own());
    }

    assertThat(shows(endless)).isEqualTo(refused());
  }

  @Test
  void another_certificate_in_the_name_of_a_device_is_refused() {
    trust(ACME);
    KeyPair keys = Pki.pair();
    assertThat(shows(ACME.issue(new Wanted("pump-7"), keys))).isEqualTo(new Verdict.Known(PUMP));

    assertThat(shows(ACME.device("pump-7"))).isEqualTo(refused());
    assertThat(shows(ACME.issue(new Wanted("pump-7"), keys))).isEqualTo(new Verdict.Known(PUMP));

    authorities.unbind(PUMP);
    assertThat(cut).containsExactly(PUMP);
    assertThat(shows(ACME.device("pump-7"))).isEqualTo(new Verdict.Known(PUMP));
    assertThat(shows(ACME.issue(new Wanted("pump-7"), keys))).isEqualTo(refused());
  }

  @Test
  void certificate_of_another_authority_of_the_tenant_does_not_take_a_device_over() {
    trust(ACME);
    Pki bench = Pki.authority("Acme Test Bench");
    authorities.add("acme", bench.pem(), "cn={device}", true, true);
    assertThat(shows(ACME.device("pump-7"))).isEqualTo(new Verdict.Known(PUMP));

    assertThat(shows(bench.device("pump-7"))).isEqualTo(refused());
  }

  @Test
  void authority_that_renews_may_give_a_device_a_new_key() {
    authorities.add("acme", ACME.pem(), "cn={device}", true, true);
    assertThat(shows(ACME.device("pump-7"))).isEqualTo(new Verdict.Known(PUMP));

    assertThat(shows(ACME.device("pump-7"))).isEqualTo(new Verdict.Known(PUMP));
  }

  @Test
  void tenants_do_not_reach_each_other() {
    trust(ACME);
    Pki other = Pki.authority("Globex");
    authorities.add("globex", other.pem(), "cn={device}", true, false);
    shows(ACME.device("pump-7"));

    assertThat(shows(other.device("pump-7")))
        .isEqualTo(new Verdict.Known(new DeviceId("globex", "pump-7")));
    assertThat(shows(other.device("pump-7@acme"))).isEqualTo(refused());
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> authorities.add("globex", ACME.pem(), "cn={device}", true, false))
        .extracting(InvalidInputException::reason)
        .isEqualTo(ReasonCode.CONFLICT);
    assertThat(authorities.list("globex"))
        .extracting(Authority::subject)
        .containsExactly("CN=Globex");
  }

  @Test
  void revoked_and_removed_devices_do_not_come_back_by_certificate() {
    trust(ACME);
    Pki pump = ACME.device("pump-7");
    shows(pump);

    registry.revoke(PUMP);
    assertThat(shows(pump)).isEqualTo(refused());
    registry.remove(PUMP);
    assertThat(shows(pump)).isEqualTo(refused());
    assertThat(registry.find(PUMP)).isEmpty();

    registry.add(NewDevice.of(PUMP));
    assertThat(shows(pump)).isEqualTo(new Verdict.Known(PUMP));
  }

  @Test
  void authority_that_is_removed_cuts_its_devices() {
    Authority authority = trust(ACME);
    Pki pump = ACME.device("pump-7");
    shows(pump);

    authorities.remove("acme", authority.fingerprint());

    assertThat(cut).containsExactly(PUMP);
    assertThat(shows(pump)).isEqualTo(refused());
    assertThat(authorities.list("acme")).isEmpty();
  }

  @Test
  void name_comes_by_the_rule() {
    authorities.add("acme", ACME.pem(), "uri=urn:serial:{device}", true, false);

    assertThat(shows(ACME.issue(new Wanted("whatever").uri("urn:serial:pump-7").dns("x"))))
        .isEqualTo(new Verdict.Known(PUMP));
    assertThat(shows(ACME.device("pump-8"))).isEqualTo(refused());
    assertThat(shows(ACME.issue(new Wanted("a").uri("urn:serial:p").uri("urn:serial:q"))))
        .as("two names are none")
        .isEqualTo(refused());
  }

  @Test
  void name_by_dns_loses_what_surrounds_it() {
    authorities.add("acme", ACME.pem(), "dns={device}.fleet.example.com", true, false);

    assertThat(shows(ACME.issue(new Wanted("x").dns("pump-7.fleet.example.com"))))
        .isEqualTo(new Verdict.Known(PUMP));
    assertThat(shows(ACME.issue(new Wanted("x").dns(".fleet.example.com")))).isEqualTo(refused());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a#", "a+", "a/b", "x@globex", "pump 7", "pumpe-ä"})
  void name_that_no_device_may_have_is_refused(String name) {
    trust(ACME);

    assertThat(shows(ACME.issue(new Wanted("CN=\"" + name + "\"")))).isEqualTo(refused());
    assertThat(registry.count("acme")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "cn", "cn=", "cn={device}{device}", "mail={device}", "{device}=cn"})
  void rule_that_is_none_is_refused(String rule) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> authorities.add("acme", ACME.pem(), rule, true, false));
  }

  @Test
  void certificate_that_is_no_authority_is_not_registered() {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> trust(ACME.device("pump-7")))
        .withMessageContaining("basicConstraints");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> authorities.add("acme", "", "cn={device}", true, false));
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(
            () ->
                authorities.add(
                    "acme", ACME.pem().replaceAll("[A-F]", "x"), "cn={device}", true, false));
  }

  @Test
  void table_of_authorities_that_is_damaged_lets_nobody_in() throws Exception {
    trust(ACME);
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE authority SET certificate = 'AAAA'");
    }

    assertThat(shows(ACME.device("pump-7")))
        .isEqualTo(new Verdict.Refused(ReasonCode.STORAGE_UNAVAILABLE));
  }

  @Test
  void raw_key_is_its_devices_alone_and_ends_with_revocation() {
    KeyPair keys = Pki.pair();
    registry.addWithKey(NewDevice.of(PUMP), Pki.pem(keys.getPublic()));

    assertThat(registry.authenticate(new Credentials.RawKey(keys.getPublic())))
        .isEqualTo(new Verdict.Known(PUMP));
    assertThat(registry.authenticate(new Credentials.RawKey(Pki.pair().getPublic())))
        .isEqualTo(refused());
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(
            () ->
                registry.addWithKey(
                    NewDevice.of(new DeviceId("acme", "pump-8")), Pki.pem(keys.getPublic())));
    assertThat(registry.find(new DeviceId("acme", "pump-8"))).isEmpty();

    registry.revoke(PUMP);
    assertThat(registry.authenticate(new Credentials.RawKey(keys.getPublic())))
        .isEqualTo(refused());
  }
}
