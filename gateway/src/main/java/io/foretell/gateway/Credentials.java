package io.foretell.gateway;

import java.net.InetAddress;

/** What a peer shows to prove who it is. */
public sealed interface Credentials {
  /**
   * A token: MQTT user name and password, or HTTP and CoAP bearer.
   *
   * @param name {@code device} or {@code device@tenant}
   */
  record Token(String name, String secret) implements Credentials {
    @Override
    public String toString() {
      return "Token[" + name + "]";
    }
  }

  /** A bearer token alone: the token itself tells whose it is. */
  record Bearer(String secret) implements Credentials {
    @Override
    public String toString() {
      return "Bearer[…]";
    }
  }

  /** Nothing but a name: taken only in the sandbox, and only from loopback. */
  record Nothing(String clientId, InetAddress from) implements Credentials {}
}
