package io.foretell.app.migrate;

import io.foretell.firmwareota.sql.SqlCampaigns;
import io.foretell.gateway.identity.sql.GatewaySchema;
import io.foretell.servicedesk.sql.DeskDatabase;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Moves all tables of the records from one database to another, in one transaction that the caller
 * ends: what was read back from it is what others will see, or nothing.
 */
final class RecordMove implements AutoCloseable {
  /** Where tables keep places on lanes: table, lane, partition, offset. */
  static final List<List<String>> PLACES = List.of(DeskDatabase.PLACES, SqlCampaigns.PLACES);

  // Where each room notes how its tables have changed.
  private static final List<String> SCHEMAS =
      List.of(GatewaySchema.HISTORY_TABLE, DeskDatabase.HISTORY, SqlCampaigns.HISTORY_TABLE);

  // A table that has a row from the beginning.
  private static final String WRITER = "desk_writer";
  private static final String ERASURE = "erasure";

  // By which what is on Kafka is sealed: made there while lanes move, and of no use without them.
  private static final String LANE_KEYS = "lane_key";
  private static final int BATCH = 500;

  private final Connection from;
  private final Connection to;
  private final SortedMap<String, SortedMap<String, Kind>> tables;

  /** How a column's values are read and written. */
  private enum Kind {
    NUMBER,
    FRACTION,
    TEXT
  }

  private RecordMove(
      Connection from, Connection to, SortedMap<String, SortedMap<String, Kind>> tables) {
    this.from = from;
    this.to = to;
    this.tables = tables;
  }

  /**
   * Begins.
   *
   * @param to with all tables, of this version, empty
   * @param lanes whether the lanes move as well, so that their keys do not
   * @throws MigrationException where the tables of the two differ, or those of {@code to} have rows
   */
  static RecordMove between(DataSource from, DataSource to, boolean lanes) throws SQLException {
    Connection source = from.getConnection();
    RecordMove begun = null;
    Connection target = null;
    try {
      target = to.getConnection();
      source.setAutoCommit(false);
      target.setAutoCommit(false);
      requireSame(source, target);
      SortedMap<String, SortedMap<String, Kind>> tables = own(source, target, lanes);
      requireEmpty(target, tables.keySet());
      begun = new RecordMove(source, target, tables);
      return begun;
    } finally {
      if (begun == null) {
        source.close();
        if (target != null) {
          target.close();
        }
      }
    }
  }

  /**
   * Refuses a database that has rows of an installation; one without tables is free.
   *
   * @param from has the tables that are meant
   * @param lanes as above
   */
  static void requireFree(DataSource from, DataSource to, boolean lanes) throws SQLException {
    try (Connection source = from.getConnection();
        Connection target = to.getConnection()) {
      requireEmpty(target, own(source, target, lanes).keySet());
    }
  }

  /** Refuses records of which an erasure was cut off: it must be ended where it was begun. */
  static void requireErased(DataSource from) throws SQLException {
    try (Connection source = from.getConnection()) {
      if (!tables(source).containsKey(ERASURE)) {
        return;
      }
      try (Statement statement = source.createStatement();
          ResultSet open =
              statement.executeQuery(
                  "SELECT \"id\" FROM \"" + ERASURE + "\" WHERE \"ended_at\" = 0")) {
        if (open.next()) {
          throw new MigrationException(
              "erasure "
                  + open.getString(1)
                  + " was cut off: start 'foretell serve' here, do it again (foretell device"
                  + " proofs), stop it, and migrate then");
        }
      }
    }
  }

  /** Counts the rows of a database, as they are. */
  static void count(DataSource from, Tallies rows, boolean lanes) throws SQLException {
    try (Connection source = from.getConnection()) {
      for (var table : own(source, source, lanes).entrySet()) {
        read(source, table.getKey(), table.getValue(), rows, row -> row);
      }
    }
  }

  /** The tables that both have: one of them may also have those of other programs. */
  private static SortedMap<String, SortedMap<String, Kind>> own(
      Connection from, Connection to, boolean lanes) throws SQLException {
    SortedMap<String, SortedMap<String, Kind>> tables = tables(to);
    tables.keySet().retainAll(tables(from).keySet());
    if (lanes) {
      tables.remove(LANE_KEYS);
    }
    return tables;
  }

  private static SortedMap<String, SortedMap<String, Kind>> tables(Connection database)
      throws SQLException {
    SortedMap<String, SortedMap<String, Kind>> tables = new TreeMap<>();
    DatabaseMetaData about = database.getMetaData();
    String schema = database.getSchema();
    try (ResultSet found = about.getTables(null, schema, "%", new String[] {"TABLE"})) {
      while (found.next()) {
        String name = found.getString("TABLE_NAME");
        if (!name.startsWith("sqlite_") && !SCHEMAS.contains(name)) {
          tables.put(name, new TreeMap<>());
        }
      }
    }
    for (var table : tables.entrySet()) {
      try (ResultSet found = about.getColumns(null, schema, table.getKey(), "%")) {
        while (found.next()) {
          table.getValue().put(found.getString("COLUMN_NAME"), kind(found.getString("TYPE_NAME")));
        }
      }
    }
    return tables;
  }

  private static Kind kind(String type) {
    String name = type.toUpperCase(Locale.ROOT);
    if (name.contains("INT")) {
      return Kind.NUMBER;
    }
    return name.contains("DOUBLE") || name.contains("FLOAT") ? Kind.FRACTION : Kind.TEXT;
  }

  /** Refuses tables of another version: how many changes each room has made to its own is said. */
  private static void requireSame(Connection from, Connection to) throws SQLException {
    for (String schema : SCHEMAS) {
      int has = changes(from, schema);
      int needs = changes(to, schema);
      if (has != needs) {
        throw new MigrationException(
            "the records are of "
                + (has < needs ? "an earlier" : "a later")
                + " version ("
                + schema
                + ": "
                + has
                + " changes, this version knows "
                + needs
                + "): start 'foretell serve' of "
                + (has < needs
                    ? "this version on them once, stop it, and migrate then"
                    : "that version, and migrate with it"));
      }
    }
  }

  private static int changes(Connection database, String schema) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT count(*) FROM \"" + schema + "\" WHERE \"type\" = 'SQL'")) {
      return found.next() ? found.getInt(1) : 0;
    }
  }

  private static void requireEmpty(Connection target, Iterable<String> tables) throws SQLException {
    try (Statement statement = target.createStatement()) {
      for (String table : tables) {
        if (!table.equals(WRITER)) {
          try (ResultSet any = statement.executeQuery("SELECT 1 FROM \"" + table + "\" LIMIT 1")) {
            if (any.next()) {
              throw new MigrationException(
                  "records.url: the database has rows already (table "
                      + table
                      + "): name an empty database or schema");
            }
          }
        }
      }
    }
  }

  /**
   * Copies all rows.
   *
   * @param places changes the places that rows tell; where one is not kept any more, its row has
   *     none; empty: the lanes stay where they are
   */
  void run(Optional<Places> places, Tallies rows) throws SQLException {
    try (Statement statement = to.createStatement()) {
      statement.execute("DELETE FROM \"" + WRITER + "\"");
    }
    for (var table : tables.entrySet()) {
      copy(table.getKey(), table.getValue(), places, rows);
    }
  }

  private void copy(
      String table, SortedMap<String, Kind> columns, Optional<Places> places, Tallies rows)
      throws SQLException {
    String names = names(columns);
    String marks = columns.keySet().stream().map(c -> "?").collect(Collectors.joining(", "));
    try (PreparedStatement insert =
        to.prepareStatement(
            "INSERT INTO \"" + table + "\" (" + names + ") VALUES (" + marks + ")")) {
      List<Kind> kinds = List.copyOf(columns.values());
      int[] waiting = {0};
      read(
          from,
          table,
          columns,
          rows,
          row -> {
            @Nullable Object[] moved =
                places.isEmpty() ? row : moved(table, columns, row, places.get());
            bind(insert, kinds, moved);
            insert.addBatch();
            if (++waiting[0] % BATCH == 0) {
              insert.executeBatch();
            }
            return moved;
          });
      insert.executeBatch();
    }
  }

  private static void bind(PreparedStatement insert, List<Kind> kinds, @Nullable Object[] row)
      throws SQLException {
    for (int i = 0; i < row.length; i++) {
      Object value = row[i];
      if (value instanceof Long number) {
        insert.setLong(i + 1, number);
      } else if (value instanceof Double fraction) {
        insert.setDouble(i + 1, fraction);
      } else if (value != null) {
        insert.setString(i + 1, value.toString());
      } else {
        insert.setNull(
            i + 1,
            switch (kinds.get(i)) {
              case NUMBER -> Types.BIGINT;
              case FRACTION -> Types.DOUBLE;
              case TEXT -> Types.VARCHAR;
            });
      }
    }
  }

  private static @Nullable Object[] moved(
      String table, SortedMap<String, Kind> columns, @Nullable Object[] row, Places places) {
    List<String> names = List.copyOf(columns.keySet());
    for (List<String> place : PLACES) {
      if (place.get(0).equals(table)) {
        int lane = names.indexOf(place.get(1));
        int partition = names.indexOf(place.get(2));
        int offset = names.indexOf(place.get(3));
        if (row[lane] instanceof String on
            && !on.isEmpty()
            && row[partition] instanceof Long at
            && row[offset] instanceof Long was) {
          OptionalLong now = places.exact(on, at.intValue(), was);
          row[lane] = now.isPresent() ? on : "";
          row[offset] = now.orElse(0);
        }
      }
    }
    return row;
  }

  /** Reads back what the transaction has written. */
  void readBack(Tallies rows) throws SQLException {
    for (var table : tables.entrySet()) {
      read(to, table.getKey(), table.getValue(), rows, row -> row);
    }
  }

  /** Makes a row what it must be at the target. */
  private interface Changing {
    @Nullable Object[] row(@Nullable Object[] row) throws SQLException;
  }

  private static void read(
      Connection database,
      String table,
      SortedMap<String, Kind> columns,
      Tallies rows,
      Changing changing)
      throws SQLException {
    String kind = "records." + table;
    List<Map.Entry<String, Kind>> all = new ArrayList<>(columns.entrySet());
    try (Statement statement = database.createStatement()) {
      statement.setFetchSize(BATCH);
      try (ResultSet found =
          statement.executeQuery("SELECT " + names(columns) + " FROM \"" + table + "\"")) {
        while (found.next()) {
          @Nullable Object[] row = new @Nullable Object[all.size()];
          for (int i = 0; i < row.length; i++) {
            row[i] = value(found, i + 1, all.get(i).getValue());
          }
          @Nullable Object[] there = changing.row(row);
          Tally tally = rows.of(kind);
          for (Object value : there) {
            tally.with(value == null ? null : value.toString());
          }
          tally.end();
          rows.glance(kind);
        }
      }
    }
    rows.done(kind);
  }

  private static @Nullable Object value(ResultSet found, int column, Kind kind)
      throws SQLException {
    Object value =
        switch (kind) {
          case NUMBER -> (Object) found.getLong(column);
          case FRACTION -> (Object) found.getDouble(column);
          case TEXT -> found.getString(column);
        };
    return found.wasNull() ? null : value;
  }

  private static String names(SortedMap<String, Kind> columns) {
    return columns.keySet().stream().map(c -> "\"" + c + "\"").collect(Collectors.joining(", "));
  }

  /** What was written counts from here on. */
  void commit() throws SQLException {
    to.commit();
  }

  /** Ends; what was not committed is taken back. */
  @Override
  public void close() throws SQLException {
    try (Connection source = from;
        Connection target = to) {
      target.rollback();
      source.rollback();
    }
  }
}
