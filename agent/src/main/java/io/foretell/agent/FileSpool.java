package io.foretell.agent;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A spool that survives a power cut: a log of added and done messages.
 *
 * <pre>
 *   0        4        8     9            17        19
 *   | length | crc32c | kind | number     | path len| path | payload |
 * </pre>
 *
 * <p>{@code length} counts what follows the checksum. Kind 1 adds a message, kind 2 says that a
 * number is done. A torn tail ends the log. When nothing is kept, the log begins anew; when it has
 * grown much longer than what is kept, it is written anew beside the old one and takes its name.
 *
 * <p>A message is on disk when {@link #add} returns. That one is done may be forgotten in a power
 * cut: it is then sent again, and the server drops it by its number.
 */
public final class FileSpool implements Spool {
  private static final Logger logger = LoggerFactory.getLogger(FileSpool.class);
  private static final byte ADD = 1;
  private static final byte DONE = 2;
  private static final int HEAD = 8;
  private static final int FIXED = 11;
  private static final int MAX_RECORD = 16 << 20;
  private static final int MAX_PATH = 0xFFFF;
  private static final long SLACK = 1 << 20;

  private final MemorySpool memory;
  private final Path file;
  private FileChannel log;
  private long end;
  private long renewAt = SLACK;

  /**
   * Opens the log, or begins one, and takes up what was not done.
   *
   * @param capacity most messages, as for {@link MemorySpool}
   * @throws UncheckedIOException where the file cannot be read or written
   */
  public FileSpool(Path file, int capacity) {
    this.memory = new MemorySpool(capacity);
    this.file = file.toAbsolutePath();
    try {
      Files.createDirectories(folder());
      log = open(this.file);
      long size = log.size();
      end = recover();
      if (end < size) {
        logger.warn("{}: its last {} bytes are torn and are dropped", file, size - end);
        log.truncate(end);
      }
      forget(memory.shed());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the spool " + file, e);
    }
  }

  private Path folder() {
    Path folder = file.getParent();
    return folder == null ? file : folder;
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
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
      if (!read(body, good + HEAD) || checksum(body) != crc || !replay(body)) {
        break;
      }
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

  private boolean replay(ByteBuffer body) {
    byte kind = body.get();
    long number = body.getLong();
    if (kind == DONE) {
      memory.done(number);
      return true;
    }
    if (kind != ADD || body.remaining() < Short.BYTES) {
      return false;
    }
    int pathLength = Short.toUnsignedInt(body.getShort());
    if (pathLength > body.remaining()) {
      return false;
    }
    byte[] path = new byte[pathLength];
    body.get(path);
    byte[] payload = new byte[body.remaining()];
    body.get(payload);
    memory.keep(number, new Message(new String(path, StandardCharsets.UTF_8), payload));
    return true;
  }

  private static int checksum(ByteBuffer body) {
    CRC32C crc = new CRC32C();
    crc.update(body.duplicate());
    return (int) crc.getValue();
  }

  /**
   * {@inheritDoc}
   *
   * @throws InvalidInputException where the message is longer than 16 MiB, or its path than 64 KiB
   * @throws UncheckedIOException where it cannot be written; it is not kept then
   */
  @Override
  public Added add(Message message) {
    long number = memory.nextNumber();
    append(added(number, message), true);
    memory.keep(number, message);
    List<Long> givenUp = memory.shed();
    forget(givenUp);
    return new Added(number, givenUp);
  }

  private static ByteBuffer added(long number, Message message) {
    byte[] path = message.path().getBytes(StandardCharsets.UTF_8);
    long length = (long) FIXED + path.length + message.payload().length;
    if (length > MAX_RECORD || path.length > MAX_PATH) {
      throw new InvalidInputException(ReasonCode.TOO_LARGE, length + " bytes in one message");
    }
    ByteBuffer body = ByteBuffer.allocate((int) length);
    body.put(ADD).putLong(number).putShort((short) path.length);
    return body.put(path).put(message.payload()).flip();
  }

  @Override
  public void done(long number) {
    if (memory.keeps(number)) {
      memory.done(number);
      forget(List.of(number));
    }
  }

  private void forget(List<Long> numbers) {
    for (long number : numbers) {
      ByteBuffer body = ByteBuffer.allocate(9);
      append(body.put(DONE).putLong(number).flip(), false);
    }
    try {
      if (memory.size() == 0 && end > 0) {
        log.truncate(0);
        end = 0;
        renewAt = SLACK;
      } else if (end > renewAt) {
        renew();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot shorten the spool", e);
    }
  }

  private void append(ByteBuffer body, boolean durably) {
    ByteBuffer record = framed(body);
    try {
      write(log, record, end);
      if (durably) {
        log.force(false);
      }
      end += record.limit();
    } catch (IOException e) {
      cut();
      throw new UncheckedIOException("cannot write the spool", e);
    }
  }

  /** What was half written must not stand between good records. */
  private void cut() {
    try {
      log.truncate(end);
    } catch (IOException e) {
      logger.warn("{}: the torn end stays until the next record: {}", file, e.getMessage());
    }
  }

  private static ByteBuffer framed(ByteBuffer body) {
    ByteBuffer record = ByteBuffer.allocate(HEAD + body.remaining());
    return record.putInt(body.remaining()).putInt(checksum(body)).put(body).flip();
  }

  private static void write(FileChannel to, ByteBuffer record, long position) throws IOException {
    long at = position;
    while (record.hasRemaining()) {
      at += to.write(record, at);
    }
  }

  private void renew() throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    FileChannel next = open(fresh);
    long length = 0;
    try {
      for (Kept kept : memory.next(0, Integer.MAX_VALUE)) {
        ByteBuffer record = framed(added(kept.number(), kept.message()));
        write(next, record, length);
        length += record.limit();
      }
      next.force(true);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      next.close();
      throw e;
    }
    log.close();
    log = next;
    end = length;
    renewAt = 2 * length + SLACK;
    try (FileChannel folder = FileChannel.open(folder())) {
      folder.force(true);
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
