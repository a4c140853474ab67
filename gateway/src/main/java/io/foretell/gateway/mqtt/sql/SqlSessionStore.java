package io.foretell.gateway.mqtt.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.foretell.gateway.mqtt.KeptSession;
import io.foretell.gateway.mqtt.KeptSession.Sent;
import io.foretell.gateway.mqtt.KeptSession.Subscribed;
import io.foretell.gateway.mqtt.SessionStore;
import io.foretell.gateway.mqtt.SessionsUnavailableException;
import io.foretell.proto.DeviceId;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlStatement;

/** Sessions in the gateway's tables, a row each, with SQL that SQLite and PostgreSQL share. */
public final class SqlSessionStore implements SessionStore {
  private static final String UPSERT =
      "INSERT INTO mqtt_session"
          + " (tenant, device, client_id, expiry, left_at, subscriptions, sent, received, id,"
          + " noted, holder) VALUES (:tenant, :device, :client, :expiry, :leftAt, :subscriptions,"
          + " :sent, :received, :id, :noted, :holder)"
          + " ON CONFLICT (tenant, device, client_id) DO UPDATE SET expiry = excluded.expiry,"
          + " left_at = excluded.left_at, subscriptions = excluded.subscriptions,"
          + " sent = excluded.sent, received = excluded.received, id = excluded.id,"
          + " noted = excluded.noted"
          + " WHERE mqtt_session.holder = excluded.holder";
  private static final String ONE =
      " WHERE tenant = :tenant AND device = :device AND client_id = :client";
  private static final String DELETE = "DELETE FROM mqtt_session" + ONE + " AND holder = :holder";

  private static final RowMapper<KeptSession> ROW =
      (row, context) ->
          new KeptSession(
              new DeviceId(row.getString("tenant"), row.getString("device")),
              row.getString("client_id"),
              row.getLong("expiry"),
              row.getLong("left_at"),
              words(row.getString("subscriptions")).map(SqlSessionStore::subscribed).toList(),
              words(row.getString("sent")).map(SqlSessionStore::sent).toList(),
              words(row.getString("received")).map(Integer::valueOf).toList(),
              row.getLong("id"),
              row.getLong("noted"));

  private final Jdbi jdbi;

  /**
   * @param database one that has the gateway's tables
   */
  public SqlSessionStore(DataSource database) {
    this.jdbi = Jdbi.create(database);
  }

  @Override
  public List<KeptSession> load() {
    try {
      return jdbi.inTransaction(
          handle -> {
            handle.execute("UPDATE mqtt_session SET holder = 0 WHERE holder <> 0");
            return handle.createQuery("SELECT * FROM mqtt_session").map(ROW).list();
          });
    } catch (JdbiException e) {
      throw new SessionsUnavailableException("MQTT sessions cannot be read", e);
    }
  }

  @Override
  public Optional<Claimed> claim(DeviceId device, String clientId, long holder) {
    try {
      return jdbi.inTransaction(handle -> claim(handle, device, clientId, holder));
    } catch (JdbiException e) {
      throw new SessionsUnavailableException("an MQTT session cannot be claimed", e);
    }
  }

  private static Optional<Claimed> claim(
      Handle handle, DeviceId device, String clientId, long holder) {
    // Whoever claims it first is waited for; what it was before is read in the same statement.
    boolean there =
        keyed(
                    handle.createUpdate(
                        "UPDATE mqtt_session SET former = holder, holder = :holder" + ONE),
                    device,
                    clientId)
                .bind("holder", holder)
                .execute()
            == 1;
    if (!there) {
      return Optional.empty();
    }
    return keyed(handle.createQuery("SELECT * FROM mqtt_session" + ONE), device, clientId)
        .map((row, context) -> new Claimed(ROW.map(row, context), row.getLong("former")))
        .findOne();
  }

  @Override
  public int forgetExpired(long now) {
    try {
      return jdbi.withHandle(
          handle ->
              handle
                  .createUpdate(
                      "DELETE FROM mqtt_session WHERE left_at > 0 AND left_at + expiry <= :now")
                  .bind("now", now)
                  .execute());
    } catch (JdbiException e) {
      throw new SessionsUnavailableException("old MQTT sessions cannot be forgotten", e);
    }
  }

  @Override
  public void write(List<Change> changes) {
    try {
      jdbi.useTransaction(handle -> write(handle, changes));
    } catch (JdbiException e) {
      throw new SessionsUnavailableException("MQTT sessions cannot be kept", e);
    }
  }

  private static void write(Handle handle, List<Change> changes) {
    try (PreparedBatch kept = handle.prepareBatch(UPSERT);
        PreparedBatch forgotten = handle.prepareBatch(DELETE)) {
      for (Change change : changes) {
        if (change instanceof Change.Keep keep) {
          bind(kept, keep.session(), keep.holder());
        } else if (change instanceof Change.Forget forget) {
          keyed(forgotten, forget.device(), forget.clientId())
              .bind("holder", forget.holder())
              .add();
        }
      }
      if (kept.size() > 0) {
        kept.execute();
      }
      if (forgotten.size() > 0) {
        forgotten.execute();
      }
    }
  }

  private static void bind(PreparedBatch batch, KeptSession session, long holder) {
    keyed(batch, session.device(), session.clientId())
        .bind("holder", holder)
        .bind("expiry", session.expiry())
        .bind("leftAt", session.leftAt())
        .bind("subscriptions", joined(session.subscriptions().stream().map(s -> text(s))))
        .bind("sent", joined(session.sent().stream().map(s -> text(s))))
        .bind("received", joined(session.received().stream().map(String::valueOf)))
        .bind("id", session.id())
        .bind("noted", session.noted())
        .add();
  }

  private static <S extends SqlStatement<S>> S keyed(
      S statement, DeviceId device, String clientId) {
    return statement
        .bind("tenant", device.tenant())
        .bind("device", device.device())
        .bind("client", clientId);
  }

  private static String joined(Stream<String> words) {
    return words.collect(Collectors.joining(" "));
  }

  private static Stream<String> words(String text) {
    return text.isEmpty() ? Stream.empty() : Arrays.stream(text.split(" "));
  }

  private static String text(Subscribed one) {
    return one.filter() + "," + one.qos() + "," + one.json() + "," + one.identifier();
  }

  private static Subscribed subscribed(String text) {
    String[] part = text.split(",");
    return subscribed(part, 0);
  }

  private static Subscribed subscribed(String[] part, int at) {
    return new Subscribed(
        part[at],
        Integer.parseInt(part[at + 1]),
        Boolean.parseBoolean(part[at + 2]),
        Integer.parseInt(part[at + 3]));
  }

  /** A command's id may have any character, so it goes in base 64. */
  private static String text(Sent one) {
    String id = Base64.getUrlEncoder().encodeToString(one.commandId().getBytes(UTF_8));
    return one.packetId() + "," + id + "," + one.released() + "," + text(one.by());
  }

  private static Sent sent(String text) {
    String[] part = text.split(",");
    return new Sent(
        Integer.parseInt(part[0]),
        new String(Base64.getUrlDecoder().decode(part[1]), UTF_8),
        Boolean.parseBoolean(part[2]),
        subscribed(part, 3));
  }
}
