package io.foretell.gateway;

import io.foretell.proto.Digest;
import java.util.Optional;

/**
 * What each tenant has for its devices to install. A device is told of nothing else: not even that
 * another tenant's artifact is there. Calls block on storage: never from an event loop.
 */
public interface Releases {
  /** Whether an artifact is one of the tenant's. */
  boolean offers(String tenant, Digest digest);

  /**
   * A file of the tenant's signed metadata, as TUF clients name them: {@code timestamp.json},
   * {@code 2.root.json}; empty for any other name.
   */
  Optional<byte[]> metadata(String tenant, String name);
}
