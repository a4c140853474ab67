package io.foretell.gateway.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.gateway.Credentials;
import io.foretell.gateway.Identities.Verdict;
import io.foretell.gateway.identity.sql.GatewaySchema;
import io.foretell.gateway.identity.sql.SqlDeviceStore;
import io.foretell.proto.Device;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryTest {
  private static final DeviceId TRUCK = new DeviceId("acme", "truck-1");
  private static final byte[] SEAL = new byte[32];

  @TempDir Path folder;

  private final AtomicLong now = new AtomicLong(1_795_308_448_257L);
  private DataSource database;
  private Registry registry;

  @BeforeEach
  void open() {
    database = database(folder.resolve("records.db"));
    registry = registry(SEAL, false);
  }

  DataSource raw(Path file) {
    return LiteDatabase.raw(file);
  }

  /** All bytes that the database keeps. */
  List<byte[]> kept() throws Exception {
    List<byte[]> kept = new ArrayList<>();
    try (var listed = Files.list(folder)) {
      for (Path file : listed.toList()) {
        kept.add(Files.readAllBytes(file));
      }
    }
    return kept;
  }

  final DataSource database() {
    return database;
  }

  private DataSource database(Path file) {
    DataSource source = raw(file);
    GatewaySchema.migrate(source);
    return source;
  }

  private Registry registry(byte[] sealingKey, boolean sandbox) {
    return new Registry(
        new SqlDeviceStore(database),
        new KeySeal(sealingKey),
        () -> Instant.ofEpochMilli(now.get()),
        sandbox);
  }

  @Test
  void add_a_device_lets_it_in_by_token_bearer_and_key() {
    Issued issued = registry.add(NewDevice.of(TRUCK));

    assertThat(registry.authenticate(new Credentials.Token("truck-1@acme", issued.token())))
        .isEqualTo(new Verdict.Known(TRUCK));
    assertThat(registry.authenticate(new Credentials.Bearer(issued.token())))
        .isEqualTo(new Verdict.Known(TRUCK));
    assertThat(registry.presharedKey("truck-1@acme"))
        .hasValueSatisfying(key -> assertThat(key).isEqualTo(issued.psk().getBytes(US_ASCII)));
  }

  @Test
  void add_gives_secrets_of_full_strength_that_differ() {
    Issued one = registry.add(NewDevice.of(TRUCK));
    Issued other = registry.add(NewDevice.of(new DeviceId("acme", "truck-2")));

    assertThat(one.token()).hasSize(43).matches("[A-Za-z0-9_-]+").isNotEqualTo(other.token());
    assertThat(one.psk()).hasSize(32).matches("[A-Za-z0-9_-]+").isNotEqualTo(other.psk());
    assertThat(one.toString()).doesNotContain(one.token()).doesNotContain(one.psk());
  }

  @Test
  void add_a_name_twice_is_a_conflict_and_leaves_the_first() {
    Issued first = registry.add(NewDevice.of(TRUCK));

    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> registry.add(NewDevice.of(TRUCK)))
        .extracting(InvalidInputException::reason)
        .isEqualTo(ReasonCode.CONFLICT);
    assertThat(registry.authenticate(new Credentials.Bearer(first.token())))
        .isEqualTo(new Verdict.Known(TRUCK));
  }

  @Test
  void secrets_are_nowhere_in_the_database_files() throws Exception {
    Issued issued = registry.add(NewDevice.of(TRUCK));

    List<byte[]> kept = kept();
    assertThat(kept).isNotEmpty();
    for (byte[] part : kept) {
      String bytes = HexFormat.of().formatHex(part);
      assertThat(bytes).doesNotContain(HexFormat.of().formatHex(issued.token().getBytes(US_ASCII)));
      assertThat(bytes).doesNotContain(HexFormat.of().formatHex(issued.psk().getBytes(US_ASCII)));
    }
  }

  @Test
  void default_tenant_needs_no_suffix() {
    Issued issued = registry.add(NewDevice.of(DeviceId.parse("pump-7")));

    assertThat(registry.authenticate(new Credentials.Token("pump-7", issued.token())))
        .isEqualTo(new Verdict.Known(new DeviceId("default", "pump-7")));
    assertThat(registry.presharedKey("pump-7")).isPresent();
    assertThat(registry.presharedKey("pump-7@default")).isPresent();
    assertThat(registry.presharedKey("pump-7@acme")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
  void token_that_is_wrong_is_refused(String token) {
    registry.add(NewDevice.of(TRUCK));

    assertThat(registry.authenticate(new Credentials.Token("truck-1@acme", token)))
        .isEqualTo(refused(ReasonCode.NOT_AUTHENTICATED));
    assertThat(registry.authenticate(new Credentials.Bearer(token)))
        .isEqualTo(refused(ReasonCode.NOT_AUTHENTICATED));
  }

  @Test
  void token_of_another_device_is_refused_also_from_memory() {
    registry.add(NewDevice.of(TRUCK));
    Issued other = registry.add(NewDevice.of(new DeviceId("acme", "truck-2")));
    Credentials stolen = new Credentials.Token("truck-1@acme", other.token());

    assertThat(registry.authenticate(stolen)).isEqualTo(refused(ReasonCode.NOT_AUTHENTICATED));
    registry.authenticate(new Credentials.Bearer(other.token()));
    assertThat(registry.authenticate(stolen)).isEqualTo(refused(ReasonCode.NOT_AUTHENTICATED));
    assertThat(registry.fromMemory(stolen)).contains(refused(ReasonCode.NOT_AUTHENTICATED));
  }

  @Test
  void hash_of_a_token_is_no_token() {
    Issued issued = registry.add(NewDevice.of(TRUCK));

    assertThat(registry.authenticate(new Credentials.Bearer(Secrets.hash(issued.token()))))
        .isEqualTo(refused(ReasonCode.NOT_AUTHENTICATED));
  }

  @Test
  void revoke_voids_what_was_in_memory_and_tells_at_once() {
    Issued issued = registry.add(NewDevice.of(TRUCK));
    List<DeviceId> told = new ArrayList<>();
    registry.onRevoked(told::add);
    registry.authenticate(new Credentials.Bearer(issued.token()));
    assertThat(registry.fromMemory(new Credentials.Bearer(issued.token()))).isPresent();

    registry.revoke(TRUCK);

    assertThat(told).containsExactly(TRUCK);
    assertThat(registry.authenticate(new Credentials.Bearer(issued.token())))
        .isEqualTo(refused(ReasonCode.NOT_AUTHENTICATED));
    assertThat(registry.presharedKey("truck-1@acme")).isEmpty();
    assertThat(registry.find(TRUCK)).isPresent();
  }

  @Test
  void remove_tells_that_the_secrets_are_void_and_then_that_the_device_is_gone() {
    List<String> told = new ArrayList<>();
    registry.onRemoved(device -> told.add("removed " + device));
    registry.onRevoked(device -> told.add("revoked " + device));
    registry.add(NewDevice.of(TRUCK));

    registry.rotate(TRUCK);
    registry.remove(TRUCK);

    assertThat(told)
        .containsExactly("revoked truck-1@acme", "revoked truck-1@acme", "removed truck-1@acme");
  }

  @Test
  void barred_are_those_that_were_removed_or_revoked_or_never_came() {
    List<DeviceId> all = new ArrayList<>();
    for (int i = 0; i < 1_001; i++) {
      all.add(new DeviceId(i % 2 == 0 ? "acme" : "other", "truck-" + i));
    }
    for (int i : List.of(0, 1, 2, 3, 1_000)) {
      registry.add(NewDevice.of(all.get(i)));
    }
    registry.revoke(all.get(2));
    registry.remove(all.get(3));
    registry.rotate(all.get(1_000));

    assertThat(registry.barred(all.subList(0, 5)))
        .containsExactly(all.get(2), all.get(3), all.get(4));
    assertThat(registry.barred(all)).hasSize(998).doesNotContain(all.get(0), all.get(1_000));
    assertThat(registry.barred(List.of())).isEmpty();
  }

  @Test
  void what_was_remembered_is_asked_for_again_once_anything_may_have_changed_elsewhere() {
    Issued issued = registry.add(NewDevice.of(TRUCK));
    Credentials bearer = new Credentials.Bearer(issued.token());
    registry.authenticate(bearer);
    registry(SEAL, false).revoke(TRUCK);
    assertThat(registry.authenticate(bearer)).isEqualTo(new Verdict.Known(TRUCK));

    registry.changedElsewhere();

    assertThat(registry.fromMemory(bearer)).isEmpty();
    assertThat(registry.authenticate(bearer)).isEqualTo(refused(ReasonCode.NOT_AUTHENTICATED));
  }

  @Test
  void rotate_replaces_both_secrets() {
    Issued before = registry.add(NewDevice.of(TRUCK));
    registry.authenticate(new Credentials.Bearer(before.token()));

    Issued after = registry.rotate(TRUCK);

    assertThat(registry.authenticate(new Credentials.Bearer(before.token())))
        .isEqualTo(refused(ReasonCode.NOT_AUTHENTICATED));
    assertThat(registry.authenticate(new Credentials.Bearer(after.token())))
        .isEqualTo(new Verdict.Known(TRUCK));
    assertThat(registry.presharedKey("truck-1@acme"))
        .hasValueSatisfying(key -> assertThat(new String(key, US_ASCII)).isEqualTo(after.psk()));
  }

  @Test
  void remove_an_unknown_device_is_not_found() {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> registry.remove(TRUCK))
        .extracting(InvalidInputException::reason)
        .isEqualTo(ReasonCode.NOT_FOUND);
  }

  @Test
  void revocation_by_another_server_counts_after_a_minute_at_the_latest() {
    Issued issued = registry.add(NewDevice.of(TRUCK));
    registry.authenticate(new Credentials.Bearer(issued.token()));

    registry(SEAL, false).revoke(TRUCK);
    now.addAndGet(60_000);

    assertThat(registry.authenticate(new Credentials.Bearer(issued.token())))
        .isEqualTo(refused(ReasonCode.NOT_AUTHENTICATED));
  }

  @Test
  void key_sealed_with_another_key_or_for_another_device_does_not_open() throws Exception {
    registry.add(NewDevice.of(TRUCK));
    registry.add(NewDevice.of(new DeviceId("acme", "truck-2")));
    byte[] otherKey = new byte[32];
    otherKey[0] = 1;

    assertThat(registry(otherKey, false).presharedKey("truck-1@acme")).isEmpty();
    sql(
        "UPDATE device SET sealed_key = (SELECT sealed_key FROM device WHERE name = 'truck-1')"
            + " WHERE name = 'truck-2'");
    assertThat(registry.presharedKey("truck-2@acme")).isEmpty();
    assertThat(registry.presharedKey("truck-1@acme")).isPresent();
  }

  @Test
  void device_without_credentials_is_refused_outside_of_the_sandbox() throws Exception {
    assertThat(registry.authenticate(guest("d1", "127.0.0.1")))
        .isEqualTo(refused(ReasonCode.NOT_AUTHENTICATED));
    assertThat(registry.count(Registry.SANDBOX_TENANT)).isZero();
  }

  @Test
  void sandbox_takes_loopback_only_and_registers_at_first_sight() throws Exception {
    Registry open = registry(SEAL, true);

    assertThat(open.authenticate(guest("d1", "127.0.0.1")))
        .isEqualTo(new Verdict.Known(new DeviceId("sandbox", "d1")));
    assertThat(open.authenticate(guest("d1", "::1")))
        .isEqualTo(new Verdict.Known(new DeviceId("sandbox", "d1")));
    assertThat(open.fromMemory(guest("d1", "::1"))).isPresent();
    assertThat(open.authenticate(guest("d2", "192.0.2.1")))
        .isEqualTo(refused(ReasonCode.NOT_AUTHENTICATED));
    assertThat(open.authenticate(guest("a+b/#", "127.0.0.1")))
        .isEqualTo(refused(ReasonCode.INVALID_NAME));
    assertThat(open.authenticate(guest("d1@acme", "127.0.0.1")))
        .isEqualTo(refused(ReasonCode.INVALID_NAME));
    assertThat(open.count("sandbox")).isEqualTo(1);
  }

  @Test
  void sandbox_does_not_let_a_guest_take_the_name_of_a_device_with_secrets() throws Exception {
    registry.add(NewDevice.of(new DeviceId("sandbox", "d1")));

    assertThat(registry(SEAL, true).authenticate(guest("d1", "127.0.0.1")))
        .isEqualTo(refused(ReasonCode.NOT_AUTHENTICATED));
  }

  @Test
  void gateway_speaks_for_children_of_its_tenant_that_it_brought_along() {
    DeviceId gateway = new DeviceId("acme", "gw");
    DeviceId child = new DeviceId("acme", "sensor-1");
    registry.add(NewDevice.of(gateway));
    registry.add(NewDevice.of(TRUCK));

    assertThat(registry.speaksFor(gateway, child)).isTrue();
    assertThat(registry.find(child).orElseThrow().labels()).containsEntry("parent", "gw");
    assertThat(registry.speaksFor(gateway, gateway)).isTrue();
    assertThat(registry.speaksFor(gateway, TRUCK)).isFalse();
    assertThat(registry.speaksFor(TRUCK, child)).isFalse();
    assertThat(registry.speaksFor(gateway, new DeviceId("beta", "sensor-1"))).isFalse();
    assertThat(registry.find(new DeviceId("beta", "sensor-1"))).isEmpty();
  }

  @Test
  void child_of_a_removed_gateway_is_nobodys() {
    DeviceId gateway = new DeviceId("acme", "gw");
    DeviceId child = new DeviceId("acme", "sensor-1");
    registry.add(NewDevice.of(gateway));
    registry.speaksFor(gateway, child);

    registry.remove(gateway);
    registry.add(NewDevice.of(gateway));

    assertThat(registry.speaksFor(gateway, child)).isFalse();
  }

  @Test
  void parent_cannot_be_set_as_a_label() {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new NewDevice(TRUCK, "", "", Map.of("parent", "gw")));
  }

  @Test
  void describe_replaces_facts_and_labels() {
    registry.add(new NewDevice(TRUCK, "m1", "h1", Map.of("site", "Ghent", "line", "4")));

    registry.describe(TRUCK, "m2", "h2", Map.of("site", "Antwerp"));

    Device device = registry.find(TRUCK).orElseThrow();
    assertThat(device.model()).isEqualTo("m2");
    assertThat(device.hardware()).isEqualTo("h2");
    assertThat(device.labels()).containsExactly(Map.entry("site", "Antwerp"));
  }

  @Test
  void learn_software_leaves_out_what_is_too_long() {
    registry.add(NewDevice.of(TRUCK));

    registry.learnSoftware(
        TRUCK, Map.of("ecm", "1.0", "x".repeat(201), "1", "tcm", "y".repeat(999)));

    assertThat(registry.find(TRUCK).orElseThrow().software())
        .containsExactly(Map.entry("ecm", "1.0"));
  }

  @Test
  void database_without_tables_lets_nobody_in() throws Exception {
    Issued issued = registry.add(NewDevice.of(TRUCK));
    sql("DROP TABLE device");

    assertThat(registry.authenticate(new Credentials.Bearer(issued.token())))
        .isEqualTo(refused(ReasonCode.STORAGE_UNAVAILABLE));
    assertThat(registry(SEAL, true).authenticate(guest("d1", "127.0.0.1")))
        .isEqualTo(refused(ReasonCode.STORAGE_UNAVAILABLE));
    assertThat(registry.presharedKey("truck-1@acme")).isEmpty();
    assertThat(registry.speaksFor(TRUCK, new DeviceId("acme", "c"))).isFalse();
  }

  @Test
  void database_that_is_emptied_lets_nobody_in() throws Exception {
    Issued issued = registry.add(NewDevice.of(TRUCK));
    sql("DELETE FROM device");

    assertThat(registry.authenticate(new Credentials.Bearer(issued.token())))
        .isEqualTo(refused(ReasonCode.NOT_AUTHENTICATED));
  }

  @Test
  void file_that_is_no_database_stops_the_start() throws Exception {
    Path file = folder.resolve("broken.db");
    Files.writeString(
        file, "this is not a database, but long enough to be taken for one".repeat(99));

    assertThatExceptionOfType(RegisterUnavailableException.class)
        .isThrownBy(() -> GatewaySchema.migrate(LiteDatabase.raw(file)));
  }

  @Test
  void tables_of_another_stage_in_the_same_database_are_left_alone() throws Exception {
    DataSource shared = raw(folder.resolve("shared.db"));
    try (Connection connection = shared.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE ticket (id TEXT)");
    }

    GatewaySchema.migrate(shared);
    GatewaySchema.migrate(shared);

    assertThat(new SqlDeviceStore(shared).tenants()).isEmpty();
  }

  private void sql(String statement) throws Exception {
    try (Connection connection = database.getConnection();
        Statement prepared = connection.createStatement()) {
      prepared.execute(statement);
    }
  }

  private static Credentials guest(String name, String address) throws Exception {
    return new Credentials.Nothing(name, InetAddress.getByName(address));
  }

  private static Verdict refused(ReasonCode reason) {
    return new Verdict.Refused(reason);
  }
}
