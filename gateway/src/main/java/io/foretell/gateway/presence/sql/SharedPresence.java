package io.foretell.gateway.presence.sql;

import io.foretell.gateway.LivePresence;
import io.foretell.gateway.Presence;
import io.foretell.gateway.identity.RegisterUnavailableException;
import io.foretell.proto.DeviceId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is there, over all processes: what this process sees of its own connections is written down,
 * and what all have written is read. A row is the word of the process that a device came to last;
 * that another one saw it leave does not count any more.
 */
public final class SharedPresence implements Presence {
  private static final Logger log = LoggerFactory.getLogger(SharedPresence.class);
  private static final int BATCH = 500;
  private static final long FRESH_NANOS = 500_000_000L;

  /** A tenant is read again when this many times as long has passed as the reading took. */
  private static final int SPARING = 20;

  private static final String UPSERT =
      "INSERT INTO presence (tenant, device, node, there, since, last_seen, via, reason) VALUES"
          + " (:tenant, :device, :node, :there, :since, :seen, :via, :reason)"
          + " ON CONFLICT (tenant, device) DO UPDATE SET node = excluded.node,"
          + " there = excluded.there, since = excluded.since, last_seen = excluded.last_seen,"
          + " via = excluded.via, reason = excluded.reason"
          + " WHERE excluded.there = 1 OR presence.node = excluded.node OR presence.there = 0";

  private static final RowMapper<Status> ROW =
      (row, context) ->
          new Status(
              new DeviceId(row.getString("tenant"), row.getString("device")),
              row.getInt("there") == 1,
              row.getLong("since"),
              row.getLong("last_seen"),
              row.getString("via"),
              row.getString("reason"));

  private final LivePresence live;
  private final Jdbi jdbi;
  private final int node;
  private final Map<DeviceId, Status> unwritten = new LinkedHashMap<>();
  private final Map<String, Known> tenants = new ConcurrentHashMap<>();

  /** What was read of a tenant. */
  private record Known(Map<DeviceId, Status> devices, long readAt, long goodFor) {}

  /**
   * @param live what this process sees
   * @param database one that has the gateway's tables
   * @param node names this process among all
   */
  public SharedPresence(LivePresence live, DataSource database, int node) {
    this.live = live;
    this.jdbi = Jdbi.create(database);
    this.node = node;
    var unused = live.onChange(this::changed);
  }

  private void changed(Status status) {
    synchronized (unwritten) {
      unwritten.remove(status.device());
      unwritten.put(status.device(), status);
    }
  }

  /** Everything that this process sees is to be written again, as after its lock was lost. */
  public void renew() {
    live.present().forEach(this::changed);
  }

  /** Forgets a device that was erased: nothing of it is written any more. */
  public void drop(DeviceId device) {
    live.drop(device);
    synchronized (unwritten) {
      unwritten.remove(device);
    }
  }

  /** Writes what has changed; what cannot be written stays for the next time. May block. */
  public void flush() {
    List<Status> taken = take();
    while (!taken.isEmpty()) {
      try {
        write(taken);
      } catch (JdbiException e) {
        log.warn("presence cannot be written: {}", e.getMessage());
        putBack(taken);
        return;
      }
      taken = take();
    }
  }

  private List<Status> take() {
    synchronized (unwritten) {
      List<Status> taken = unwritten.values().stream().limit(BATCH).toList();
      taken.forEach(status -> unwritten.remove(status.device()));
      return taken;
    }
  }

  private void putBack(List<Status> taken) {
    synchronized (unwritten) {
      taken.forEach(status -> unwritten.putIfAbsent(status.device(), status));
    }
  }

  private void write(List<Status> statuses) {
    List<Status> inOrder = new ArrayList<>(statuses);
    inOrder.sort((a, b) -> a.device().compareTo(b.device()));
    jdbi.useTransaction(
        handle -> {
          PreparedBatch batch = handle.prepareBatch(UPSERT);
          for (Status status : inOrder) {
            batch
                .bind("tenant", status.device().tenant())
                .bind("device", status.device().device())
                .bind("node", node)
                .bind("there", status.online() ? 1 : 0)
                .bind("since", status.since())
                .bind("seen", status.lastSeen())
                .bind("via", status.via())
                .bind("reason", status.reason())
                .add();
          }
          batch.execute();
        });
  }

  /**
   * Ends the presence, and the hold on sessions, of what processes that are no more have left.
   *
   * @param alive the processes that live
   * @param now ms since 1970
   * @return the devices that are not there any more
   */
  public List<Status> endOthers(Set<Integer> alive, long now) {
    return jdbi.inTransaction(
        handle -> {
          // Numbers, so nothing of it comes from outside; 0 is where there is one process.
          String living =
              alive.stream().map(id -> "," + id).collect(Collectors.joining("", "(0", ")"));
          handle.execute(
              "UPDATE mqtt_session SET left_at = ? WHERE left_at = 0 AND holder <> 0"
                  + " AND holder / 4294967296 NOT IN "
                  + living,
              now);
          return handle
              .createQuery(
                  "UPDATE presence SET there = 0, since = :now, reason = 'gateway-lost'"
                      + " WHERE there = 1 AND node NOT IN "
                      + living
                      + " RETURNING *")
              .bind("now", now)
              .map(ROW)
              .list();
        });
  }

  @Override
  public void arrived(DeviceId device, String via, String connection) {
    live.arrived(device, via, connection);
  }

  @Override
  public void seen(DeviceId device, String via) {
    live.seen(device, via);
  }

  @Override
  public void left(DeviceId device, String via, String connection, String reason) {
    live.left(device, via, connection, reason);
  }

  /** {@inheritDoc} Read from the database, up to a moment late. */
  @Override
  public Optional<Status> of(DeviceId device) {
    return Optional.ofNullable(known(device.tenant()).get(device));
  }

  /**
   * The device as it is written down now. What a process has just seen is written within half a
   * second.
   *
   * @throws RegisterUnavailableException where the database does not answer
   */
  public Optional<Status> written(DeviceId device) {
    try {
      return jdbi.withHandle(
          handle ->
              handle
                  .createQuery("SELECT * FROM presence WHERE tenant = :tenant AND device = :device")
                  .bind("tenant", device.tenant())
                  .bind("device", device.device())
                  .map(ROW)
                  .findOne());
    } catch (JdbiException e) {
      throw new RegisterUnavailableException("presence cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public List<Status> all(String tenant) {
    return List.copyOf(known(tenant).values());
  }

  private Map<DeviceId, Status> known(String tenant) {
    Known known = tenants.get(tenant);
    long now = System.nanoTime();
    if (known == null || now - known.readAt() > known.goodFor()) {
      Map<DeviceId, Status> read =
          jdbi.withHandle(
              handle ->
                  handle
                      .createQuery("SELECT * FROM presence WHERE tenant = :tenant")
                      .bind("tenant", tenant)
                      .map(ROW)
                      .collect(Collectors.toMap(Status::device, Function.identity())));
      long took = System.nanoTime() - now;
      known = new Known(read, now, Math.max(FRESH_NANOS, SPARING * took));
      tenants.put(tenant, known);
    }
    return known.devices();
  }
}
