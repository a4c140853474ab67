package io.foretell.gateway.mqtt;

import java.time.Duration;

/**
 * What one peer may cost.
 *
 * @param maxPacket bytes of a whole packet once a device is known; announced to MQTT 5 clients
 * @param maxFirstPacket bytes of a CONNECT packet
 * @param connectTimeout how long a connection may take until its CONNECT is complete
 * @param maxInFlight messages of one connection that are not yet durable; announced as Receive
 *     Maximum, and the point at which reading stops for clients that know no such thing
 * @param maxInFlightBytes their payload bytes, after which reading stops as well
 * @param topicAliasMaximum topic aliases that one connection may define (MQTT 5)
 * @param maxKeepAlive the longest keep-alive; MQTT 5 clients that ask for more, or for none, are
 *     told this one
 * @param maxSessionExpiry how long the subscriptions of a device that is away are kept
 * @param maxConnections open connections over all ports
 * @param maxStoredSessions sessions of devices that are away
 */
public record MqttLimits(
    int maxPacket,
    int maxFirstPacket,
    Duration connectTimeout,
    int maxInFlight,
    int maxInFlightBytes,
    int topicAliasMaximum,
    Duration maxKeepAlive,
    Duration maxSessionExpiry,
    int maxConnections,
    int maxStoredSessions) {
  /** A topic of any length that is allowed, and properties. */
  private static final int BESIDE_THE_PAYLOAD = 1 << 17;

  /** The longest remaining length (MQTT 5, 1.5.5) with its five bytes of header. */
  private static final int LARGEST_PACKET = 268_435_455 + 5;

  /** 1 MiB of payload. */
  public static final int DEFAULT_MAX_PACKET = (1 << 20) + BESIDE_THE_PAYLOAD;

  /** Room for a long client id, a token and a will. */
  public static final int DEFAULT_MAX_FIRST_PACKET = 1 << 14;

  /** Refuses limits outside of what the protocol can express. */
  public MqttLimits {
    require(maxPacket > 0 && maxFirstPacket > 0, "packet sizes must be positive");
    require(maxInFlight >= 1 && maxInFlight <= 65_535, "maxInFlight must be 1 to 65535");
    require(maxInFlightBytes > 0, "maxInFlightBytes must be positive");
    require(topicAliasMaximum >= 0 && topicAliasMaximum <= 65_535, "topicAliasMaximum");
    require(
        !maxKeepAlive.isNegative() && maxKeepAlive.toSeconds() <= 65_535,
        "maxKeepAlive must be at most 65535 s");
    require(connectTimeout.toMillis() > 0, "connectTimeout must be positive");
    require(!maxSessionExpiry.isNegative(), "maxSessionExpiry must not be negative");
  }

  /** The limits of an ordinary installation. */
  public static MqttLimits defaults() {
    return new MqttLimits(
        DEFAULT_MAX_PACKET,
        DEFAULT_MAX_FIRST_PACKET,
        Duration.ofSeconds(5),
        1024,
        4 << 20,
        32,
        Duration.ofMinutes(20),
        Duration.ofDays(1),
        50_000,
        100_000);
  }

  /**
   * The same for messages of another size.
   *
   * @param maxMessage bytes of the largest payload
   */
  public MqttLimits withMaxMessage(int maxMessage) {
    return new MqttLimits(
        (int) Math.min(LARGEST_PACKET, (long) maxMessage + BESIDE_THE_PAYLOAD),
        maxFirstPacket,
        connectTimeout,
        maxInFlight,
        maxInFlightBytes,
        topicAliasMaximum,
        maxKeepAlive,
        maxSessionExpiry,
        maxConnections,
        maxStoredSessions);
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException(what);
    }
  }
}
