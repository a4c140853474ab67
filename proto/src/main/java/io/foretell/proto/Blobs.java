package io.foretell.proto;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;
import java.util.OptionalLong;

/** Content-addressed bytes: artifacts. Calls block on storage: never from an event loop. */
public interface Blobs {
  /**
   * Keeps what the stream gives until its end, durably, under its digest. Twice the same is once.
   *
   * @param maxBytes more than this is refused with {@link ReasonCode#TOO_LARGE}
   */
  Digest put(InputStream bytes, long maxBytes) throws IOException;

  /**
   * How many bytes a digest has; empty where it is not kept.
   *
   * @throws IOException where the store cannot tell
   */
  OptionalLong size(Digest digest) throws IOException;

  /** The bytes, for reading from any place; the caller closes it. Empty where it is not kept. */
  Optional<SeekableByteChannel> open(Digest digest) throws IOException;
}
