package io.foretell.gateway.identity;

import io.foretell.gateway.identity.sql.GatewaySchema;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** A SQLite file with the gateway's tables, set up as the server does. */
public final class LiteDatabase {
  private LiteDatabase() {}

  /** Opens or makes it. */
  public static DataSource at(Path file) {
    DataSource source = raw(file);
    GatewaySchema.migrate(source);
    return source;
  }

  static DataSource raw(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(5000);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }
}
