package io.foretell.servicedesk.sql;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Lets one writer at a time at the database.
 *
 * <p>Within the process a lock does it. Between processes the first statement of every transaction
 * updates one row: PostgreSQL makes others wait for it, and SQLite takes its write lock at once
 * instead of upgrading a read transaction, which fails where another process wrote in between
 * (SQLITE_BUSY_SNAPSHOT, which no busy timeout covers).
 */
final class Writer {
  private static final String TURN = "UPDATE desk_writer SET turn = turn + 1 WHERE id = 1";

  private final Jdbi jdbi;
  private final ReentrantLock turn = new ReentrantLock(true);

  Writer(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  <T> T write(Function<Handle, T> work) {
    turn.lock();
    try {
      return jdbi.inTransaction(
          handle -> {
            handle.execute(TURN);
            return work.apply(handle);
          });
    } finally {
      turn.unlock();
    }
  }
}
