package io.foretell.gateway.identity;

import com.zaxxer.hikari.HikariDataSource;
import io.foretell.gateway.identity.sql.GatewaySchema;
import io.foretell.proto.PostgresServer;
import java.nio.file.Path;
import javax.sql.DataSource;

/** The gateway's tables on a real PostgreSQL, in a schema that stands for a file. */
public final class PostgresDatabase {
  private PostgresDatabase() {}

  /** Opens or makes it. */
  public static DataSource at(Path file) {
    DataSource source = raw(file);
    GatewaySchema.migrate(source);
    return source;
  }

  static DataSource raw(Path file) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(PostgresServer.shared().schemaOf(file));
    pool.setMaximumPoolSize(4);
    pool.setMinimumIdle(0);
    pool.setIdleTimeout(10_000);
    return pool;
  }
}
