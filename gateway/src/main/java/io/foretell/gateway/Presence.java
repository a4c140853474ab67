package io.foretell.gateway;

import io.foretell.proto.DeviceId;
import java.util.List;
import java.util.Optional;

/**
 * Who is there, and why we think so. Each change is also appended to the uplink lane as {@link
 * io.foretell.proto.UplinkKind#PRESENCE}, so that it stands in the device's history.
 */
public interface Presence {
  /** A connection of a device has begun ({@code via} mqtt, coap-observe, http-poll). */
  void arrived(DeviceId device, String via, String connection);

  /** A sign of life: any packet. Cheap; called for each. */
  void seen(DeviceId device, String via);

  /** A connection has ended, and why. */
  void left(DeviceId device, String via, String connection, String reason);

  /** The device as it is now; empty where it was never seen since the server started. */
  Optional<Status> of(DeviceId device);

  /** All devices of a tenant that were seen since the server started. */
  List<Status> all(String tenant);

  /**
   * How a device is.
   *
   * @param online whether a connection is open, or, without connections, a message came lately
   * @param since when that last changed, ms since 1970
   * @param lastSeen the last sign of life, ms since 1970
   * @param reason of the last change
   */
  record Status(
      DeviceId device, boolean online, long since, long lastSeen, String via, String reason) {}
}
