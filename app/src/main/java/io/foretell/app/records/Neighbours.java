package io.foretell.app.records;

import io.foretell.proto.Health;
import io.foretell.proto.Part;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of one installation, by way of the database that they share: who lives, whose turn
 * it is for what only one may do, and calls to all. PostgreSQL does the coordinating: a process
 * holds advisory locks on a connection of its own, which are gone with it, and calls are its
 * notifications.
 */
public final class Neighbours implements Part {
  private static final Logger log = LoggerFactory.getLogger(Neighbours.class);
  private static final String PART = "neighbours";
  private static final int GLANCE_MILLIS = 250;
  private static final long START_SECONDS = 10;
  private static final long AGAIN_NANOS = 500_000_000L;

  private final String url;
  private final Properties access = new Properties();
  private final DataSource pool;
  private final boolean takesTurns;
  private final int node = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
  private final Map<String, Consumer<String>> listeners = new ConcurrentHashMap<>();
  private final List<Runnable> returned = new CopyOnWriteArrayList<>();
  private final CountDownLatch joined = new CountDownLatch(1);
  private final ExecutorService caller =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "neighbours-caller");
            thread.setDaemon(true);
            return thread;
          });
  private final Thread thread = new Thread(this::run, "neighbours");
  private volatile String schema = "";
  private volatile boolean up;
  private volatile boolean turn;
  private volatile boolean closed;

  /**
   * Made without I/O.
   *
   * @param url as of the records
   * @param pool of the same database
   * @param takesTurns whether this process may be the one that does what only one may
   */
  public Neighbours(String url, String user, String password, DataSource pool, boolean takesTurns) {
    this.url = url;
    this.pool = pool;
    this.takesTurns = takesTurns;
    if (!user.isEmpty()) {
      access.setProperty("user", user);
    }
    if (!password.isEmpty()) {
      access.setProperty("password", password);
    }
    access.setProperty("ApplicationName", "foretell-" + node);
    access.setProperty("connectTimeout", "5");
    access.setProperty("socketTimeout", "10");
    access.setProperty("tcpKeepAlive", "true");
    access.setProperty("targetServerType", "primary");
  }

  /** Names this process; more than 0. */
  public int node() {
    return node;
  }

  /** Whether it is this process's turn. It ends with the connection to the database. */
  public boolean turn() {
    return turn;
  }

  /** Calls {@code listener} with the text of each call of a kind that another process makes. */
  public void on(String kind, Consumer<String> listener) {
    listeners.put(kind, listener);
  }

  /** Calls {@code listener} after the connection was lost and is back: calls may be missing. */
  public void onReturn(Runnable listener) {
    returned.add(listener);
  }

  /** Calls all others, soon. A call that cannot be made is lost. */
  public void call(String kind, String text) {
    try {
      caller.execute(() -> callNow(kind, text));
    } catch (RejectedExecutionException e) {
      log.debug("no call after the end: {}", kind);
    }
  }

  private void callNow(String kind, String text) {
    try (Connection connection = pool.getConnection();
        PreparedStatement call = connection.prepareStatement("SELECT pg_notify(?, ?)")) {
      call.setString(1, channel());
      call.setString(2, node + " " + kind + " " + text);
      call.execute();
    } catch (SQLException e) {
      log.warn("the other processes are not told of {}: {}", kind, e.getMessage());
    }
  }

  /** The processes that live, this one among them. */
  public Set<Integer> alive() throws SQLException {
    Set<Integer> alive = new HashSet<>();
    try (Connection connection = pool.getConnection();
        PreparedStatement asked =
            connection.prepareStatement(
                "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
                    + " AND classid::bigint = ? AND objsubid = 2 AND database ="
                    + " (SELECT oid FROM pg_database WHERE datname = current_database())")) {
      asked.setLong(1, key("node"));
      try (ResultSet found = asked.executeQuery()) {
        while (found.next()) {
          alive.add((int) found.getLong(1));
        }
      }
    }
    return alive;
  }

  private int key(String of) {
    return ("foretell." + of + "." + schema).hashCode() & Integer.MAX_VALUE;
  }

  private String channel() {
    return "foretell_" + Integer.toHexString(key("calls"));
  }

  @Override
  public void start() {
    thread.setDaemon(true);
    thread.start();
    try {
      if (!joined.await(START_SECONDS, TimeUnit.SECONDS)) {
        throw new RecordsRefusedException(
            "records.url: no answer in " + START_SECONDS + " s", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RecordsRefusedException("interrupted", e);
    }
  }

  private void run() {
    boolean again = false;
    while (!closed) {
      try (Connection connection = DriverManager.getConnection(url, access)) {
        join(connection);
        if (again) {
          returned.forEach(Runnable::run);
        }
        again = true;
        serve(connection);
      } catch (SQLException e) {
        if (!closed) {
          log.warn("the connection to the other processes is lost: {}", e.getMessage());
        }
      } finally {
        turn = false;
        up = false;
      }
      LockSupport.parkNanos(AGAIN_NANOS);
    }
  }

  private void join(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("SELECT current_schema()")) {
      found.next();
      schema = String.valueOf(found.getString(1));
    }
    lock(connection, key("node"), node);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + channel());
    }
    turn = takesTurns && lock(connection, key("turn"), 0);
    up = true;
    joined.countDown();
  }

  private void serve(Connection connection) throws SQLException {
    PGConnection calls = connection.unwrap(PGConnection.class);
    while (!closed) {
      PGNotification[] came = calls.getNotifications(GLANCE_MILLIS);
      if (came != null) {
        for (PGNotification call : came) {
          take(call.getParameter());
        }
      }
      if (turn || !takesTurns) {
        // So that a connection that is gone is noticed.
        try (Statement statement = connection.createStatement()) {
          statement.execute("SELECT 1");
        }
      } else if (lock(connection, key("turn"), 0)) {
        turn = true;
        log.info("it is this process's turn");
      }
    }
  }

  private static boolean lock(Connection connection, int first, int second) throws SQLException {
    try (PreparedStatement lock =
        connection.prepareStatement("SELECT pg_try_advisory_lock(?, ?)")) {
      lock.setInt(1, first);
      lock.setInt(2, second);
      try (ResultSet got = lock.executeQuery()) {
        return got.next() && got.getBoolean(1);
      }
    }
  }

  private void take(String call) {
    String[] part = call.split(" ", 3);
    Consumer<String> listener = part.length == 3 ? listeners.get(part[1]) : null;
    if (listener == null || part[0].equals(String.valueOf(node))) {
      return;
    }
    try {
      listener.accept(part[2]);
    } catch (RuntimeException e) {
      // Boundary: what another process says must not end the listening.
      log.warn("a call could not be followed: {}", call, e);
    }
  }

  @Override
  public Health health() {
    return up
        ? Health.good(PART)
        : Health.bad(
            PART,
            "NEIGHBOURS_UNREACHABLE",
            "The connection by which the processes of this installation know each other is gone.",
            "See that PostgreSQL runs; it is tried again by itself.");
  }

  @Override
  public void close() {
    closed = true;
    caller.shutdown();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
