package io.foretell.app.records;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;

/**
 * The database for what people look up: devices, tickets, campaigns. SQLite in WAL mode with
 * synchronous=FULL, so that what was committed is on disk; one connection, since SQLite has one
 * writer.
 */
public final class Records implements AutoCloseable {
  private final HikariDataSource pool;

  private Records(HikariDataSource pool) {
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
    config.setJdbcUrl("jdbc:sqlite:" + folder.resolve("records.db"));
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(30_000);
    config.addDataSourceProperty("journal_mode", "WAL");
    config.addDataSourceProperty("synchronous", "FULL");
    config.addDataSourceProperty("foreign_keys", "true");
    config.addDataSourceProperty("busy_timeout", "10000");
    return new Records(new HikariDataSource(config));
  }

  /** Connections. */
  public DataSource source() {
    return pool;
  }

  @Override
  public void close() {
    pool.close();
  }
}
