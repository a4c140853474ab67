package io.foretell.gateway.mqtt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The opening handshake of a WebSocket that carries MQTT: RFC 6455 section 4.2, MQTT 5 section 6.
 *
 * @param accept the value of {@code Sec-WebSocket-Accept}
 * @param protocol the subprotocol, one of those that the client offers
 */
record WebSocketUpgrade(String accept, String protocol) {
  /** The subprotocols of MQTT; the second is what clients of version 3.1 say. */
  private static final List<String> PROTOCOLS = List.of("mqtt", "mqttv3.1");

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  /** Reads a request; empty where it is no such handshake, or none that offers MQTT. */
  static Optional<WebSocketUpgrade> of(HttpServerRequest request) {
    MultiMap headers = request.headers();
    String key = headers.get("Sec-WebSocket-Key");
    boolean asked =
        request.method() == HttpMethod.GET
            && words(headers, "Upgrade").anyMatch("websocket"::equals)
            && words(headers, "Connection").anyMatch("upgrade"::equals)
            && "13".equals(headers.get("Sec-WebSocket-Version"))
            && key != null
            && isKey(key.strip());
    if (!asked || key == null) {
      return Optional.empty();
    }
    List<String> offered = words(headers, "Sec-WebSocket-Protocol").toList();
    return PROTOCOLS.stream()
        .filter(offered::contains)
        .findFirst()
        .map(protocol -> new WebSocketUpgrade(answer(key.strip()), protocol));
  }

  /** Whether it comes straight from a program on the peer: no proxy between, no web page. */
  static boolean direct(HttpServerRequest request) {
    return Stream.of("Forwarded", "X-Forwarded-For", "Origin", "Sec-Fetch-Site")
        .noneMatch(name -> request.headers().contains(name));
  }

  private static Stream<String> words(MultiMap headers, String name) {
    return headers.getAll(name).stream()
        .flatMap(line -> Arrays.stream(line.split(",")))
        .map(word -> word.strip().toLowerCase(Locale.ROOT));
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String answer(String key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
