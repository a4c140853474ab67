package io.foretell.gateway;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;

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

  /**
   * A certificate whose private key the peer has proved to hold in its TLS or DTLS handshake.
   * Whether it is trusted is not judged yet.
   *
   * @param chain the peer's own certificate first, each followed by that of its issuer
   */
  record Certificate(List<X509Certificate> chain) implements Credentials {
    /** Copies the chain. */
    public Certificate {
      chain = List.copyOf(chain);
    }

    @Override
    public String toString() {
      return "Certificate[" + chain.size() + "]";
    }
  }

  /** Nothing but a name: taken only in the sandbox, and only from loopback. */
  record Nothing(String clientId, InetAddress from) implements Credentials {}
}
