package io.foretell.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The administrator's token: 256 random bits, made at the first start of a data folder and kept in
 * {@code admin.token} (mode 0600). An empty or short file opens nothing: the server does not start.
 */
public final class AdminToken {
  private static final String FILE = "admin.token";
  private static final int SHORTEST = 32;

  private final String token;

  private AdminToken(String token) {
    this.token = token;
  }

  /** Reads the token of a data folder, or makes it. */
  public static AdminToken in(Path data) {
    return in(data, true);
  }

  /**
   * Reads the token of a folder.
   *
   * @param makes whether it is made where there is none
   */
  static AdminToken in(Path data, boolean makes) {
    Path file = data.resolve(FILE);
    try {
      if (!makes && !Files.exists(file)) {
        throw new Config.InvalidConfigException(
            "shared: there is no "
                + file
                + "; see that the folder is the one of the other processes, and start one with the"
                + " role desk first");
      }
      Files.createDirectories(data);
      if (!Files.exists(file)) {
        write(file);
      }
      return new AdminToken(checked(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the administrator's token in " + file, e);
    }
  }

  /** The token of a data folder, for a command-line tool. */
  public static String read(Path data) throws IOException {
    return checked(data.resolve(FILE));
  }

  private static String checked(Path file) throws IOException {
    String token = Files.readString(file, StandardCharsets.US_ASCII).trim();
    if (token.length() < SHORTEST) {
      throw new IOException(file + " holds no token; delete it, and the next start makes one");
    }
    return token;
  }

  private static void write(Path file) throws IOException {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(
        file,
        token + "\n",
        StandardCharsets.US_ASCII,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.SYNC);
  }

  /** Whether it is this token; takes the same time for any other. */
  public boolean matches(String given) {
    return MessageDigest.isEqual(
        token.getBytes(StandardCharsets.US_ASCII), given.getBytes(StandardCharsets.UTF_8));
  }

  /** The token itself, to be handed to the demo's browser. */
  public String reveal() {
    return token;
  }
}
