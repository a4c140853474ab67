package io.foretell.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.gateway.ListenerException;
import io.foretell.ingest.engine.rocksdb.StoreRefusedException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start that fails lets go of everything that it had taken. */
final class ServerStartTest {
  private static final List<String> PORTS =
      List.of("mqtt-port", "mqtts-port", "coap-port", "coaps-port", "http-port");

  private static final List<String> OURS =
      List.of("vert.x-", "foretell-", "coap-", "records", "downlink", "lanes-", "history-");
  private static final long PATIENCE_MILLIS = 60_000;

  @TempDir Path data;

  @ParameterizedTest
  @ValueSource(strings = {"mqtt-port", "mqtts-port", "coap-port", "coaps-port", "http-port"})
  void start_withAPortInUse_fails_andTheFolderOpensAgain(String taken) throws IOException {
    InetAddress here = InetAddress.getByName("127.0.0.1");
    try (ServerSocket tcp = new ServerSocket(0, 1, here);
        DatagramSocket udp = new DatagramSocket(new InetSocketAddress(here, 0))) {
      int port = taken.startsWith("coap") ? udp.getLocalPort() : tcp.getLocalPort();
      Server failing = server(Map.of(taken, port + ""));

      assertThatExceptionOfType(ListenerException.class)
          .isThrownBy(failing::start)
          .withMessageContaining(":" + port);

      assertThat(threads()).isEmpty();
      assertThat(data.resolve("server.json")).doesNotExist();
    }
    try (Server second = server(Map.of()).start()) {
      assertThat(second.health()).allMatch(part -> part.ready());
    }
    assertThat(threads()).isEmpty();
  }

  @Test
  void start_onAFolderInUse_fails_andTheFirstServerStaysFound() {
    try (Server first = server(Map.of()).start()) {
      Server second = server(Map.of());

      assertThatExceptionOfType(StoreRefusedException.class)
          .isThrownBy(second::start)
          .withMessageContaining("in use");

      assertThat(data.resolve("server.json")).exists();
      assertThat(first.health()).allMatch(part -> part.ready());
    }
  }

  @Test
  void server_whoseKeysCannotBeRead_isNotMade_andLetsGo() throws IOException {
    server(Map.of()).close();
    Path seal = Files.list(data.resolve("keys")).filter(Files::isRegularFile).findFirst().get();
    byte[] good = Files.readAllBytes(seal);
    Files.write(seal, new byte[] {1});

    assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> server(Map.of()));

    assertThat(threads()).isEmpty();
    Files.write(seal, good);
    try (Server again = server(Map.of()).start()) {
      assertThat(again.health()).allMatch(part -> part.ready());
    }
  }

  private Server server(Map<String, String> flags) {
    Map<String, String> all = new HashMap<>();
    all.put("data", data.toString());
    PORTS.forEach(port -> all.put(port, "0"));
    all.putAll(flags);
    return new Server(Config.of(Optional.empty(), Map.of(), all), InstantSource.system());
  }

  /** The threads of servers that live and do not end though they are waited for. */
  private static Set<String> threads() {
    Set<String> found = new TreeSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (OURS.stream().anyMatch(thread.getName()::startsWith) && !ends(thread)) {
        found.add(thread.getName());
      }
    }
    return found;
  }

  /** A pool's thread is still there for a moment after it has done all its work. */
  private static boolean ends(Thread thread) {
    try {
      thread.join(PATIENCE_MILLIS);
      return !thread.isAlive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
