package io.foretell.gateway;

import io.foretell.proto.DeviceId;
import io.foretell.proto.ReasonCode;
import java.util.Optional;

/** Tells from credentials which device it is. Fails closed: whatever it cannot read, it refuses. */
public interface Identities {
  /** Judges credentials; may block on a database the first time, later answers from memory. */
  Verdict authenticate(Credentials credentials);

  /**
   * The pre-shared key of a DTLS identity ({@code device} or {@code device@tenant}); empty where
   * there is none. The array is the caller's to clear.
   */
  Optional<byte[]> presharedKey(String identity);

  /** Whether {@code gateway} may speak for {@code child}; made known at the first time it does. */
  boolean speaksFor(DeviceId gateway, DeviceId child);

  /**
   * Whether there is a device of that name ({@code device} or {@code device@tenant}); may block.
   * Where it cannot be told, there is.
   */
  default boolean registered(String name) {
    return true;
  }

  /** The outcome. */
  sealed interface Verdict {
    /** It is this device. */
    record Known(DeviceId device) implements Verdict {}

    /** It is not; the peer is told only the reason. */
    record Refused(ReasonCode reason) implements Verdict {}
  }
}
