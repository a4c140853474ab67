package io.foretell.agent.update;

import io.foretell.proto.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** How metadata and artifacts reach the device. Nothing that comes through it is trusted. */
public interface Fetcher {
  /**
   * A metadata file ({@code timestamp.json}, {@code 2.root.json}); empty where the server says that
   * there is none of that name. Only as much is read as metadata may be long.
   */
  Optional<InputStream> metadata(String name) throws IOException;

  /**
   * The bytes of an artifact.
   *
   * @param offset where to begin, in bytes: what came before is on the device already
   */
  InputStream artifact(Digest digest, long offset) throws IOException;
}
