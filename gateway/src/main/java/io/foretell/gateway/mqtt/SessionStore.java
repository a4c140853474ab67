package io.foretell.gateway.mqtt;

import io.foretell.proto.DeviceId;
import java.util.List;

/**
 * Where sessions are kept over restarts. Every call may block, and throws {@link
 * SessionsUnavailableException} where the store does not answer. One caller at a time.
 */
public interface SessionStore {
  /** Everything that is kept. */
  List<KeptSession> load();

  /** Makes changes durable, all or none; durable when it returns. */
  void write(List<Change> changes);

  /** What becomes of a kept session. */
  sealed interface Change {
    /** It is kept as it is now. */
    record Keep(KeptSession session) implements Change {}

    /** It is kept no longer. */
    record Forget(DeviceId device, String clientId) implements Change {}
  }
}
