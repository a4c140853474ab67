package io.foretell.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.fixture.House;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that hold a place without using it, and such as only look like them. */
final class SlowRequestsTest {
  private static final int MANY = 200;
  private static final Duration SLOWEST = Duration.ofMillis(1_500);
  private static final int RESTING_MILLIS = 2_500;
  private static final int PATIENCE_MILLIS = 60_000;

  @TempDir Path folder;
  private House house;
  private HttpHouse http;

  @BeforeEach
  void open() throws Exception {
    house = new House(folder, false);
    http = new HttpHouse(house, SLOWEST);
  }

  @AfterEach
  void close() throws Exception {
    http.close();
    house.close();
  }

  @Test
  void silence_heads_and_bodies_by_drops_are_closed_and_others_served_meanwhile() throws Exception {
    String post = "POST /v1/telemetry HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ";
    String body = post + house.truck.token() + "\r\nContent-Length: 100000\r\n\r\n";
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      slow.add(socket(i % 3 == 0 ? "" : i % 3 == 1 ? "GET / HTTP/1.1\r\nX-A: " : body));
    }
    assertThat(http.send(http.device("/v1/commands")).statusCode()).isEqualTo(204);
    long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
    int open = MANY;
    List<Integer> stillOpen = new ArrayList<>();
    while (open > 0) {
      assertThat(System.nanoTime()).as(stillOpen.toString()).isLessThan(deadline);
      open = 0;
      stillOpen.clear();
      for (int i = 0; i < MANY; i++) {
        if (!closedAfterADrop(slow.get(i), i % 3 == 0 ? "" : "a")) {
          open++;
          stillOpen.add(i);
        }
      }
    }
  }

  @Test
  void connection_may_rest_between_requests_and_while_it_polls() throws Exception {
    String request =
        "GET /v1/commands?wait=3 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + house.truck.token()
            + "\r\n\r\n";
    try (Socket socket = socket(request)) {
      assertThat(answer(socket)).startsWith("HTTP/1.1 204");
      socket.setSoTimeout(RESTING_MILLIS);
      assertThat(closedAfterADrop(socket, "")).isFalse();
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      assertThat(answer(socket)).startsWith("HTTP/1.1 204");
    }
  }

  private Socket socket(String first) throws IOException {
    Socket socket = new Socket("127.0.0.1", http.port());
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.getOutputStream().write(first.getBytes(ISO_8859_1));
    return socket;
  }

  private static String answer(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) socket.getInputStream().read());
    }
    return head.toString();
  }

  private static boolean closedAfterADrop(Socket socket, String drop) throws IOException {
    try {
      socket.getOutputStream().write(drop.getBytes(ISO_8859_1));
      if (socket.getSoTimeout() == PATIENCE_MILLIS) {
        socket.setSoTimeout(1);
      }
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }
}
