package io.foretell.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/**
 * The key that seals devices' pre-shared keys in the database: {@code keys/seal.key}, mode 0600.
 */
final class Keys {
  private static final int BYTES = 32;

  private Keys() {}

  /**
   * Reads it, or makes it; a file of another length opens nothing.
   *
   * @param makes false: it must be there
   */
  static byte[] seal(Path folder, boolean makes) {
    Path file = folder.resolve("seal.key");
    try {
      if (!makes && !Files.exists(file)) {
        throw new Config.InvalidConfigException(
            "shared: there is no "
                + file
                + "; see that the folder is the one of the other processes, and start one with the"
                + " role desk first");
      }
      Files.createDirectories(folder);
      if (!Files.exists(file)) {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
          Files.createFile(
              file,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.write(file, key);
      }
      byte[] key = Files.readAllBytes(file);
      if (key.length != BYTES) {
        throw new IOException(file + " is no key; restore it from a backup");
      }
      return key;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the sealing key", e);
    }
  }
}
