package io.foretell.servicedesk.sql;

import io.foretell.servicedesk.outbox.Outbox;
import io.foretell.servicedesk.outbox.OutboxEntry;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The outbox in SQL tables. */
final class SqlOutbox implements Outbox {
  private final Jdbi jdbi;
  private final Writer writer;

  SqlOutbox(Jdbi jdbi, Writer writer) {
    this.jdbi = jdbi;
    this.writer = writer;
  }

  @Override
  public List<OutboxEntry> after(long sequence, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT * FROM desk_outbox WHERE seq > :seq ORDER BY seq LIMIT :most")
                .bind("seq", sequence)
                .bind("most", limit)
                .map(Rows::outbox)
                .list());
  }

  @Override
  public long progress(String relay) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT seq FROM desk_relay WHERE name = :name")
                .bind("name", relay)
                .mapTo(Long.class)
                .findOne()
                .orElse(0L));
  }

  @Override
  public void advance(String relay, long sequence) {
    writer.write(
        handle -> {
          advance(handle, relay, sequence);
          return sequence;
        });
  }

  static void advance(Handle handle, String relay, long sequence) {
    int known = handle.execute("UPDATE desk_relay SET seq = ? WHERE name = ?", sequence, relay);
    if (known == 0) {
      handle.execute("INSERT INTO desk_relay (name, seq) VALUES (?, ?)", relay, sequence);
    }
  }

  @Override
  public long end() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT outbox_seq FROM desk_writer WHERE id = 1")
                .mapTo(Long.class)
                .one());
  }

  @Override
  public void forget(List<String> relays) {
    long done = relays.stream().mapToLong(this::progress).min().orElse(0);
    if (done > 0) {
      writer.write(handle -> handle.execute("DELETE FROM desk_outbox WHERE seq <= ?", done));
    }
  }
}
