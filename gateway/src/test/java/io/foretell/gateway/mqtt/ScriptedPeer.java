package io.foretell.gateway.mqtt;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** A client that sends what the test says, byte by byte, and tells what came back. */
final class ScriptedPeer implements AutoCloseable {
  static final int TIMEOUT_MILLIS = 60_000;

  private final Socket socket;
  private final DataInputStream in;

  ScriptedPeer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new DataInputStream(socket.getInputStream());
  }

  /** A packet as it came. */
  record Packet(int first, byte[] body) {
    int type() {
      return first >>> 4;
    }

    String hex() {
      return HexFormat.of().withUpperCase().toHexDigits((byte) first)
          + HexFormat.of().withUpperCase().formatHex(body);
    }
  }

  /** The port that it comes from. */
  int port() {
    return socket.getLocalPort();
  }

  ScriptedPeer timeout(int millis) throws IOException {
    socket.setSoTimeout(millis);
    return this;
  }

  /** Sends bytes given in hexadecimal; blanks do not count. */
  ScriptedPeer send(String hex) throws IOException {
    return send(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  ScriptedPeer send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** CONNECT with clean start, keep-alive 60, and credentials where {@code user} is not empty. */
  ScriptedPeer connect(int version, String client, String user, String password)
      throws IOException {
    return send(connectPacket(version, client, 2, 60, user, password));
  }

  /** CONNECT of the sandbox, whose CONNACK must be a success. */
  ScriptedPeer greeted(int version, String client) throws IOException {
    connect(version, client, "", "");
    Packet answer = read();
    if (answer.type() != 2 || answer.body()[1] != 0) {
      throw new AssertionError("refused: " + answer.hex());
    }
    return this;
  }

  static byte[] connectPacket(
      int version, String client, int flags, int keepAlive, String user, String password) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    text(body, version == 3 ? "MQIsdp" : "MQTT");
    body.write(version);
    body.write(flags | (user.isEmpty() ? 0 : 0x80) | (password.isEmpty() ? 0 : 0x40));
    body.write(keepAlive >> 8);
    body.write(keepAlive);
    if (version == 5) {
      body.write(0);
    }
    text(body, client);
    if (!user.isEmpty()) {
      text(body, user);
    }
    if (!password.isEmpty()) {
      text(body, password);
    }
    return packet(0x10, body.toByteArray());
  }

  /** A PUBLISH; {@code version} 5 has an empty property list. */
  static byte[] publish(int version, String topic, int qos, int packetId, byte[] payload) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    text(body, topic);
    if (qos > 0) {
      body.write(packetId >> 8);
      body.write(packetId);
    }
    if (version == 5) {
      body.write(0);
    }
    body.writeBytes(payload);
    return packet(0x30 | qos << 1, body.toByteArray());
  }

  static byte[] subscribe(int version, int packetId, String filter, int qos) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(packetId >> 8);
    body.write(packetId);
    if (version == 5) {
      body.write(0);
    }
    text(body, filter);
    body.write(qos);
    return packet(0x82, body.toByteArray());
  }

  static byte[] packet(int first, byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    int left = body.length;
    do {
      int digit = left & 0x7F;
      left >>>= 7;
      out.write(left > 0 ? digit | 0x80 : digit);
    } while (left > 0);
    out.writeBytes(body);
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(bytes.length >> 8);
    out.write(bytes.length);
    out.writeBytes(bytes);
  }

  /** The next packet; fails at the end of the stream. */
  Packet read() throws IOException {
    return tryRead().orElseThrow(() -> new EOFException("closed"));
  }

  /** The next packet; empty at the end of the stream. */
  Optional<Packet> tryRead() throws IOException {
    int first = in.read();
    if (first < 0) {
      return Optional.empty();
    }
    int size = 0;
    int digit;
    int shift = 0;
    do {
      digit = in.readUnsignedByte();
      size |= (digit & 0x7F) << shift;
      shift += 7;
    } while (digit >= 0x80);
    byte[] body = new byte[size];
    in.readFully(body);
    return Optional.of(new Packet(first, body));
  }

  /** Reads until the server closes; false where it does not in time. */
  boolean closed() throws IOException {
    try {
      while (tryRead().isPresent()) {
        continue;
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException | EOFException e) {
      return true;
    }
  }

  /** Whether the server answers a PINGREQ. */
  boolean alive() throws IOException {
    send("C000");
    Optional<Packet> next = tryRead();
    while (next.isPresent() && next.get().type() != 13) {
      next = tryRead();
    }
    return next.isPresent();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
