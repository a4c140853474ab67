package io.foretell.gateway.mqtt;

import io.foretell.proto.DeviceId;
import java.util.List;
import java.util.Optional;

/**
 * Where sessions are kept over restarts. Every call may block, and throws {@link
 * SessionsUnavailableException} where the store does not answer. One caller at a time.
 */
public interface SessionStore {
  /** Everything that is kept; from now on it is held by 0, the one process that there is. */
  List<KeptSession> load();

  /**
   * Gives a session to a connection. What other holders write from now on is left out.
   *
   * @param holder names the connection among those of all processes; not 0
   */
  Optional<Claimed> claim(DeviceId device, String clientId, long holder);

  /**
   * Forgets sessions that nobody came back for.
   *
   * @param now ms since 1970
   */
  int forgetExpired(long now);

  /** Makes changes durable, all or none; durable when it returns. */
  void write(List<Change> changes);

  /** What becomes of a kept session. */
  sealed interface Change {
    /** It is kept as it is now, where it is new or the holder still has it. */
    record Keep(KeptSession session, long holder) implements Change {}

    /** It is kept no longer, where the holder still has it. */
    record Forget(DeviceId device, String clientId, long holder) implements Change {}
  }

  /**
   * A session that has a new holder.
   *
   * @param before who had it
   */
  record Claimed(KeptSession session, long before) {}
}
