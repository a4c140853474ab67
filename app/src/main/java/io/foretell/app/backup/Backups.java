package io.foretell.app.backup;

import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes backups and brings them back. Nothing half done is ever seen under the name that it is to
 * have: it is made beside, checked against its manifest, and renamed.
 */
public final class Backups {
  private static final String PART = ".part";

  private Backups() {}

  /**
   * Writes a folder as an archive: a zip whose last entry is the manifest.
   *
   * @param version of the program
   * @param history {@code embedded} or {@code external}
   */
  public static void write(Path folder, String version, long at, String history, OutputStream out)
      throws IOException {
    ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(out, 1 << 16));
    zip.setLevel(Deflater.BEST_SPEED); // most of it is compressed already
    Map<String, Manifest.Stored> files = new TreeMap<>();
    Contents.ofFolder(folder)
        .each(
            (path, bytes) -> {
              zip.putNextEntry(new ZipEntry(path));
              DigestInputStream digesting = new DigestInputStream(bytes, Unpacking.sha256());
              long size = digesting.transferTo(zip);
              String digest = HexFormat.of().formatHex(digesting.getMessageDigest().digest());
              files.put(path, new Manifest.Stored(size, digest));
              zip.closeEntry();
            });
    zip.putNextEntry(new ZipEntry(Manifest.NAME));
    zip.write(new Manifest(version, at, history, files).json());
    zip.closeEntry();
    zip.finish();
    zip.flush();
  }

  /** Keeps an archive as it comes, as a file of mode 0600; checks it on the way. */
  public static Manifest keepArchive(InputStream in, Path file, LongConsumer progress)
      throws IOException {
    requireFree(file);
    Path part = beside(file);
    Files.createFile(part, Unpacking.mode("rw-------"));
    try {
      Manifest manifest;
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16);
          InputStream copying = new Copying(in, out)) {
        Unpacking unpacking = new Unpacking(null, false, progress);
        Contents.ofArchive(copying).each(unpacking);
        manifest = unpacking.checked();
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      return manifest;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Unpacks an archive as it comes into a new folder, which is a backup as well. */
  public static Manifest keepFolder(InputStream in, Path folder, LongConsumer progress)
      throws IOException {
    return unpack(Contents.ofArchive(in), folder, true, progress);
  }

  /** Checks a backup from end to end and writes nothing. */
  public static Manifest check(Path backup, LongConsumer progress) throws IOException {
    Unpacking unpacking = new Unpacking(null, false, progress);
    Contents.of(backup).each(unpacking);
    return unpacking.checked();
  }

  /** Makes a server's data folder of a backup. */
  public static Manifest restore(Path backup, Path data, LongConsumer progress) throws IOException {
    return unpack(Contents.of(backup), data, false, progress);
  }

  /**
   * Refuses a place that has something already.
   *
   * @throws BackupException where it is a file, or a folder that is not empty
   */
  public static void requireFree(Path place) throws IOException {
    if (Files.isDirectory(place)) {
      try (DirectoryStream<Path> inside = Files.newDirectoryStream(place)) {
        if (inside.iterator().hasNext()) {
          throw new BackupException(place + " is not empty; name a folder that is new or empty");
        }
      }
    } else if (Files.exists(place)) {
      throw new BackupException(place + " is there already; name another, or remove it");
    }
  }

  private static Manifest unpack(
      Contents contents, Path folder, boolean keepManifest, LongConsumer progress)
      throws IOException {
    requireFree(folder);
    Path part = beside(folder);
    Files.createDirectory(part, Unpacking.mode("rwx------"));
    try {
      Unpacking unpacking = new Unpacking(part, keepManifest, progress);
      contents.each(unpacking);
      Manifest manifest = unpacking.checked();
      Files.deleteIfExists(folder);
      Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
      return manifest;
    } finally {
      delete(part);
    }
  }

  private static Path beside(Path place) throws IOException {
    Path whole = place.toAbsolutePath().normalize();
    Path parent = whole.getParent();
    if (parent == null) {
      throw new BackupException(place + " cannot be a backup or a data folder");
    }
    Files.createDirectories(parent);
    Path part = parent.resolve(whole.getFileName() + PART);
    if (Files.exists(part)) {
      throw new BackupException(part + " was left by another try; remove it");
    }
    return part;
  }

  /** Removes a folder with all that is in it, where it is there. */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> found = Files.walk(folder)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }

  /** Writes down what is read. */
  private static final class Copying extends FilterInputStream {
    private final OutputStream to;

    Copying(InputStream in, OutputStream to) {
      super(in);
      this.to = to;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      if (b >= 0) {
        to.write(b);
      }
      return b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int n = super.read(target, offset, length);
      if (n > 0) {
        to.write(target, offset, n);
      }
      return n;
    }

    @Override
    public long skip(long count) throws IOException {
      return readNBytes((int) Math.min(count, 1 << 16)).length;
    }
  }
}
