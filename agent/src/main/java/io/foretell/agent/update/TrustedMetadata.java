package io.foretell.agent.update;

import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata that the device trusts, brought up to date as the TUF specification's client
 * workflow (section 5) says. What it has once trusted it keeps, so that an older answer shows.
 *
 * <p>Kept files are trusted only while the current root's keys verify them; so new keys for
 * timestamp or snapshot also end a fast-forward attack (section 5.3.11).
 */
final class TrustedMetadata {
  private static final Logger log = LoggerFactory.getLogger(TrustedMetadata.class);
  private static final int MAX_ROOT = 512 << 10;
  private static final int MAX_TIMESTAMP = 16 << 10;
  private static final int MAX_SNAPSHOT = 2 << 20;
  private static final int MAX_TARGETS = 8 << 20;
  private static final int MAX_ROOT_STEPS = 256;

  private final Path folder;
  private final byte[] firstRoot;
  private final Fetcher fetcher;
  private final Disk disk;

  TrustedMetadata(Path folder, byte[] firstRoot, Fetcher fetcher, Disk disk) {
    this.folder = folder;
    this.firstRoot = firstRoot.clone();
    this.fetcher = fetcher;
    this.disk = disk;
  }

  /**
   * The targets metadata of now.
   *
   * @throws IOException where the server cannot be reached or has no such file
   */
  Metadata targets(Instant now) throws IOException, RefusedException {
    Metadata root = updateRoot(now);
    Metadata timestamp = updateTimestamp(root, now);
    Metadata snapshot = updateListed(root, timestamp, "snapshot", MAX_SNAPSHOT, now);
    return updateListed(root, snapshot, "targets", MAX_TARGETS, now);
  }

  private Metadata updateRoot(Instant now) throws IOException, RefusedException {
    Metadata root = trustedRoot();
    for (int i = 0; i < MAX_ROOT_STEPS; i++) {
      String name = root.version() + 1 + ".root.json";
      Optional<InputStream> answer = fetcher.metadata(name);
      if (answer.isEmpty()) {
        break;
      }
      byte[] bytes = readUpTo(answer.get(), MAX_ROOT, name);
      Metadata next = Metadata.parse(bytes, "root");
      next.verifyBy(root);
      next.verifyBy(next);
      if (next.version() != root.version() + 1) {
        throw new RefusedException(
            ReasonCode.VERSION_BELOW_FLOOR, name + " says it is version " + next.version());
      }
      disk.write(file("root"), bytes);
      root = next;
    }
    root.requireFresh(now);
    return root;
  }

  private Metadata trustedRoot() throws IOException, RefusedException {
    Metadata first = Metadata.parse(firstRoot, "root");
    Optional<byte[]> kept = disk.read(file("root"));
    if (kept.isPresent()) {
      try {
        Metadata root = Metadata.parse(kept.get(), "root");
        root.verifyBy(root);
        return root.version() >= first.version() ? root : first;
      } catch (RefusedException e) {
        log.warn("kept root metadata is not readable: {}", e.detail());
      }
    }
    return first;
  }

  private Metadata updateTimestamp(Metadata root, Instant now)
      throws IOException, RefusedException {
    byte[] bytes = required("timestamp.json", MAX_TIMESTAMP);
    Metadata next = Metadata.parse(bytes, "timestamp");
    next.verifyBy(root);
    Optional<Metadata> kept = kept(root, "timestamp");
    if (kept.isPresent()) {
      requireNotOlder(next.version(), kept.get().version(), "timestamp");
      requireNotOlder(
          listedVersion(next, "snapshot"), listedVersion(kept.get(), "snapshot"), "snapshot");
    }
    next.requireFresh(now);
    disk.write(file("timestamp"), bytes);
    return next;
  }

  /** Updates the role that another one lists, by version, length and hash. */
  private Metadata updateListed(
      Metadata root, Metadata lister, String type, int maxBytes, Instant now)
      throws IOException, RefusedException {
    Map<?, ?> listed = lister.meta(type + ".json");
    Optional<byte[]> keptBytes = disk.read(file(type)).filter(b -> hashFits(listed, b));
    String name = Json.number(listed, "version") + "." + type + ".json";
    int cap =
        listed.get("length") instanceof Integer length ? Math.min(length, maxBytes) : maxBytes;
    byte[] bytes = keptBytes.isPresent() ? keptBytes.get() : required(name, cap);
    if (listed.containsKey("hashes") && !hashFits(listed, bytes)) {
      throw new RefusedException(
          ReasonCode.DIGEST_MISMATCH, name + " is not what " + lister.type() + " lists");
    }
    Metadata next = Metadata.parse(bytes, type);
    next.verifyBy(root);
    if (next.version() != Json.number(listed, "version")) {
      throw new RefusedException(
          ReasonCode.DIGEST_MISMATCH, name + " says it is version " + next.version());
    }
    Optional<Metadata> kept = kept(root, type);
    if (kept.isPresent()) {
      requireNotOlder(next.version(), kept.get().version(), type);
      if (type.equals("snapshot")) {
        requireNotOlder(
            listedVersion(next, "targets"), listedVersion(kept.get(), "targets"), "targets");
      }
    }
    next.requireFresh(now);
    if (keptBytes.isEmpty()) {
      disk.write(file(type), bytes);
    }
    return next;
  }

  private Optional<Metadata> kept(Metadata root, String type) throws IOException {
    Optional<byte[]> bytes = disk.read(file(type));
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      Metadata metadata = Metadata.parse(bytes.get(), type);
      metadata.verifyBy(root);
      return Optional.of(metadata);
    } catch (RefusedException e) {
      log.info("kept {} metadata is no longer trusted: {}", type, e.detail());
      return Optional.empty();
    }
  }

  private static void requireNotOlder(long next, long kept, String type) throws RefusedException {
    if (next < kept) {
      throw new RefusedException(
          ReasonCode.VERSION_BELOW_FLOOR,
          type + " version " + next + " is older than " + kept + ", which was seen before");
    }
  }

  private static long listedVersion(Metadata lister, String type) throws RefusedException {
    return Json.number(lister.meta(type + ".json"), "version");
  }

  private byte[] required(String name, int maxBytes) throws IOException, RefusedException {
    InputStream answer =
        fetcher
            .metadata(name)
            .orElseThrow(() -> new IOException("the server has no metadata " + name));
    return readUpTo(answer, maxBytes, name);
  }

  private static byte[] readUpTo(InputStream answer, int maxBytes, String name)
      throws IOException, RefusedException {
    try (InputStream in = answer) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new RefusedException(
            ReasonCode.TOO_LARGE, name + " is longer than " + maxBytes + " bytes");
      }
      return bytes;
    }
  }

  private static boolean hashFits(Map<?, ?> listed, byte[] bytes) {
    if (!(listed.get("hashes") instanceof Map<?, ?> hashes)) {
      return false;
    }
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(hash).equals(hashes.get("sha256"));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private Path file(String type) {
    return folder.resolve(type + ".json");
  }
}
