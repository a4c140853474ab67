package io.foretell.app.records;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.foretell.proto.Health;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Part;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The database for what people look up: devices, tickets, campaigns. SQLite in WAL mode with
 * synchronous=FULL, so that what was committed is on disk, and one connection, since SQLite has one
 * writer; or PostgreSQL where an address is given.
 *
 * <p>A connection to PostgreSQL that is lost costs the statement that ran on it. Who sent it tries
 * again: sinks get the same batch until it is taken, timers come again, and people see an error.
 */
public final class Records implements Part {
  private static final String PART = "records";
  private static final String FILE = "records.db";
  private static final int CONNECTIONS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Optional<Path> folder;
  private final HikariDataSource pool;
  private volatile boolean closed;

  private Records(Optional<Path> folder, HikariDataSource pool) {
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
    config.setPoolName(PART);
    config.setJdbcUrl("jdbc:sqlite:" + folder.resolve(FILE));
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(30_000);
    config.addDataSourceProperty("journal_mode", "WAL");
    config.addDataSourceProperty("synchronous", "FULL");
    config.addDataSourceProperty("foreign_keys", "true");
    config.addDataSourceProperty("busy_timeout", "10000");
    return new Records(Optional.of(folder), new HikariDataSource(config));
  }

  /**
   * Opens the database in a folder to read it: nothing there is changed, and a server may run on
   * it.
   *
   * @throws RecordsRefusedException where there is none
   */
  public static Records openToRead(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new RecordsRefusedException("no " + FILE + " in " + folder, null);
    }
    // Without a log beside it nobody writes, and none shall be made.
    boolean written = Files.exists(folder.resolve(FILE + "-wal"));
    HikariConfig config = new HikariConfig();
    config.setPoolName(PART);
    config.setJdbcUrl(
        "jdbc:sqlite:" + file.toAbsolutePath().toUri() + (written ? "?mode=ro" : "?immutable=1"));
    config.setMaximumPoolSize(1);
    config.addDataSourceProperty("busy_timeout", "10000");
    return new Records(Optional.empty(), new HikariDataSource(config));
  }

  /**
   * Opens a database of a PostgreSQL server.
   *
   * @param url {@code jdbc:postgresql://host:port/database}; several hosts are tried in turn
   * @param user where not in the address; empty: as the driver decides
   * @param password never logged; may be empty
   * @throws RecordsRefusedException where it is no such address, nobody answers there, or the user
   *     is not let in
   */
  public static Records open(String url, String user, String password) {
    if (!url.startsWith("jdbc:postgresql:")) {
      throw new RecordsRefusedException(
          "records.url must be like jdbc:postgresql://host:5432/foretell", null);
    }
    HikariConfig config = new HikariConfig();
    config.setPoolName(PART);
    config.setJdbcUrl(url);
    if (!user.isEmpty()) {
      config.setUsername(user);
    }
    if (!password.isEmpty()) {
      config.setPassword(password);
    }
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(2);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setValidationTimeout(5_000);
    config.setKeepaliveTime(30_000);
    config.setInitializationFailTimeout(PATIENCE.toMillis());
    config.addDataSourceProperty("ApplicationName", "foretell");
    config.addDataSourceProperty("connectTimeout", "5");
    config.addDataSourceProperty("socketTimeout", "60");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("targetServerType", "primary");
    try {
      return new Records(Optional.empty(), new HikariDataSource(config));
    } catch (PoolInitializationException e) {
      Throwable said = e.getCause() == null ? e : e.getCause();
      throw new RecordsRefusedException("records.url: " + said.getMessage(), e);
    }
  }

  /** Connections. */
  public DataSource source() {
    return pool;
  }

  /**
   * A copy as of one moment in another folder, while reading and writing go on.
   *
   * @throws UncheckedIOException where it cannot be made
   * @throws InvalidInputException where the database is PostgreSQL, which has tools of its own
   */
  public void copyTo(Path other) {
    Path from =
        folder.orElseThrow(
            () ->
                new InvalidInputException(
                    ReasonCode.CONFLICT, "the records are in PostgreSQL: copy them by pg_dump"));
    // A connection of its own: the one of the pool is not kept from others so long.
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + from.resolve(FILE));
        PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
      copy.setString(1, other.resolve(FILE).toString());
      copy.execute();
    } catch (SQLException e) {
      throw new UncheckedIOException(new IOException("records cannot be copied", e));
    }
  }

  /**
   * Gives the room of deleted rows back, so that nothing of them is left in the file. PostgreSQL
   * does so itself, in its own time.
   */
  public void scrub() {
    if (folder.isEmpty()) {
      return;
    }
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("VACUUM");
      // The log in front of the file has old pages until it is taken in and cut.
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (SQLException e) {
      throw new UncheckedIOException(new IOException("records keep the room of what went", e));
    }
  }

  /** Does nothing: the tables are needed before the other parts are made, so it is open already. */
  @Override
  public void start() {}

  @Override
  public Health health() {
    HikariPoolMXBean state = pool.getHikariPoolMXBean();
    boolean there = !closed && state != null && state.getTotalConnections() > 0;
    return there
        ? Health.good(PART)
        : Health.bad(
            PART,
            "RECORDS_UNAVAILABLE",
            "There is no connection to the database of devices, tickets and campaigns.",
            "See that it runs; what waits for it is kept and goes on by itself.");
  }

  @Override
  public void close() {
    closed = true;
    pool.close();
  }
}
