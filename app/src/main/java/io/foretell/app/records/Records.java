package io.foretell.app.records;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * The database for what people look up: devices, tickets, campaigns. SQLite in WAL mode with
 * synchronous=FULL, so that what was committed is on disk; one connection, since SQLite has one
 * writer.
 */
public final class Records implements AutoCloseable {
  private static final String FILE = "records.db";

  private final Path folder;
  private final HikariDataSource pool;

  private Records(Path folder, HikariDataSource pool) {
    this.folder = folder;
    this.pool = pool;
  }

  /** Opens, or makes, the database in a folder. */
  public static Records open(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + folder, e);
    }
    HikariConfig config = new HikariConfig();
    config.setPoolName("records");
    config.setJdbcUrl("jdbc:sqlite:" + folder.resolve(FILE));
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(30_000);
    config.addDataSourceProperty("journal_mode", "WAL");
    config.addDataSourceProperty("synchronous", "FULL");
    config.addDataSourceProperty("foreign_keys", "true");
    config.addDataSourceProperty("busy_timeout", "10000");
    return new Records(folder, new HikariDataSource(config));
  }

  /** Connections. */
  public DataSource source() {
    return pool;
  }

  /**
   * A copy as of one moment in another folder, while reading and writing go on.
   *
   * @throws UncheckedIOException where it cannot be made
   */
  public void copyTo(Path other) {
    // A connection of its own: the one of the pool is not kept from others so long.
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(FILE));
        PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
      copy.setString(1, other.resolve(FILE).toString());
      copy.execute();
    } catch (SQLException e) {
      throw new UncheckedIOException(new IOException("records cannot be copied", e));
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
