package io.foretell.gateway.mqtt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.DeviceId;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MQTT in WebSocket frames, on an HTTP server set up as the real one. */
final class WebSocketTest {
  private static final DeviceId TRUCK = DeviceId.parse("truck");

  /** Within which a client must have asked for the upgrade. */
  private static final int IDLE_SECONDS = 4;

  private final Vertx vertx = Vertx.vertx();
  private TestGateway gateway;
  private HttpServer http;

  @BeforeEach
  void open() throws Exception {
    gateway = TestGateway.open();
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost("127.0.0.1")
            .setPort(0)
            .setIdleTimeout(IDLE_SECONDS)
            .setCompressionSupported(true);
    http =
        vertx
            .createHttpServer(options)
            .requestHandler(request -> gateway.listener.upgrade(request))
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    gateway.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void paho_of_version_3_publishes_over_websocket() throws Exception {
    try (var client = new org.eclipse.paho.client.mqttv3.MqttClient(uri(), "p3", null)) {
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName("truck");
      options.setPassword("secret".toCharArray());
      client.connect(options);
      client.publish("v1/telemetry", new byte[70_000], 2, false);
      assertThat(gateway.uplinks.next().value().payload()).hasSize(70_000);
      client.disconnect();
    }
  }

  @Test
  void paho_of_version_5_publishes_over_websocket() throws Exception {
    var client = new org.eclipse.paho.mqttv5.client.MqttClient(uri(), "p5", null);
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setUserName("truck");
    options.setPassword("secret".getBytes(UTF_8));
    client.connect(options);
    client.publish("v1/telemetry", "a".getBytes(UTF_8), 1, false);
    assertThat(gateway.uplinks.next().key()).isEqualTo(TRUCK);
    client.disconnect();
    client.close();
  }

  @Test
  void connection_outlives_the_idle_time_of_http() throws Exception {
    try (Frames peer = new Frames(http.actualPort(), "")) {
      assertThat(peer.status())
          .contains("101")
          .containsIgnoringCase("sec-websocket-protocol: mqtt");
      peer.send(2, ScriptedPeer.connectPacket(4, "dev1", 2, 60, "truck", "secret"));
      assertThat(peer.read()).startsWith(2, 0x20);
      assertThat(peer.quietFor(1_500 + 1_000 * IDLE_SECONDS)).isTrue();
      peer.send(2, new byte[] {(byte) 0xC0, 0});
      assertThat(peer.read()).containsExactly(2, 0xD0, 0);
    }
  }

  @Test
  void packets_may_be_cut_anywhere_and_pings_lie_between() throws Exception {
    try (Frames peer = new Frames(http.actualPort(), "")) {
      byte[] connect = ScriptedPeer.connectPacket(4, "dev1", 2, 60, "", "");
      peer.send(2, Arrays.copyOf(connect, 5));
      peer.send(9, new byte[] {7});
      assertThat(peer.read()).containsExactly(10, 7);
      peer.send(2, Arrays.copyOfRange(connect, 5, connect.length));
      assertThat(peer.read()).startsWith(2, 0x20, 2, 0, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void text_and_close_end_it(int opcode) throws Exception {
    try (Frames peer = new Frames(http.actualPort(), "")) {
      peer.send(2, ScriptedPeer.connectPacket(4, "dev1", 2, 60, "", ""));
      peer.read();
      peer.send(opcode, new byte[0]);
      assertThat(peer.read()[0]).isEqualTo(8);
      assertThat(peer.ended()).isTrue();
    }
  }

  @Test
  void first_frame_that_is_too_large_is_not_waited_for() throws Exception {
    try (Frames peer = new Frames(http.actualPort(), "")) {
      peer.raw(new byte[] {(byte) 0x82, (byte) 0xFE, 0x7F, 0x00, 1, 2, 3, 4, 5});
      assertThat(peer.ended()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Origin: http://evil.example\r\n", "X-Forwarded-For: 127.0.0.1\r\n"})
  void guests_come_only_straight_from_this_machine(String header) throws Exception {
    try (Frames peer = new Frames(http.actualPort(), header)) {
      peer.send(2, ScriptedPeer.connectPacket(4, "dev1", 2, 60, "", ""));
      assertThat(peer.read()).containsExactly(2, 0x20, 2, 0, 5);
    }
    try (Frames peer = new Frames(http.actualPort(), header)) {
      peer.send(2, ScriptedPeer.connectPacket(4, "c", 2, 60, "truck", "secret"));
      assertThat(peer.read()).containsExactly(2, 0x20, 2, 0, 0);
    }
  }

  @Test
  void request_that_is_no_handshake_is_refused() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", http.actualPort())) {
      socket.setSoTimeout(ScriptedPeer.TIMEOUT_MILLIS);
      socket.getOutputStream().write("GET /mqtt HTTP/1.0\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(new String(socket.getInputStream().readNBytes(12), ISO_8859_1)).endsWith("400");
    }
  }

  private String uri() {
    return "ws://127.0.0.1:" + http.actualPort() + "/mqtt";
  }

  /** A WebSocket client, frame by frame. */
  private static final class Frames implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private final String head;

    Frames(int port, String header) throws IOException {
      socket = new Socket("127.0.0.1", port);
      socket.setSoTimeout(ScriptedPeer.TIMEOUT_MILLIS);
      in = new DataInputStream(socket.getInputStream());
      raw(
          ("GET /mqtt HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\n"
                  + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  + "Sec-WebSocket-Protocol: other, mqtt\r\n"
                  + header
                  + "\r\n")
              .getBytes(ISO_8859_1));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      while (!bytes.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
        bytes.write(in.readUnsignedByte());
      }
      head = bytes.toString(ISO_8859_1);
      assertThat(head).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    String status() {
      return head;
    }

    void raw(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    void send(int opcode, byte[] payload) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(0x80 | opcode);
      out.write(0x80 | payload.length);
      byte[] mask = {1, 2, 3, 4};
      out.writeBytes(mask);
      for (int i = 0; i < payload.length; i++) {
        out.write(payload[i] ^ mask[i % 4]);
      }
      raw(out.toByteArray());
    }

    /** Opcode, then payload; unsigned. */
    int[] read() throws IOException {
      int first = in.readUnsignedByte();
      byte[] payload = in.readNBytes(in.readUnsignedByte());
      int[] frame = new int[1 + payload.length];
      frame[0] = first & 15;
      for (int i = 0; i < payload.length; i++) {
        frame[i + 1] = payload[i] & 0xFF;
      }
      return frame;
    }

    boolean quietFor(int millis) throws IOException {
      socket.setSoTimeout(millis);
      try {
        return in.read() == -2;
      } catch (java.net.SocketTimeoutException e) {
        return true;
      } finally {
        socket.setSoTimeout(ScriptedPeer.TIMEOUT_MILLIS);
      }
    }

    boolean ended() throws IOException {
      try {
        while (in.read() >= 0) {
          continue;
        }
        return true;
      } catch (java.net.SocketTimeoutException e) {
        return false;
      } catch (java.net.SocketException e) {
        return true;
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
