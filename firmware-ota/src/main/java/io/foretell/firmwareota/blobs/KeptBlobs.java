package io.foretell.firmwareota.blobs;

import io.foretell.proto.Blobs;
import io.foretell.proto.Digest;
import java.io.IOException;
import java.util.function.Consumer;

/** A store of blobs that can be gone through as a whole. */
public interface KeptBlobs extends Blobs {
  /** Gives the digest of each blob that is kept, in any order. */
  void each(Consumer<Digest> to) throws IOException;
}
