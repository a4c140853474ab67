package io.foretell.app.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a backup from its first file to its manifest, with or without writing it down.
 * What was written is good only where {@link #checked} returns.
 */
final class Unpacking implements Contents.Visitor {
  private static final int BUFFER = 1 << 16;
  private static final int LONGEST_MANIFEST = 64 << 20;

  private final @Nullable Path to;
  private final boolean keepManifest;
  private final LongConsumer progress;
  private final Map<String, Manifest.Stored> found = new TreeMap<>();
  private byte @Nullable [] manifest;
  private long bytes;

  /**
   * @param to a folder that is there and empty; null only checks
   * @param keepManifest whether the folder becomes a backup again
   * @param progress hears how many bytes were read
   */
  Unpacking(@Nullable Path to, boolean keepManifest, LongConsumer progress) {
    this.to = to;
    this.keepManifest = keepManifest;
    this.progress = progress;
  }

  @Override
  public void file(String path, InputStream in) throws IOException {
    if (path.equals(Manifest.NAME)) {
      manifest = in.readNBytes(LONGEST_MANIFEST);
      if (to != null && keepManifest) {
        try (OutputStream out = create(to.resolve(Manifest.NAME))) {
          out.write(manifest);
        }
      }
      return;
    }
    try (OutputStream out = to == null ? OutputStream.nullOutputStream() : create(place(to, path));
        DigestOutputStream digesting = new DigestOutputStream(out, sha256())) {
      long size = copy(in, digesting);
      String digest = HexFormat.of().formatHex(digesting.getMessageDigest().digest());
      found.put(path, new Manifest.Stored(size, digest));
    }
  }

  private long copy(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long size = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
      size += n;
      bytes += n;
      progress.accept(bytes);
    }
    return size;
  }

  /** The manifest, where every file is there as it says, and nothing else. */
  Manifest checked() throws IOException {
    if (manifest == null) {
      throw new BackupException(
          "no backup, or one that is damaged: it has no " + Manifest.NAME + " at its end");
    }
    Manifest said = Manifest.read(manifest);
    for (Map.Entry<String, Manifest.Stored> file : said.files().entrySet()) {
      Manifest.Stored have = found.get(file.getKey());
      if (have == null) {
        throw new BackupException("the backup is damaged: it lacks " + file.getKey());
      }
      if (!have.equals(file.getValue())) {
        throw new BackupException("the backup is damaged: " + file.getKey() + " has changed");
      }
    }
    for (String path : found.keySet()) {
      if (!said.files().containsKey(path)) {
        throw new BackupException("the backup is damaged: " + path + " is not in its manifest");
      }
    }
    return said;
  }

  /** A path of an archive may be anything; it must not lead out of the folder. */
  private static Path place(Path folder, String path) throws IOException {
    try {
      Path place = folder.resolve(path).normalize();
      if (path.startsWith("/") || !place.startsWith(folder) || place.equals(folder)) {
        throw new BackupException("the backup is damaged: a file cannot be called " + path);
      }
      return place;
    } catch (InvalidPathException e) {
      throw new BackupException("the backup is damaged: a file cannot be called " + path, e);
    }
  }

  /** A new file for its owner's eyes alone, whose bytes are on disk when it is closed. */
  private static OutputStream create(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent, mode("rwx------"));
    }
    Files.createFile(file, mode("rw-------"));
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    OutputStream out = Channels.newOutputStream(channel);
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        out.write(b);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
      }

      @Override
      public void close() throws IOException {
        if (channel.isOpen()) {
          try (channel) {
            channel.force(true);
          }
        }
      }
    };
  }

  static FileAttribute<?>[] mode(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
