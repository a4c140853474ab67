package io.foretell.gateway;

/**
 * What the door lets through.
 *
 * @param maxPayload bytes; a longer payload is rejected with {@link
 *     io.foretell.proto.ReasonCode#TOO_LARGE}
 * @param keptOfOversize how many bytes of such a payload go with its reject
 * @param maxWaiting bytes, with what belongs to them, that may wait for the disk before listeners
 *     stop reading; at one and a half times as much raw frames are shed, at twice telemetry
 * @param quotas of devices and tenants
 */
public record DoorLimits(int maxPayload, int keptOfOversize, long maxWaiting, QuotaLimits quotas) {
  /** 1 MiB, the same as the largest MQTT payload. */
  public static final int DEFAULT_MAX_PAYLOAD = 1 << 20;

  /** 64 KiB: enough to see what it was, and no more disk than an ordinary message. */
  public static final int DEFAULT_KEPT_OF_OVERSIZE = 1 << 16;

  /** 128 MiB. */
  public static final long DEFAULT_MAX_WAITING = 1L << 27;

  /** Refuses limits that let nothing through. */
  public DoorLimits {
    if (maxPayload < 1 || keptOfOversize < 0 || maxWaiting < 1) {
      throw new IllegalArgumentException(
          "maxPayload " + maxPayload + ", kept " + keptOfOversize + ", waiting " + maxWaiting);
    }
  }

  /** With the ordinary bound on what waits, and no quotas. */
  public DoorLimits(int maxPayload, int keptOfOversize) {
    this(maxPayload, keptOfOversize, DEFAULT_MAX_WAITING, QuotaLimits.NONE);
  }

  /** The limits of an ordinary installation. */
  public static DoorLimits defaults() {
    return new DoorLimits(DEFAULT_MAX_PAYLOAD, DEFAULT_KEPT_OF_OVERSIZE);
  }
}
