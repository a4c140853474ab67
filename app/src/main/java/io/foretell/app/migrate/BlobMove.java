package io.foretell.app.migrate;

import io.foretell.firmwareota.blobs.KeptBlobs;
import io.foretell.proto.Digest;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Moves artifacts; each is under its own digest, so what is there already is right. */
final class BlobMove {
  private static final String KIND = "artifacts";

  private BlobMove() {}

  /** Copies each that is in one to the other. */
  static void run(KeptBlobs from, KeptBlobs to, Tallies rows) throws IOException {
    for (Digest digest : all(from)) {
      try (SeekableByteChannel bytes = opened(from, digest)) {
        long size = bytes.size();
        Digest came = to.put(Channels.newInputStream(bytes), size);
        if (!came.equals(digest)) {
          throw new MigrationException(
              "artifact " + digest + " is damaged: it has the digest " + came);
        }
        row(rows, digest, size);
      }
    }
    rows.done(KIND);
  }

  /** Counts those of one that are in another, each read whole. */
  static void readBack(KeptBlobs moved, KeptBlobs from, Tallies rows) throws IOException {
    for (Digest digest : all(from)) {
      Optional<SeekableByteChannel> there = moved.open(digest);
      if (there.isPresent()) {
        try (SeekableByteChannel bytes = there.get()) {
          row(rows, digest, bytes.size());
        }
      }
    }
    rows.done(KIND);
  }

  /** Counts those of one. */
  static void count(KeptBlobs from, Tallies rows) throws IOException {
    for (Digest digest : all(from)) {
      row(rows, digest, from.size(digest).orElse(0));
    }
    rows.done(KIND);
  }

  private static SeekableByteChannel opened(KeptBlobs from, Digest digest) throws IOException {
    return from.open(digest)
        .orElseThrow(() -> new MigrationException("artifact " + digest + " is gone"));
  }

  private static List<Digest> all(KeptBlobs from) throws IOException {
    List<Digest> all = new ArrayList<>();
    from.each(all::add);
    return all;
  }

  private static void row(Tallies rows, Digest digest, long size) {
    rows.of(KIND).with(digest.hex()).with(size).end();
  }
}
