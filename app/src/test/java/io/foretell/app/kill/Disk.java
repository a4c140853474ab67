package io.foretell.app.kill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * The disk below a folder as one process sees it, which can get into trouble at any moment: a
 * preloaded library answers for it ({@code trouble.c}). Other processes see nothing of it. libfiu,
 * which does the like, fails a call on every file and socket, so nothing could tell of the trouble.
 */
final class Disk {
  /** What a disk has. */
  enum Trouble {
    /** All is well. */
    NONE('0'),
    /** Whatever writes gets ENOSPC. */
    FULL('f'),
    /** Whatever writes gets EROFS, as after an error that made the system mount it so. */
    READ_ONLY('r'),
    /** Writes are taken, but fsync and fdatasync get EIO. */
    SYNC_FAILS('s');

    private final char sign;

    Trouble(char sign) {
      this.sign = sign;
    }
  }

  private final Path folder;
  private final Path library;
  private final Path state;

  /**
   * @param folder what the disk has, absolute
   * @param tools where its own files are put; not in that folder
   */
  Disk(Path folder, Path tools) {
    this.folder = folder;
    this.library = tools.resolve("trouble.so");
    this.state = tools.resolve("trouble.state");
    Path source = tools.resolve("trouble.c");
    try (InputStream in = Disk.class.getResourceAsStream("trouble.c")) {
      Files.copy(Objects.requireNonNull(in), source);
      Files.writeString(state, "0");
      Process compiler =
          new ProcessBuilder("tcc", "-shared", "-nostdlib", "-o", library + "", source + "")
              .inheritIO()
              .start();
      assertThat(compiler.waitFor()).as("tcc (apt-get install tcc)").isZero();
    } catch (IOException e) {
      throw new UncheckedIOException("tcc, which 'apt-get install tcc' brings", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** What a process needs to have this disk. */
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD", library + "", "TROUBLE_FOLDER", folder + "/", "TROUBLE_SWITCH", state + "");
  }

  /** From now on it has this. */
  void is(Trouble trouble) throws IOException {
    // In place: the processes have mapped the file, and a page of a shorter one is gone for them.
    try (RandomAccessFile file = new RandomAccessFile(state.toFile(), "rw")) {
      file.write(trouble.sign);
    }
  }
}
