package io.foretell.agent.update;

import io.foretell.proto.Digest;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.IntConsumer;

/** Brings an artifact onto the disk: goes on where it was cut off, and never past its length. */
final class Download {
  private static final int BUFFER = 1 << 16;
  private static final int FRUITLESS_TRIES = 3;

  private final Path folder;
  private final Fetcher fetcher;
  private final Disk disk;

  Download(Path folder, Fetcher fetcher, Disk disk) {
    this.folder = folder;
    this.fetcher = fetcher;
    this.disk = disk;
  }

  /**
   * The whole artifact, its digest checked.
   *
   * @param percent hears of progress
   * @throws IOException where the connection fails again and again; what came so far is kept
   */
  Path fetch(Target target, IntConsumer percent) throws IOException, RefusedException {
    Path part = part(target.digest());
    long before = have(part);
    if (before > target.length()) {
      disk.delete(part);
      before = 0;
    }
    complete(part, target, percent);
    if (!sha256(part).equals(target.digest())) {
      disk.delete(part);
      if (before == 0) {
        throw mismatch(target, "its bytes have another digest");
      }
      // What was kept over a power cut may never have reached the disk: once more, from the start.
      return fetch(target, percent);
    }
    return part;
  }

  void forget(Digest digest) throws IOException {
    disk.delete(part(digest));
  }

  private void complete(Path part, Target target, IntConsumer percent)
      throws IOException, RefusedException {
    int fruitless = 0;
    long have = have(part);
    while (have < target.length()) {
      long more;
      try (InputStream in = fetcher.artifact(target.digest(), have)) {
        more = append(in, part, target, have, percent);
      } catch (IOException e) {
        more = have(part) - have;
        fruitless = more > 0 ? 0 : fruitless + 1;
        if (fruitless == FRUITLESS_TRIES) {
          throw e;
        }
        have += more;
        continue;
      }
      fruitless = more > 0 ? 0 : fruitless + 1;
      have += more;
      if (fruitless == FRUITLESS_TRIES) {
        throw mismatch(target, "it ends after " + have + " of " + target.length() + " bytes");
      }
    }
    if (target.length() == 0 && !Files.exists(part)) {
      disk.append(part, new byte[0], 0);
    }
  }

  private long append(InputStream in, Path part, Target target, long from, IntConsumer percent)
      throws IOException, RefusedException {
    byte[] buffer = new byte[BUFFER];
    long have = from;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      if (have + n > target.length()) {
        disk.delete(part);
        throw mismatch(target, "it does not end after " + target.length() + " bytes");
      }
      disk.append(part, buffer, n);
      have += n;
      percent.accept((int) (have * 100 / target.length()));
    }
    return have - from;
  }

  private static RefusedException mismatch(Target target, String how) {
    return new RefusedException(ReasonCode.DIGEST_MISMATCH, target.digest() + ": " + how);
  }

  private Path part(Digest digest) {
    return folder.resolve(digest.hex() + ".part");
  }

  private static long have(Path part) throws IOException {
    return Files.exists(part) ? Files.size(part) : 0;
  }

  static Digest sha256(Path file) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      byte[] buffer = new byte[BUFFER];
      while (in.read(buffer) >= 0) {
        continue;
      }
      return new Digest(HexFormat.of().formatHex(in.getMessageDigest().digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
