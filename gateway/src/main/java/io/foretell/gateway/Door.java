package io.foretell.gateway;

import io.foretell.proto.Delivery;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Position;
import io.foretell.proto.ReasonCode;
import java.util.concurrent.CompletionStage;

/**
 * The one way in: every protocol's listener hands its messages here and acknowledges when the
 * receipt comes. Counts what comes, so that accepted = stored + rejected + in flight can be
 * checked.
 */
public interface Door {
  /**
   * Takes one message of a device.
   *
   * @param speaker who is connected
   * @param path the topic or path as received
   * @param contentType as stated; empty where not
   * @param via {@code mqtt}, {@code coap} or {@code http}
   * @param payload not copied, must not change afterwards
   * @return completes after fsync, on a thread that must not be blocked; never fails
   */
  CompletionStage<Receipt> take(
      DeviceId speaker, String path, String contentType, String via, byte[] payload);

  /**
   * The same for a message that its sender repeats until it knows that it is stored once.
   *
   * @param delivery tells a repetition from another message
   */
  default CompletionStage<Receipt> take(
      DeviceId speaker,
      String path,
      String contentType,
      String via,
      byte[] payload,
      Delivery delivery) {
    return take(speaker, path, contentType, via, payload);
  }

  /**
   * For how many ms a listener that can should read nothing more of a device, which has sent more
   * than its quota; 0 for go on.
   */
  default long rest(DeviceId speaker) {
    return 0;
  }

  /**
   * Whether so much waits for the disk that listeners that can should read nothing more of anybody,
   * until they are told through {@link #onRelief}.
   */
  default boolean pressed() {
    return false;
  }

  /** Calls {@code listener} when the door is no longer pressed; on any thread, so briefly. */
  default void onRelief(Runnable listener) {}

  /** What becomes of a message. */
  sealed interface Receipt {
    /** It is on disk as an uplink: acknowledge. */
    record Stored(Position position) implements Receipt {}

    /**
     * It is on disk as a reject, with its reason: acknowledge as received where the protocol has no
     * way to say no (MQTT 3.1.1), otherwise answer with the reason.
     */
    record Rejected(ReasonCode reason, String detail) implements Receipt {}

    /** It is not on disk: do not acknowledge. */
    record Unavailable(ReasonCode reason, String detail) implements Receipt {}
  }
}
