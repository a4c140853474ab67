package io.foretell.bench.standin;

import io.foretell.gateway.Releases;
import io.foretell.proto.Blobs;
import io.foretell.proto.Digest;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;
import java.util.OptionalLong;

/** Nothing to install. */
final class NoArtifacts implements Releases, Blobs {
  @Override
  public boolean offers(String tenant, Digest digest) {
    return false;
  }

  @Override
  public Optional<byte[]> metadata(String tenant, String name) {
    return Optional.empty();
  }

  @Override
  public Digest put(InputStream bytes, long maxBytes) {
    throw new UnsupportedOperationException("nobody puts anything here");
  }

  @Override
  public OptionalLong size(Digest digest) {
    return OptionalLong.empty();
  }

  @Override
  public Optional<SeekableByteChannel> open(Digest digest) {
    return Optional.empty();
  }
}
