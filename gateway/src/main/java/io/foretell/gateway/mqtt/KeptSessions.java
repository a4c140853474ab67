package io.foretell.gateway.mqtt;

import java.util.Optional;

/**
 * Where sessions are while their client is away.
 *
 * @param store empty: nowhere, they end with the server
 * @param elsewhere the other processes to which a client may come; they need a store
 */
public record KeptSessions(Optional<SessionStore> store, Optional<Elsewhere> elsewhere) {
  /** Refuses several processes without a store. */
  public KeptSessions {
    if (elsewhere.isPresent() && store.isEmpty()) {
      throw new IllegalArgumentException("several processes need a store of sessions");
    }
  }

  /** They do not outlive the server. */
  public static KeptSessions none() {
    return new KeptSessions(Optional.empty(), Optional.empty());
  }

  /** They outlive the server. */
  public static KeptSessions in(SessionStore store) {
    return new KeptSessions(Optional.of(store), Optional.empty());
  }
}
