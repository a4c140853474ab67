package io.foretell.app.erasure;

import io.foretell.proto.LaneUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Transactions on the records. */
final class Sql {
  private Sql() {}

  /** What is done in one transaction. */
  interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  /**
   * Does it wholly or not at all.
   *
   * @throws LaneUnavailableException where the database does not take it
   */
  static <T> T transaction(DataSource records, Work<T> work) {
    try (Connection connection = records.getConnection()) {
      connection.setAutoCommit(false);
      boolean done = false;
      try {
        T result = work.with(connection);
        connection.commit();
        done = true;
        return result;
      } finally {
        if (!done) {
          connection.rollback();
        }
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw new LaneUnavailableException("the records: " + e.getMessage(), e);
    }
  }
}
