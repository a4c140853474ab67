package io.foretell.firmwareota;

import io.foretell.proto.Digest;
import java.util.Optional;

/** Which signed artifacts there are. */
public interface Catalogue {
  /** The artifact of a tenant with that content. */
  Optional<Artifact> find(String tenant, Digest digest);
}
