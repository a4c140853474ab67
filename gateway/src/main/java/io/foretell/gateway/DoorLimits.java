package io.foretell.gateway;

/**
 * What the door lets through.
 *
 * @param maxPayload bytes; a longer payload is rejected with {@link
 *     io.foretell.proto.ReasonCode#TOO_LARGE}
 * @param keptOfOversize how many bytes of such a payload go with its reject
 */
public record DoorLimits(int maxPayload, int keptOfOversize) {
  /** 1 MiB, the same as the largest MQTT payload. */
  public static final int DEFAULT_MAX_PAYLOAD = 1 << 20;

  /** 64 KiB: enough to see what it was, and no more disk than an ordinary message. */
  public static final int DEFAULT_KEPT_OF_OVERSIZE = 1 << 16;

  /** Refuses limits that let nothing through. */
  public DoorLimits {
    if (maxPayload < 1 || keptOfOversize < 0) {
      throw new IllegalArgumentException("maxPayload " + maxPayload + ", kept " + keptOfOversize);
    }
  }

  /** The limits of an ordinary installation. */
  public static DoorLimits defaults() {
    return new DoorLimits(DEFAULT_MAX_PAYLOAD, DEFAULT_KEPT_OF_OVERSIZE);
  }
}
