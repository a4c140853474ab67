package io.foretell.app;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Properties;

/**
 * Where the stores of a data folder were moved to, as {@code moved.properties} in it says: keys of
 * the configuration that a server must have since then. Without them it would begin anew, and know
 * no device.
 */
public final class Whereabouts {
  private static final String FILE = "moved.properties";

  private static final List<Config.Key<String>> ADDRESSES =
      List.of(Config.KAFKA, Config.RECORDS_URL, Config.INFLUX_URL, Config.S3_URL);

  private Whereabouts() {}

  /**
   * Refuses a configuration without an address that something was moved to.
   *
   * @throws Config.InvalidConfigException with what to do
   */
  static void require(Config config) {
    Path file = config.get(Config.DATA).resolve(FILE);
    Properties moved = read(file);
    for (Config.Key<String> address : ADDRESSES) {
      String to = moved.getProperty(address.name());
      if (to != null && config.get(address).isEmpty()) {
        throw new Config.InvalidConfigException(
            file
                + ": what was kept in this folder was moved to "
                + to
                + ": set "
                + address.name()
                + ", or bring it back by 'foretell migrate --to embedded'");
      }
    }
  }

  /** Notes that what has an address in a configuration is kept there from now on. */
  public static void note(Config config) throws IOException {
    Path file = config.get(Config.DATA).resolve(FILE);
    Properties moved = read(file);
    for (Config.Key<String> address : ADDRESSES) {
      if (!config.get(address).isEmpty()) {
        // What follows the question mark may be a password.
        moved.setProperty(address.name(), config.get(address).replaceFirst("\\?.*", ""));
      }
    }
    Path part = file.resolveSibling(FILE + ".part");
    try (Writer writer = Files.newBufferedWriter(part)) {
      moved.store(writer, "by foretell migrate; a server refuses to start without these keys");
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Everything is kept in the folder again. */
  public static void forget(Path data) throws IOException {
    Files.deleteIfExists(data.resolve(FILE));
  }

  private static Properties read(Path file) {
    Properties moved = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        moved.load(reader);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
    }
    return moved;
  }
}
