package io.foretell.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A spool that survives a power cut: a log of added and done messages.
 *
 * <pre>
 *   0        4        8     9            17        19
 *   | length | crc32c | kind | number     | path len| path | payload |
 * </pre>
 *
 * <p>{@code length} counts what follows the checksum. Kind 1 adds a message, kind 2 says that a
 * number is done. A torn tail ends the log. When nothing is kept, the log begins anew.
 */
public final class FileSpool implements Spool {
  private static final byte ADD = 1;
  private static final byte DONE = 2;
  private static final int HEAD = 8;
  private static final int MAX_RECORD = 16 << 20;

  private final MemorySpool memory;
  private final FileChannel log;

  /** The log's numbers less those that memory gives: constant from one opening to the next. */
  private long offset;

  /** Opens the log, or begins one, and takes up what was not done. */
  public FileSpool(Path file, int capacity) {
    memory = new MemorySpool(capacity);
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      log =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      log.truncate(recover());
      log.position(log.size());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the spool " + file, e);
    }
  }

  private long recover() throws IOException {
    long good = 0;
    ByteBuffer head = ByteBuffer.allocate(HEAD);
    while (read(head, good)) {
      int length = head.getInt();
      int crc = head.getInt();
      if (length < 9 || length > MAX_RECORD) {
        break;
      }
      ByteBuffer body = ByteBuffer.allocate(length);
      if (!read(body, good + HEAD) || checksum(body) != crc) {
        break;
      }
      replay(body);
      good += HEAD + length;
    }
    return good;
  }

  private boolean read(ByteBuffer buffer, long position) throws IOException {
    buffer.clear();
    while (buffer.hasRemaining()) {
      int n = log.read(buffer, position + buffer.position());
      if (n < 0) {
        return false;
      }
    }
    buffer.flip();
    return true;
  }

  private void replay(ByteBuffer body) {
    byte kind = body.get();
    long number = body.getLong();
    if (kind == DONE) {
      memory.done(renumbered(number));
      return;
    }
    byte[] path = new byte[body.getShort()];
    body.get(path);
    byte[] payload = new byte[body.remaining()];
    body.get(payload);
    long given = memory.add(new Message(new String(path, StandardCharsets.UTF_8), payload));
    offset = number - given;
  }

  private long renumbered(long number) {
    return number - offset;
  }

  private static int checksum(ByteBuffer body) {
    CRC32C crc = new CRC32C();
    crc.update(body.duplicate());
    return (int) crc.getValue();
  }

  @Override
  public long add(Message message) {
    long number = memory.add(message);
    byte[] path = message.path().getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = ByteBuffer.allocate(11 + path.length + message.payload().length);
    body.put(ADD).putLong(number + offset).putShort((short) path.length);
    body.put(path).put(message.payload()).flip();
    append(body);
    return number;
  }

  @Override
  public void done(long number) {
    memory.done(number);
    if (memory.size() == 0) {
      try {
        log.truncate(0);
        log.position(0);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot empty the spool", e);
      }
      return;
    }
    ByteBuffer body = ByteBuffer.allocate(9);
    body.put(DONE).putLong(number + offset).flip();
    append(body);
  }

  private void append(ByteBuffer body) {
    ByteBuffer record = ByteBuffer.allocate(HEAD + body.remaining());
    record.putInt(body.remaining()).putInt(checksum(body)).put(body).flip();
    try {
      while (record.hasRemaining()) {
        log.write(record);
      }
      log.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the spool", e);
    }
  }

  @Override
  public List<Kept> next(long after, int limit) {
    return memory.next(after, limit);
  }

  @Override
  public int size() {
    return memory.size();
  }

  @Override
  public long dropped() {
    return memory.dropped();
  }

  @Override
  public void close() {
    try {
      log.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the spool", e);
    }
  }
}
