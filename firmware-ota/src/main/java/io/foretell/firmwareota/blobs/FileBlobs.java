package io.foretell.firmwareota.blobs;

import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Blobs as files, {@code AA/BB…} after the digest's hex digits. A file is written beside, synced,
 * and then renamed, so that whatever stands under a digest is whole.
 */
public final class FileBlobs implements KeptBlobs {
  private static final int BUFFER = 1 << 16;
  private static final int PREFIX = 2;

  private final Path folder;

  /**
   * @param folder made where it is missing
   */
  public FileBlobs(Path folder) {
    this.folder = folder;
  }

  @Override
  public Digest put(InputStream bytes, long maxBytes) throws IOException {
    Files.createDirectories(folder);
    Path incoming = Files.createTempFile(folder, "incoming-", ".part");
    try {
      Digest digest = copy(bytes, maxBytes, incoming);
      Path place = place(digest);
      if (!Files.exists(place)) {
        Files.createDirectories(parent(place));
        Files.move(incoming, place, StandardCopyOption.ATOMIC_MOVE);
        sync(parent(place));
        sync(folder);
      }
      return digest;
    } finally {
      Files.deleteIfExists(incoming);
    }
  }

  @Override
  public OptionalLong size(Digest digest) throws IOException {
    try {
      return OptionalLong.of(Files.size(place(digest)));
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public Optional<SeekableByteChannel> open(Digest digest) throws IOException {
    try {
      return Optional.of(FileChannel.open(place(digest), StandardOpenOption.READ));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void each(Consumer<Digest> to) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder, 2)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      String hex =
          folder.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "");
      if (hex.matches("[0-9a-f]{64}")) {
        to.accept(new Digest(hex));
      }
    }
  }

  private static Digest copy(InputStream bytes, long maxBytes, Path to) throws IOException {
    MessageDigest sha256 = sha256();
    byte[] buffer = new byte[BUFFER];
    long size = 0;
    try (FileChannel file = FileChannel.open(to, StandardOpenOption.WRITE)) {
      for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
        size += n;
        if (size > maxBytes) {
          throw new InvalidInputException(ReasonCode.TOO_LARGE, "more than " + maxBytes + " bytes");
        }
        sha256.update(buffer, 0, n);
        ByteBuffer part = ByteBuffer.wrap(buffer, 0, n);
        while (part.hasRemaining()) {
          file.write(part);
        }
      }
      file.force(true);
    }
    return new Digest(HexFormat.of().formatHex(sha256.digest()));
  }

  private Path place(Digest digest) {
    return folder
        .resolve(digest.hex().substring(0, PREFIX))
        .resolve(digest.hex().substring(PREFIX));
  }

  private Path parent(Path place) {
    Path parent = place.getParent();
    return parent == null ? folder : parent;
  }

  // A rename is durable only once the folder that holds the name is.
  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
