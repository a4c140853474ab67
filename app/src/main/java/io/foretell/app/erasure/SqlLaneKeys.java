package io.foretell.app.erasure;

import io.foretell.ingest.engine.kafka.LaneKey;
import io.foretell.ingest.engine.kafka.LaneKeys;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Health;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Part;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The keys of lanes in the table of records, wrapped. What was read is remembered; each process
 * asks every second which keys are retired, and forgets those. A retired key is destroyed only
 * after {@link #GRACE}, when no process can remember it as one to seal by.
 *
 * <p>A process that could not ask for as long trusts its memory only while the database does not
 * answer at all, and no longer than {@link #OUTAGE}; then it knows no key.
 */
public final class SqlLaneKeys implements LaneKeys, Part {
  /** How long a key is retired before it is destroyed; longer than any memory of it. */
  public static final Duration GRACE = Duration.ofSeconds(6);

  /** The longest that keys are remembered while the database does not answer. */
  public static final Duration OUTAGE = Duration.ofMinutes(10);

  private static final String PART = "lane-keys";
  private static final String COLUMNS = "id, tenant, device, secret, retired_at";
  private static final long GLANCE_MILLIS = 1_000;
  private static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(4);
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int THREADS = 3;
  private static final int CHUNK = 200;

  private final DataSource records;
  private final Wrapping wrapping;
  private final Duration grace;
  private final InstantSource clock;
  private final Remembered remembered;
  private final ScheduledExecutorService asking =
      Executors.newSingleThreadScheduledExecutor(SqlLaneKeys::thread);
  private final ExecutorService reading =
      Executors.newFixedThreadPool(THREADS, SqlLaneKeys::thread);
  private volatile long asked;
  private volatile boolean away;

  /** A row. */
  private record Row(LaneKey key, long retiredAt) {}

  /** A statement's parameters. */
  private interface Parameters {
    void set(PreparedStatement statement) throws SQLException;
  }

  /**
   * Over the table of the gateway's schema.
   *
   * @param installation 32 bytes that are kept apart from the database
   * @param most keys to remember, by device and by id
   * @param grace {@link #GRACE}; zero where there are no other processes
   */
  public SqlLaneKeys(
      DataSource records, byte[] installation, int most, Duration grace, InstantSource clock) {
    this.records = records;
    this.wrapping = new Wrapping(installation);
    this.grace = grace;
    this.clock = clock;
    this.remembered = new Remembered(most);
    this.asked = System.nanoTime() - OUTAGE.toNanos();
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "lane-keys");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void start() {
    ask();
    asking.scheduleWithFixedDelay(this::ask, GLANCE_MILLIS, GLANCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Asks what is retired. */
  private void ask() {
    long now = System.nanoTime();
    try {
      Set<UUID> retired = retired();
      remembered.retired(retired, now - asked > LEASE_NANOS);
      asked = now;
      away = false;
    } catch (LaneUnavailableException e) {
      away = true;
    }
  }

  private Set<UUID> retired() {
    return Sql.transaction(
        records,
        connection -> {
          Set<UUID> retired = new HashSet<>();
          try (PreparedStatement select =
                  connection.prepareStatement("SELECT id FROM lane_key WHERE retired_at > 0");
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              retired.add(UUID.fromString(row.getString(1)));
            }
          }
          return retired;
        });
  }

  private boolean trusted() {
    long age = System.nanoTime() - asked;
    return age < LEASE_NANOS || (away && age < OUTAGE.toNanos());
  }

  @Override
  public @Nullable LaneKey known(DeviceId device) {
    return trusted() ? remembered.sealing(device) : null;
  }

  @Override
  public CompletionStage<LaneKey> of(DeviceId device) {
    LaneKey known = known(device);
    if (known != null) {
      return CompletableFuture.completedFuture(known);
    }
    if (away) {
      return CompletableFuture.failedFuture(unanswered());
    }
    try {
      return CompletableFuture.supplyAsync(() -> sealing(device), reading);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new LaneUnavailableException("the keys of lanes are closed", e));
    }
  }

  private static LaneUnavailableException unanswered() {
    return new LaneUnavailableException("the database of records does not answer");
  }

  private LaneKey sealing(DeviceId device) {
    long began = System.nanoTime();
    LaneKey key =
        Sql.transaction(
            records,
            connection -> {
              Optional<LaneKey> there = sealing(connection, device);
              if (there.isEmpty()) {
                make(connection, device);
                there = sealing(connection, device);
              }
              return there.orElseThrow(() -> new SQLException("the key of a device is retired"));
            });
    remember(key, true, began);
    return key;
  }

  private Optional<LaneKey> sealing(Connection connection, DeviceId device) throws SQLException {
    List<Row> rows =
        rows(
            connection,
            "tenant = ? AND device = ? AND retired_at = 0",
            statement -> {
              statement.setString(1, device.tenant());
              statement.setString(2, device.device());
            });
    return rows.stream().findFirst().map(Row::key);
  }

  // Where another process makes one at the same moment, the first to commit stays.
  private void make(Connection connection, DeviceId device) throws SQLException {
    UUID id = UUID.randomUUID();
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO lane_key (id, tenant, device, secret, made_at, retired_at)"
                + " VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING")) {
      insert.setString(1, id.toString());
      insert.setString(2, device.tenant());
      insert.setString(3, device.device());
      insert.setString(4, wrapping.wrap(id, wrapping.secret(LaneKey.BYTES)));
      insert.setLong(5, clock.millis());
      insert.executeUpdate();
    }
  }

  // What took long to read may have been retired, and asked for, since.
  private void remember(LaneKey key, boolean seals, long began) {
    if (System.nanoTime() - began < SLOW_NANOS) {
      remembered.put(key, seals);
    }
  }

  @Override
  public Map<UUID, LaneKey> find(Collection<UUID> ids) {
    Map<UUID, LaneKey> found = new HashMap<>();
    List<UUID> missing = new ArrayList<>();
    boolean trusted = trusted();
    for (UUID id : ids) {
      LaneKey known = trusted ? remembered.opening(id) : null;
      if (known != null) {
        found.put(id, known);
      } else if (!remembered.destroyed(id)) {
        missing.add(id);
      }
    }
    if (away && !missing.isEmpty()) {
      throw unanswered();
    }
    for (int i = 0; i < missing.size(); i += CHUNK) {
      read(missing.subList(i, Math.min(missing.size(), i + CHUNK)), found);
    }
    return found;
  }

  private void read(List<UUID> ids, Map<UUID, LaneKey> found) {
    long began = System.nanoTime();
    String marks = "?" + ", ?".repeat(ids.size() - 1);
    List<Row> rows =
        Sql.transaction(
            records,
            connection ->
                rows(
                    connection,
                    "id IN (" + marks + ")",
                    statement -> {
                      for (int i = 0; i < ids.size(); i++) {
                        statement.setString(i + 1, ids.get(i).toString());
                      }
                    }));
    for (Row row : rows) {
      found.put(row.key().id(), row.key());
      remember(row.key(), row.retiredAt() == 0, began);
    }
    // A key is there before anything is sealed by it, and an id is never given again.
    for (UUID id : ids) {
      if (!found.containsKey(id)) {
        remembered.destroy(id);
      }
    }
  }

  private List<Row> rows(Connection connection, String where, Parameters parameters)
      throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement("SELECT " + COLUMNS + " FROM lane_key WHERE " + where)) {
      parameters.set(select);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          UUID id = UUID.fromString(row.getString(1));
          DeviceId device = new DeviceId(row.getString(2), row.getString(3));
          byte[] secret = wrapping.unwrap(id, row.getString(4));
          rows.add(new Row(LaneKey.of(id, device, secret), row.getLong(5)));
        }
      }
    }
    return rows;
  }

  @Override
  public List<LaneKey> retire(DeviceId device) {
    long now = clock.millis();
    List<Row> rows = Sql.transaction(records, connection -> retire(connection, device, now));
    long last = 0;
    List<LaneKey> retired = new ArrayList<>();
    for (Row row : rows) {
      last = Math.max(last, row.retiredAt());
      remembered.forget(device);
      retired.add(row.key());
    }
    if (!rows.isEmpty()) {
      // Clocks of processes may differ; nobody waits longer than the whole.
      pause(Math.min(grace.toMillis(), last + grace.toMillis() - now));
    }
    return retired;
  }

  private List<Row> retire(Connection connection, DeviceId device, long now) throws SQLException {
    Parameters whose =
        statement -> {
          statement.setString(1, device.tenant());
          statement.setString(2, device.device());
        };
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE lane_key SET retired_at = "
                + now
                + " WHERE tenant = ? AND device = ? AND retired_at = 0")) {
      whose.set(update);
      update.executeUpdate();
    }
    return rows(connection, "tenant = ? AND device = ?", whose);
  }

  private static void pause(long millis) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.currentThread().isInterrupted()) {
        throw new LaneUnavailableException("interrupted");
      }
    }
  }

  @Override
  public void destroy(List<LaneKey> retired) {
    Sql.transaction(
        records,
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement("DELETE FROM lane_key WHERE id = ? AND retired_at > 0")) {
            for (LaneKey key : retired) {
              delete.setString(1, key.id().toString());
              delete.addBatch();
            }
            return delete.executeBatch();
          }
        });
    // Whether it is gone is what the table says.
    retired.forEach(remembered::forget);
  }

  /** What the table is good for is told by the records. */
  @Override
  public Health health() {
    return Health.good(PART);
  }

  @Override
  public void close() {
    asking.shutdownNow();
    reading.shutdownNow();
  }
}
