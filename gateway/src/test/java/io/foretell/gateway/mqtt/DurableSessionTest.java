package io.foretell.gateway.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.FakeDownlink;
import io.foretell.gateway.identity.LiteDatabase;
import io.foretell.gateway.mqtt.ScriptedPeer.Packet;
import io.foretell.gateway.mqtt.SessionStore.Change;
import io.foretell.gateway.mqtt.sql.SqlSessionStore;
import io.foretell.proto.Await;
import io.foretell.proto.Command;
import io.foretell.proto.Delivery;
import io.foretell.proto.DeviceId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions over restarts of the server: each gateway of a test has the store of the one before. */
final class DurableSessionTest {
  private static final DeviceId DEVICE = new DeviceId("sandbox", "dev1");
  private static final byte[] PAYLOAD = "{\"x\":1}".getBytes(UTF_8);

  @TempDir Path folder;
  private final FakeDownlink commands = new FakeDownlink();
  private Faulty sessions;

  @BeforeEach
  void open() {
    sessions = new Faulty(new SqlSessionStore(LiteDatabase.at(folder.resolve("records.db"))));
  }

  private TestGateway gateway() {
    return TestGateway.open(commands, sessions);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void subscription_is_there_after_a_restart(int version) throws Exception {
    try (TestGateway gateway = gateway();
        ScriptedPeer peer = gateway.peer()) {
      assertThat(connect(peer, version)).isEqualTo(0);
      peer.send(ScriptedPeer.subscribe(version, 1, "v1/commands/json", 1));
      assertThat(peer.read().type()).isEqualTo(9);
    }
    try (TestGateway gateway = gateway();
        ScriptedPeer peer = gateway.peer()) {
      assertThat(connect(peer, version)).isEqualTo(version == 3 ? 0 : 1);
      assertThat(commands.listened.poll(60, TimeUnit.SECONDS)).isEqualTo(DEVICE);
      commands.issue(DEVICE, command("c1"));
      assertThat(new String(peer.read().body(), UTF_8)).contains("\"id\":\"c1\"");
    }
  }

  @Test
  void qos_2_message_repeated_after_a_restart_is_stored_once() throws Exception {
    byte[] publish = ScriptedPeer.publish(4, "v1/faults", 2, 9, PAYLOAD);
    try (TestGateway gateway = gateway();
        ScriptedPeer peer = gateway.peer()) {
      connect(peer, 4);
      peer.send(publish);
      assertThat(peer.read().hex()).isEqualTo("500009");
    }
    publish[0] |= 8;
    try (TestGateway gateway = gateway();
        ScriptedPeer peer = gateway.peer()) {
      assertThat(connect(peer, 4)).isEqualTo(1);
      peer.send(publish);
      assertThat(peer.read().hex()).isEqualTo("500009");
      assertThat(gateway.uplinks.end(0)).isZero();
      peer.send("62 02 0009");
      assertThat(peer.read().hex()).isEqualTo("700009");
    }
    try (TestGateway gateway = gateway();
        ScriptedPeer peer = gateway.peer()) {
      connect(peer, 4);
      peer.send(publish);
      assertThat(peer.read().hex()).isEqualTo("500009");
      assertThat(gateway.uplinks.end(0)).as("a new message of a freed id").isEqualTo(1);
    }
  }

  @Test
  void identifier_counts_as_kept_when_it_is_on_disk_and_not_before() throws Exception {
    try (TestGateway gateway = gateway();
        ScriptedPeer peer = gateway.peer()) {
      connect(peer, 4);
      sessions.slow = new CountDownLatch(1);
      List<Delivery> deliveries = new ArrayList<>();
      for (int id = 1; id <= 3; id++) {
        peer.send(ScriptedPeer.publish(4, "v1/faults", 2, id, PAYLOAD));
        deliveries.add(gateway.uplinks.next().value().delivery().orElseThrow());
      }
      sessions.slow.countDown();
      for (int id = 1; id <= 3; id++) {
        assertThat(peer.read().hex()).isEqualTo("50000" + id);
      }
      peer.send(ScriptedPeer.publish(4, "v1/faults", 2, 4, PAYLOAD));
      deliveries.add(gateway.uplinks.next().value().delivery().orElseThrow());

      assertThat(deliveries).extracting(Delivery::packetId).containsExactly(1, 2, 3, 4);
      assertThat(deliveries).extracting(Delivery::number).containsExactly(1L, 2L, 3L, 4L);
      assertThat(deliveries).extracting(Delivery::noted).containsExactly(0L, 0L, 0L, 3L);
    }
  }

  @Test
  void qos_2_command_goes_on_after_a_restart_where_it_was() throws Exception {
    Packet before;
    try (TestGateway gateway = gateway();
        ScriptedPeer peer = gateway.peer()) {
      connect(peer, 4);
      peer.send(ScriptedPeer.subscribe(4, 1, "v1/commands", 2));
      peer.read();
      commands.listened.poll(60, TimeUnit.SECONDS);
      commands.issue(DEVICE, command("c1"));
      commands.issue(DEVICE, command("c 2,%\u00E9"));
      before = peer.read();
      peer.read();
      peer.send("50 02 0002");
      assertThat(peer.read().hex()).isEqualTo("620002");
    }
    try (TestGateway gateway = gateway();
        ScriptedPeer peer = gateway.peer()) {
      assertThat(connect(peer, 4)).isEqualTo(1);
      Packet again = peer.read();
      assertThat(again.first()).isEqualTo(0x3C);
      assertThat(again.body()).isEqualTo(before.body());
      assertThat(peer.read().hex()).isEqualTo("620002");
      peer.send("70 02 0002");
      assertThat(peer.alive()).isTrue();
    }
  }

  @Test
  void clean_start_and_expiry_0_leave_nothing_behind() throws Exception {
    try (TestGateway gateway = gateway();
        ScriptedPeer peer = gateway.peer()) {
      connect(peer, 4);
      peer.send(ScriptedPeer.subscribe(4, 1, "v1/commands", 1));
      peer.read();
      try (ScriptedPeer clean = gateway.peer().greeted(4, "dev1")) {
        assertThat(clean.alive()).isTrue();
        Await.until("the session is forgotten", () -> sessions.load().isEmpty());
      }
    }
    try (TestGateway gateway = gateway();
        ScriptedPeer peer = gateway.peer()) {
      assertThat(connect(peer, 4)).isEqualTo(0);
    }
  }

  @Test
  void session_that_nobody_came_back_for_is_forgotten() throws Exception {
    try (TestGateway gateway = gateway();
        ScriptedPeer peer = gateway.peer()) {
      // CONNECT of version 5 with session expiry 1 s
      peer.send("10 16 0004 4D515454 05 00 003C 05 1100000001 0004 64657631");
      assertThat(peer.read().body()[0]).isZero();
      peer.send("E000");
      assertThat(peer.closed()).isTrue();
    }
    assertThat(sessions.load()).singleElement().matches(kept -> kept.leftAt() > 0);
    sessions.rewind(2_000);
    try (TestGateway gateway = gateway()) {
      assertThat(gateway.listener.health().ready()).isTrue();
    }
    assertThat(sessions.load()).isEmpty();
  }

  @Test
  void nothing_is_answered_while_sessions_cannot_be_kept_and_nothing_is_lost() throws Exception {
    try (TestGateway gateway = gateway();
        ScriptedPeer peer = gateway.peer();
        ScriptedPeer clean = gateway.peer().greeted(4, "dev2")) {
      connect(peer, 4);
      sessions.broken = true;
      peer.send(ScriptedPeer.publish(4, "v1/faults", 2, 9, PAYLOAD));
      assertThat(peer.tryRead()).isEmpty();
      Await.until("it is told", () -> !gateway.listener.health().ready());
      assertThat(gateway.listener.health().part()).isEqualTo("mqtt");
      try (ScriptedPeer refused = gateway.peer()) {
        refused.send(ScriptedPeer.connectPacket(4, "dev1", 0, 60, "", ""));
        assertThat(refused.read().hex()).isEqualTo("200003");
      }
      assertThat(clean.alive()).as("whoever needs no session goes on").isTrue();
      sessions.broken = false;
      try (ScriptedPeer again = gateway.peer()) {
        assertThat(connect(again, 4)).isEqualTo(1);
        byte[] publish = ScriptedPeer.publish(4, "v1/faults", 2, 9, PAYLOAD);
        publish[0] |= 8;
        again.send(publish);
        assertThat(again.read().hex()).isEqualTo("500009");
        assertThat(gateway.uplinks.end(0)).isEqualTo(1);
        Await.until("it is told again", () -> gateway.listener.health().ready());
      }
    }
  }

  /** Connects without clean start; whether a session is present. */
  private static int connect(ScriptedPeer peer, int version) throws IOException {
    if (version == 5) {
      peer.send("10 16 0004 4D515454 05 00 003C 05 110000003C 0004 64657631");
    } else {
      peer.send(ScriptedPeer.connectPacket(version, "dev1", 0, 60, "", ""));
    }
    Packet answer = peer.read();
    assertThat(answer.type()).isEqualTo(2);
    assertThat(answer.body()[1]).isZero();
    return answer.body()[0];
  }

  private static Command command(String id) {
    long now = System.currentTimeMillis();
    return new Command(id, "reboot", "{}", now, now + 90_000, List.of(), "user:eva");
  }

  /** A store whose disk fails while the test says so. */
  private static final class Faulty implements SessionStore {
    private final SessionStore real;
    volatile boolean broken;
    volatile CountDownLatch slow = new CountDownLatch(0);

    Faulty(SessionStore real) {
      this.real = real;
    }

    /** Makes everything as if it had happened that much earlier, ms. */
    void rewind(long by) {
      real.write(
          real.load().stream()
              .map(
                  kept ->
                      (Change)
                          new Change.Keep(
                              new KeptSession(
                                  kept.device(),
                                  kept.clientId(),
                                  kept.expiry(),
                                  kept.leftAt() - by,
                                  kept.subscriptions(),
                                  kept.sent(),
                                  kept.received(),
                                  kept.id(),
                                  kept.noted()),
                              0))
              .toList());
    }

    @Override
    public List<KeptSession> load() {
      return real.load();
    }

    @Override
    public Optional<Claimed> claim(DeviceId device, String clientId, long holder) {
      return real.claim(device, clientId, holder);
    }

    @Override
    public int forgetExpired(long now) {
      return real.forgetExpired(now);
    }

    @Override
    public void write(List<Change> changes) {
      if (broken) {
        throw new SessionsUnavailableException("disk full", new IOException("ENOSPC"));
      }
      try {
        assertThat(slow.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new SessionsUnavailableException("interrupted", new IOException(e));
      }
      real.write(changes);
    }
  }
}
