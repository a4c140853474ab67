package io.foretell.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.bench.server.Mosquitto;
import io.foretell.bench.server.Room;
import io.foretell.bench.server.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadTest {
  private static final int DEVICES = 5;
  private static final int WINDOW = 3;
  private static final Duration SHORT = Duration.ofSeconds(1);

  @TempDir private Path folder;

  @Test
  void everything_acknowledged_by_the_durable_room_is_stored_there() throws InterruptedException {
    try (Server room = new Room("routed", folder.resolve("routed"), "", List.of())) {
      checkConserved(room);
    }
  }

  @Test
  void everything_acknowledged_by_the_room_in_memory_is_decoded_there()
      throws InterruptedException {
    try (Server room = new Room("memory", folder.resolve("memory"), "", List.of())) {
      checkConserved(room);
    }
  }

  @Test
  void everything_acknowledged_by_the_bare_codec_has_come_to_it() throws InterruptedException {
    try (Server room = new Room("netty", folder.resolve("netty"), "", List.of())) {
      checkConserved(room);
    }
  }

  @Test
  void every_coap_request_answered_is_decoded_behind_the_listener() throws InterruptedException {
    try (Server room = new Room("coap", folder.resolve("coap"), "", List.of())) {
      checkAnswered(room);
    }
  }

  @Test
  void every_coap_request_is_answered_by_bare_udp() throws InterruptedException {
    try (Server room = new Room("udp", folder.resolve("udp"), "", List.of())) {
      checkAnswered(room);
    }
  }

  @Test
  void handshakes_come_to_their_end() throws InterruptedException {
    try (Room room = new Room("coap", folder.resolve("dtls"), "", List.of());
        Handshakes clients = new Handshakes(room.securePort(), 2)) {
      assertThat(clients.run(SHORT)).isPositive();
    }
  }

  @Test
  void everything_acknowledged_by_mosquitto_comes_to_its_subscriber() throws InterruptedException {
    try (Server broker = new Mosquitto(folder.resolve("mosquitto"), "")) {
      checkConserved(broker);
    }
  }

  @Test
  void paced_load_sends_what_is_due_and_no_more() throws InterruptedException {
    try (Server room = new Room("memory", folder.resolve("paced"), "", List.of());
        Load load = new Load(room.port(), DEVICES, WINDOW, "device-")) {
      long begun = System.nanoTime();
      Load.Run run = load.pace(100, SHORT);

      long due = 1 + 100 * (System.nanoTime() - begun) / 1_000_000_000;
      assertThat(run.acked()).isBetween(1L, due);
    }
  }

  private static void checkAnswered(Server room) throws InterruptedException {
    try (CoapLoad load = new CoapLoad(room.port(), DEVICES)) {
      room.settle();
      long before = room.count().orElseThrow().stored();
      CoapLoad.Run run = load.saturate(SHORT);
      room.settle();

      assertThat(run.answered()).isPositive();
      assertThat(room.count().orElseThrow().stored() - before)
          .isGreaterThanOrEqualTo(run.answered());
    }
  }

  private static void checkConserved(Server server) throws InterruptedException {
    try (Load load = new Load(server.port(), DEVICES, WINDOW, "device-")) {
      // What is acknowledged comes after what the lane has about the connections themselves.
      load.saturate(Duration.ofMillis(1));
      server.settle();
      long before = server.count().orElseThrow().stored();
      Load.Run run = load.saturate(SHORT);
      server.settle();
      Server.Count after = server.count().orElseThrow();

      assertThat(run.acked()).isPositive();
      assertThat(run.latencies().getTotalCount()).isEqualTo(run.acked());
      assertThat(after.stored() - before).isEqualTo(run.acked());
      assertThat(after.rejected()).isZero();
      assertThat(after.holds()).isTrue();
      assertThat(server.cpuSeconds()).isPositive();
    }
  }
}
