package io.foretell.gateway.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.FakeDownlink;
import io.foretell.gateway.identity.PostgresDatabase;
import io.foretell.gateway.mqtt.sql.SqlSessionStore;
import io.foretell.proto.Await;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that comes to another gateway, while the first still has its connection. */
final class TwoGatewaysTest {
  private static final DeviceId DEVICE = new DeviceId("sandbox", "dev1");
  private static final byte[] PAYLOAD = "{\"x\":1}".getBytes(UTF_8);

  @TempDir Path folder;
  private final FakeDownlink commands = new FakeDownlink();
  private final Other toOne = new Other(2);
  private final Other toTwo = new Other(1);
  private TestGateway one;
  private TestGateway two;

  @BeforeEach
  void open() {
    SqlSessionStore sessions =
        new SqlSessionStore(PostgresDatabase.at(folder.resolve("records.db")));
    one = TestGateway.open(commands, sessions, toTwo);
    two = TestGateway.open(commands, sessions, toOne);
    toTwo.told = two;
    toOne.told = one;
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  @Test
  void session_moves_with_the_client_and_the_connection_before_is_taken_over() throws Exception {
    try (ScriptedPeer before = one.peer();
        ScriptedPeer after = two.peer()) {
      assertThat(connect(before)).isZero();
      before.send(ScriptedPeer.subscribe(4, 1, "v1/commands/json", 1));
      assertThat(before.read().type()).isEqualTo(9);
      commands.listened.poll(60, TimeUnit.SECONDS);

      assertThat(connect(after)).as("session present").isEqualTo(1);
      Await.until("the first lets go", () -> one.listener.stats().takenOver() == 1);
      assertThat(commands.listened.poll(60, TimeUnit.SECONDS)).isEqualTo(DEVICE);
      commands.issue(DEVICE, command("c1"));
      assertThat(new String(after.read().body(), UTF_8)).contains("\"id\":\"c1\"");
    }
    // Not acknowledged: it comes again, where it was.
    try (ScriptedPeer back = one.peer()) {
      assertThat(connect(back)).isEqualTo(1);
      assertThat(new String(back.read().body(), UTF_8)).contains("\"id\":\"c1\"");
    }
  }

  @Test
  void qos_2_message_begun_at_one_and_repeated_at_the_other_is_stored_once() throws Exception {
    byte[] publish = ScriptedPeer.publish(4, "v1/faults", 2, 9, PAYLOAD);
    try (ScriptedPeer before = one.peer();
        ScriptedPeer after = two.peer()) {
      connect(before);
      before.send(publish);
      assertThat(before.read().hex()).isEqualTo("500009");
      assertThat(connect(after)).isEqualTo(1);
      publish[0] |= 8;
      after.send(publish);
      assertThat(after.read().hex()).isEqualTo("500009");
      assertThat(two.uplinks.end(0)).isZero();
      after.send("62 02 0009");
      assertThat(after.read().hex()).isEqualTo("700009");
    }
  }

  @Test
  void gateway_that_was_not_told_cannot_overwrite_the_session_that_has_moved() throws Exception {
    toOne.deaf = true;
    try (ScriptedPeer before = one.peer();
        ScriptedPeer after = two.peer()) {
      connect(before);
      before.send(ScriptedPeer.subscribe(4, 1, "v1/commands/json", 1));
      before.read();
      assertThat(connect(after)).isEqualTo(1);
      before.send(ScriptedPeer.publish(4, "v1/faults", 2, 5, PAYLOAD));
      assertThat(before.read().hex()).isEqualTo("500005");
      after.send(ScriptedPeer.publish(4, "v1/faults", 2, 7, PAYLOAD));
      assertThat(after.read().hex()).isEqualTo("500007");
    }
    try (ScriptedPeer back = one.peer()) {
      assertThat(connect(back)).isEqualTo(1);
      byte[] fifth = ScriptedPeer.publish(4, "v1/faults", 2, 5, PAYLOAD);
      byte[] seventh = ScriptedPeer.publish(4, "v1/faults", 2, 7, PAYLOAD);
      long stored = one.uplinks.end(0);
      back.send(seventh);
      assertThat(back.read().hex()).isEqualTo("500007");
      assertThat(one.uplinks.end(0)).as("known from the other").isEqualTo(stored);
      back.send(fifth);
      assertThat(back.read().hex()).isEqualTo("500005");
      assertThat(one.uplinks.end(0)).as("its word did not count").isEqualTo(stored + 1);
    }
  }

  private static int connect(ScriptedPeer peer) throws Exception {
    peer.send(ScriptedPeer.connectPacket(4, "dev1", 0, 60, "", ""));
    return peer.read().body()[0];
  }

  private static Command command(String id) {
    long now = System.currentTimeMillis();
    return new Command(id, "routine", "{}", now, now + 60_000, List.of(), "user:test");
  }

  /** The other gateway, as one knows it. */
  private static final class Other implements Elsewhere {
    private final int node;
    private @Nullable TestGateway told;
    private volatile boolean deaf;

    Other(int node) {
      this.node = node;
    }

    @Override
    public int node() {
      return node;
    }

    @Override
    public void claimed(DeviceId device, String clientId, long holder) {
      TestGateway other = told;
      if (other != null && !deaf) {
        other.listener.claimedElsewhere(device, clientId, holder);
      }
    }
  }
}
