package io.foretell.app.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.app.records.Records;
import io.foretell.gateway.identity.sql.GatewaySchema;
import io.foretell.ingest.engine.kafka.LaneKey;
import io.foretell.proto.Await;
import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.PostgresServer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys of lanes on both databases, as two processes see them. */
final class SqlLaneKeysTest {
  private static final DeviceId GONE = new DeviceId("acme", "gone-1");
  private static final DeviceId KEPT = new DeviceId("acme", "kept-1");

  @TempDir Path folder;
  private final List<Records> opened = new ArrayList<>();
  private final List<SqlLaneKeys> made = new ArrayList<>();

  @AfterEach
  void close() {
    made.forEach(SqlLaneKeys::close);
    opened.forEach(Records::close);
  }

  private SqlLaneKeys postgres(byte[] installation) {
    String url = PostgresServer.shared().schemaOf(folder);
    return keys(Records.open(url, PostgresServer.USER, ""), installation);
  }

  private SqlLaneKeys keys(Records records, byte[] installation) {
    opened.add(records);
    GatewaySchema.migrate(records.source());
    SqlLaneKeys keys =
        new SqlLaneKeys(
            records.source(), installation, 16, SqlLaneKeys.GRACE, InstantSource.system());
    made.add(keys);
    keys.start();
    return keys;
  }

  @Test
  void processes_that_ask_at_once_have_one_key_a_device() {
    SqlLaneKeys one = postgres(new byte[32]);
    SqlLaneKeys other = postgres(new byte[32]);
    List<CompletableFuture<LaneKey>> asked = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      DeviceId device = new DeviceId("acme", "d-" + i % 10);
      asked.add((i % 2 == 0 ? one : other).of(device).toCompletableFuture());
      asked.add((i % 2 == 0 ? other : one).of(device).toCompletableFuture());
    }
    Set<UUID> ids = new HashSet<>();
    asked.forEach(key -> ids.add(Await.done(key).id()));

    assertThat(ids).hasSize(10);
    assertThat(one.find(ids)).hasSize(10).isEqualTo(other.find(ids));
  }

  @Test
  void key_that_is_retired_is_forgotten_by_all_before_it_is_destroyed() {
    SqlLaneKeys one = postgres(new byte[32]);
    SqlLaneKeys other = postgres(new byte[32]);
    LaneKey first = Await.done(one.of(GONE));
    LaneKey kept = Await.done(other.of(KEPT));
    assertThat(Await.done(other.of(GONE))).isEqualTo(first);
    awaitKnown(other, GONE, first);
    awaitKnown(other, KEPT, kept);
    assertThat(first + "").contains("gone-1").doesNotContain(base64(first));

    List<LaneKey> retired = one.retire(GONE);

    assertThat(retired).containsExactly(first);
    assertThat(one.known(GONE)).isNull();
    assertThat(other.known(GONE)).isNull();
    awaitKnown(other, KEPT, kept);
    assertThat(other.find(List.of(first.id()))).as("it still opens").containsValue(first);
    LaneKey second = Await.done(other.of(GONE));
    assertThat(second.id()).isNotEqualTo(first.id());

    one.destroy(retired);

    assertThat(one.find(List.of(first.id()))).isEmpty();
    Await.until("the other knows", () -> other.find(List.of(first.id())).isEmpty());
    assertThat(one.find(List.of(first.id(), second.id(), kept.id())))
        .containsOnlyKeys(second.id(), kept.id());
    one.destroy(List.of(second));
    assertThat(one.find(List.of(second.id()))).as("not retired").hasSize(1);
  }

  @Test
  void database_that_does_not_answer_is_no_destroyed_key() {
    SqlLaneKeys keys = postgres(new byte[32]);
    LaneKey known = Await.done(keys.of(KEPT));
    awaitKnown(keys, KEPT, known);
    opened.get(0).close();

    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> keys.find(List.of(UUID.randomUUID())));
    assertThatExceptionOfType(LaneUnavailableException.class).isThrownBy(() -> keys.retire(KEPT));
    CompletableFuture<LaneKey> asked = keys.of(GONE).toCompletableFuture();
    Await.until("it is told", asked::isDone);
    assertThat(asked).isCompletedExceptionally();
    Await.until("what is remembered is trusted", () -> known.equals(keys.known(KEPT)));
  }

  @Test
  void key_of_another_installation_is_no_destroyed_key() {
    LaneKey key = Await.done(postgres(new byte[32]).of(KEPT));
    byte[] wrong = new byte[32];
    wrong[0] = 1;
    SqlLaneKeys other = postgres(wrong);

    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> other.find(List.of(key.id())))
        .withMessageContaining("seal.key");
  }

  @Test
  void keys_on_sqlite_are_kept_wrapped_and_memory_is_bounded() {
    Records records = Records.open(folder);
    SqlLaneKeys keys = keys(records, new byte[32]);
    List<LaneKey> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(Await.done(keys.of(new DeviceId("acme", "d-" + i))));
    }

    assertThat(all.stream().filter(key -> keys.known(key.device()) != null)).hasSizeLessThan(17);
    assertThat(keys.find(all.stream().map(LaneKey::id).toList()).values())
        .containsExactlyInAnyOrderElementsOf(all);
    List<String> secrets =
        Sql.transaction(
            records.source(),
            connection -> {
              List<String> found = new ArrayList<>();
              try (var statement = connection.createStatement();
                  var row = statement.executeQuery("SELECT secret FROM lane_key")) {
                while (row.next()) {
                  found.add(row.getString(1));
                }
              }
              return found;
            });
    assertThat(secrets).hasSize(100).doesNotHaveDuplicates();
    assertThat(secrets + "").doesNotContain(base64(all.get(0)));
  }

  /** What took long to read is not remembered, nor is anything by who could not ask for long. */
  private static void awaitKnown(SqlLaneKeys keys, DeviceId device, LaneKey key) {
    Await.until(
        device + " is remembered",
        () -> Await.done(keys.of(device)).equals(key) && key.equals(keys.known(device)));
  }

  private static String base64(LaneKey key) {
    return Base64.getEncoder().encodeToString(key.secret().getEncoded());
  }
}
