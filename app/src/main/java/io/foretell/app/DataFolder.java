package io.foretell.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A data folder that this process has for itself. It is taken before anything in it is opened, and
 * let go after all is closed; the system lets go of it where the process is killed.
 */
public final class DataFolder implements AutoCloseable {
  private static final String FILE = ".lock";
  private static final int LONGEST_PID = 20;

  private final FileChannel channel;

  private DataFolder(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes it.
   *
   * @param folder that is there
   * @throws FolderInUseException where another has it
   * @throws IOException where it is not there, or its lock cannot be written
   */
  public static DataFolder hold(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException("there is no folder " + folder);
    }
    FileChannel channel =
        FileChannel.open(
            folder.resolve(FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    boolean held = false;
    try {
      if (lock(channel) == null) {
        throw new FolderInUseException(folder, said(folder));
      }
      channel.truncate(0);
      String self = ProcessHandle.current().pid() + "\n";
      channel.write(ByteBuffer.wrap(self.getBytes(StandardCharsets.US_ASCII)), 0);
      held = true;
      return new DataFolder(channel);
    } finally {
      if (!held) {
        channel.close();
      }
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException here) {
      return null;
    }
  }

  /** The process that wrote itself down; it may have just begun to. */
  private static String said(Path folder) throws IOException {
    String text = Files.readString(folder.resolve(FILE), StandardCharsets.US_ASCII).strip();
    boolean number = text.length() < LONGEST_PID && text.matches("\\d+");
    return number ? "another process (" + text + ")" : "another process";
  }

  /** Lets go of it. The file stays: whoever removed it might take it from under another's hand. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
