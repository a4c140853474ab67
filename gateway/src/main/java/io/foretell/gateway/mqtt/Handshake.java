package io.foretell.gateway.mqtt;

import io.foretell.gateway.Credentials;
import io.foretell.gateway.Identities;
import io.foretell.gateway.Identities.Verdict;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringProperty;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a CONNECT asks for, and what it gets (3.1 and 3.2 of MQTT 5).
 *
 * @param assigned whether the server made the client id
 * @param keepAlive seconds as they now hold; 0 for none
 * @param sessionExpiry ms as they now hold
 */
record Handshake(
    int version,
    String clientId,
    boolean assigned,
    boolean cleanStart,
    int keepAlive,
    boolean keepAliveChanged,
    long sessionExpiry,
    boolean sessionExpiryChanged,
    Outflow.Peer peer,
    boolean problemInformation,
    Optional<String> userName,
    String password,
    Optional<Will> will,
    MqttLimits limits) {
  private static final int MAX_CLIENT_ID = 256;
  private static final long NEVER = 0xFFFF_FFFFL;

  /**
   * Reads a CONNECT that the guard has let through.
   *
   * @throws ProtocolViolationException with the code to refuse it with
   */
  static Handshake of(MqttConnectMessage connect, MqttLimits limits) {
    MqttConnectVariableHeader header = connect.variableHeader();
    MqttProperties properties = header.properties();
    if (Properties5.text(properties, MqttProperties.AUTHENTICATION_METHOD).isPresent()) {
      throw new ProtocolViolationException(
          Code.BAD_AUTHENTICATION_METHOD, "authentication method unknown [MQTT-4.12.0-1]");
    }
    int version = header.version();
    String asked = connect.payload().clientIdentifier();
    checkClientId(asked, version, header.isCleanSession());
    int keepAlive = keepAlive(header, limits);
    long expiryAsked = expiryAsked(header);
    long expiry = Math.min(expiryAsked, limits.maxSessionExpiry().toMillis());
    return new Handshake(
        version,
        asked.isEmpty() ? "auto-" + UUID.randomUUID() : asked,
        asked.isEmpty(),
        header.isCleanSession(),
        keepAlive,
        keepAlive != header.keepAliveTimeSeconds(),
        expiry,
        expiry != expiryAsked,
        peer(version, properties),
        Properties5.number(properties, MqttProperties.REQUEST_PROBLEM_INFORMATION).orElse(1L) == 1,
        Optional.ofNullable(connect.payload().userName()),
        password(connect),
        Will.of(connect),
        limits);
  }

  /**
   * Asks who it is. May block.
   *
   * <p>A client certificate decides alone: a user name beside it must name the same device, and one
   * that is not trusted is not made good by a password. A user name that no device has counts as
   * none where the sandbox is open, so the client comes in under its client id.
   *
   * @param from where the client certainly is; empty where somebody may speak for it
   * @param chain of the client's certificate; empty where it showed none
   */
  Verdict authenticate(
      Identities identities, Optional<InetAddress> from, List<X509Certificate> chain) {
    try {
      if (!chain.isEmpty()) {
        return sameAsNamed(identities.authenticate(new Credentials.Certificate(chain)));
      }
      Verdict nobody = new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED);
      if (userName.isEmpty()) {
        return guest(identities, from, nobody);
      }
      Verdict verdict = identities.authenticate(new Credentials.Token(userName.get(), password));
      boolean here = from.map(InetAddress::isLoopbackAddress).orElse(false);
      return here && verdict instanceof Verdict.Refused && !identities.registered(userName.get())
          ? guest(identities, from, verdict)
          : verdict;
    } catch (InvalidInputException e) {
      return new Verdict.Refused(e.reason());
    }
  }

  private Verdict guest(Identities identities, Optional<InetAddress> from, Verdict otherwise) {
    if (from.isEmpty()) {
      return otherwise;
    }
    Verdict verdict = identities.authenticate(new Credentials.Nothing(clientId, from.get()));
    return verdict instanceof Verdict.Known || userName.isEmpty() ? verdict : otherwise;
  }

  private Verdict sameAsNamed(Verdict verdict) {
    boolean another =
        verdict instanceof Verdict.Known known
            && userName.isPresent()
            && !DeviceId.parse(userName.get()).equals(known.device());
    return another ? new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED) : verdict;
  }

  /** The properties of a CONNACK that accepts (3.2.2.3). */
  MqttProperties accepted() {
    if (version < 5) {
      return MqttProperties.NO_PROPERTIES;
    }
    MqttProperties properties = new MqttProperties();
    add(properties, MqttProperties.RECEIVE_MAXIMUM, limits.maxInFlight());
    add(properties, MqttProperties.MAXIMUM_PACKET_SIZE, limits.maxPacket());
    add(properties, MqttProperties.TOPIC_ALIAS_MAXIMUM, limits.topicAliasMaximum());
    add(properties, MqttProperties.WILDCARD_SUBSCRIPTION_AVAILABLE, 0);
    add(properties, MqttProperties.SHARED_SUBSCRIPTION_AVAILABLE, 0);
    if (assigned) {
      properties.add(new StringProperty(MqttProperties.ASSIGNED_CLIENT_IDENTIFIER, clientId));
    }
    if (keepAliveChanged) {
      add(properties, MqttProperties.SERVER_KEEP_ALIVE, keepAlive);
    }
    if (sessionExpiryChanged) {
      add(properties, MqttProperties.SESSION_EXPIRY_INTERVAL, (int) (sessionExpiry / 1000));
    }
    return properties;
  }

  /** How long the connection may be silent (3.1.2.10) [MQTT-3.1.2-22]; zero for ever. */
  Duration patience() {
    return Duration.ofMillis(keepAlive * 1500L);
  }

  /** Whether the client wants reason strings, and has room for them [MQTT-3.4.2-2]. */
  boolean reasonStrings() {
    return version == 5 && problemInformation && peer.maxPacket() >= 128;
  }

  private static void checkClientId(String clientId, int version, boolean cleanStart) {
    boolean mustBeGiven = version == 3 || version == 4 && !cleanStart;
    if (clientId.isEmpty() && mustBeGiven || clientId.length() > MAX_CLIENT_ID) {
      throw new ProtocolViolationException(
          Code.CLIENT_ID_NOT_VALID, "client id empty or too long [MQTT-3.1.3-8] of 3.1.1");
    }
  }

  private static int keepAlive(MqttConnectVariableHeader header, MqttLimits limits) {
    int asked = header.keepAliveTimeSeconds();
    int most = (int) limits.maxKeepAlive().toSeconds();
    boolean mayChange = header.version() == 5 && most > 0;
    return mayChange && (asked == 0 || asked > most) ? most : asked;
  }

  /** In ms; before MQTT 5 a session that is not clean has no end of its own. */
  private static long expiryAsked(MqttConnectVariableHeader header) {
    if (header.version() < 5) {
      return header.isCleanSession() ? 0 : NEVER * 1000;
    }
    return 1000
        * Properties5.number(header.properties(), MqttProperties.SESSION_EXPIRY_INTERVAL)
            .orElse(0L);
  }

  private static Outflow.Peer peer(int version, MqttProperties properties) {
    return new Outflow.Peer(
        version == 5,
        Properties5.number(properties, MqttProperties.RECEIVE_MAXIMUM).orElse(65_535L).intValue(),
        Properties5.number(properties, MqttProperties.MAXIMUM_PACKET_SIZE).orElse(Long.MAX_VALUE));
  }

  private static String password(MqttConnectMessage connect) {
    byte[] password = connect.payload().passwordInBytes();
    return password == null ? "" : new String(password, StandardCharsets.UTF_8);
  }

  private static void add(MqttProperties properties, int id, int value) {
    properties.add(new IntegerProperty(id, value));
  }
}
