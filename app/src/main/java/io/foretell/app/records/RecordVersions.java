package io.foretell.app.records;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** Which changes the tables of the records have had, as each room notes its own. */
public final class RecordVersions {
  /** By the table that notes them: where the changes are that this version knows. */
  private static final Map<String, String> ROOMS =
      new TreeMap<>(
          Map.of(
              "gateway_schema", "db/gateway/migration/",
              "desk_schema", "db/desk/migration/",
              "ota_schema", "db/ota/migration/"));

  private RecordVersions() {}

  /** The changes that a database has had, {@code desk_schema V1__tickets.sql}, in their order. */
  public static List<String> changes(DataSource database) {
    List<String> changes = new ArrayList<>();
    try (Connection connection = database.getConnection()) {
      for (String table : ROOMS.keySet()) {
        if (there(connection, table)) {
          read(connection, table, changes);
        }
      }
      return changes;
    } catch (SQLException e) {
      throw new RecordsRefusedException("the records cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean there(Connection connection, String table) throws SQLException {
    try (ResultSet found =
        connection.getMetaData().getTables(null, connection.getSchema(), table, null)) {
      return found.next();
    }
  }

  private static void read(Connection connection, String table, List<String> changes)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT script FROM " + table + " WHERE type = 'SQL' ORDER BY installed_rank")) {
      while (found.next()) {
        changes.add(table + " " + found.getString(1));
      }
    }
  }

  /**
   * Refuses a database that a later version has changed: this one would write rows that the other
   * could not read.
   *
   * @throws RecordsRefusedException with what to do
   */
  public static void requireKnown(DataSource database) {
    ClassLoader known = RecordVersions.class.getClassLoader();
    for (String change : changes(database)) {
      String[] words = change.split(" ", 2);
      if (known.getResource(ROOMS.get(words[0]) + words[1]) == null) {
        throw new RecordsRefusedException(
            "the records were changed by a later version ("
                + change
                + "): start that version, or restore a backup made before the upgrade",
            null);
      }
    }
  }
}
