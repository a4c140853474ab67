package io.foretell.agent.update;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Every change that the updater makes on disk. A file is whole or not there; only {@link #append}
 * may be cut short.
 */
final class Disk {
  private static final int BUFFER = 1 << 16;

  private final Runnable beforeEachStep;

  /**
   * @param beforeEachStep called before each change of the disk; what it throws stands for a crash
   */
  Disk(Runnable beforeEachStep) {
    this.beforeEachStep = beforeEachStep;
  }

  Optional<byte[]> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void write(Path file, byte[] bytes) throws IOException {
    Path folder = folderOf(file);
    Path beside = folder.resolve(file.getFileName() + ".new");
    beforeEachStep.run();
    Files.createDirectories(folder);
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writeAll(channel, ByteBuffer.wrap(bytes));
      channel.force(true);
    }
    moveInPlace(beside, file, folder);
  }

  void copy(Path from, Path to) throws IOException {
    Path folder = folderOf(to);
    Path beside = folder.resolve(to.getFileName() + ".new");
    beforeEachStep.run();
    Files.createDirectories(folder);
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(
                beside,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
      while (in.read(buffer) >= 0) {
        writeAll(out, buffer.flip());
        buffer.clear();
      }
      out.force(true);
    }
    moveInPlace(beside, to, folder);
  }

  void append(Path file, byte[] bytes, int length) throws IOException {
    beforeEachStep.run();
    Files.createDirectories(folderOf(file));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      writeAll(channel, ByteBuffer.wrap(bytes, 0, length));
    }
  }

  void delete(Path file) throws IOException {
    beforeEachStep.run();
    if (Files.deleteIfExists(file)) {
      sync(folderOf(file));
    }
  }

  private void moveInPlace(Path beside, Path file, Path folder) throws IOException {
    beforeEachStep.run();
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    sync(folder);
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  // A rename is durable only once the folder that holds the name is.
  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path folderOf(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("no folder for " + file);
    }
    return folder;
  }
}
