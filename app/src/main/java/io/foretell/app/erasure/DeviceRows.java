package io.foretell.app.erasure;

import io.foretell.proto.DeviceId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rows about one device in the records, of all rooms: they share one database, so one
 * transaction takes all of them out. Statements run on SQLite and PostgreSQL alike.
 */
final class DeviceRows {
  private static final Pattern WHO = Pattern.compile("\\{([td])}");
  private static final String OWN = "tenant = {t} AND device = {d}";
  private static final String NAMED = "tenant = {t} AND name = {d}";
  private static final String IN_CAMPAIGN =
      "device = {d} AND campaign IN (SELECT id FROM ota_campaign WHERE tenant = {t})";
  private static final String OF_TICKET =
      "tenant = {t} AND number IN (SELECT number FROM desk_ticket WHERE " + OWN + ")";

  /** A ticket's id from its number: T- and at least six digits. */
  private static final String TICKET_ID =
      "'T-' || substr('000000', 1, CASE WHEN number < 1000000"
          + " THEN 6 - length(CAST(number AS TEXT)) ELSE 0 END) || CAST(number AS TEXT)";

  /**
   * Rows of a table.
   *
   * @param where {@code {t}} and {@code {d}} stand for tenant and device
   * @param withheld columns of secrets, which are never given out
   */
  private record Rows(String table, String where, List<String> withheld) {
    Rows(String table, String where) {
      this(table, where, List.of());
    }
  }

  /** What goes; rows that others are found by come after those. */
  private static final List<Rows> ERASED =
      List.of(
          new Rows("desk_timeline", OF_TICKET),
          new Rows("desk_round", OF_TICKET),
          new Rows("desk_remedy_use", OF_TICKET),
          new Rows(
              "desk_delivery",
              "tenant = {t} AND ticket IN (SELECT "
                  + TICKET_ID
                  + " FROM desk_ticket WHERE "
                  + OWN
                  + ")"),
          new Rows("desk_outbox", OWN),
          new Rows("desk_evidence", OWN),
          new Rows("desk_finding", OWN),
          new Rows("desk_ticket", OWN),
          new Rows(
              "ota_outgoing_precondition",
              "command IN (SELECT command FROM ota_outgoing WHERE " + OWN + ")"),
          new Rows("ota_outgoing", OWN),
          new Rows("ota_claim", OWN),
          new Rows("command_precondition", OWN),
          new Rows("command", OWN),
          new Rows("mqtt_session", OWN),
          new Rows("presence", OWN),
          new Rows("device_label", NAMED),
          new Rows("device_software", NAMED),
          new Rows("device_former", NAMED, List.of("token_hash", "sealed_key")),
          new Rows("device_claim", NAMED, List.of("code_hash")),
          new Rows("device_key", NAMED, List.of("key_hash")),
          new Rows("device_barred", NAMED),
          new Rows("device", NAMED, List.of("token_hash", "sealed_key")));

  /** What stays with another name in the device's place: campaigns count their devices. */
  private static final List<Rows> RENAMED =
      List.of(
          new Rows("ota_device", IN_CAMPAIGN),
          new Rows("ota_event", IN_CAMPAIGN),
          new Rows("ota_campaign_named_device", IN_CAMPAIGN));

  private DeviceRows() {}

  /** Tables that have rows about devices. */
  static List<String> tables() {
    List<String> tables = new ArrayList<>();
    ERASED.forEach(rows -> tables.add(rows.table()));
    RENAMED.forEach(rows -> tables.add(rows.table()));
    return tables;
  }

  /** The rows of each table, secrets left out. */
  static Map<String, List<Map<String, Object>>> read(Connection connection, DeviceId device)
      throws SQLException {
    Map<String, List<Map<String, Object>>> tables = new TreeMap<>();
    for (List<Rows> all : List.of(ERASED, RENAMED)) {
      for (Rows rows : all) {
        try (PreparedStatement statement =
                prepared(connection, "SELECT * FROM " + rows.table(), rows.where(), device);
            ResultSet result = statement.executeQuery()) {
          tables.put(rows.table(), read(result, rows.withheld()));
        }
      }
    }
    return tables;
  }

  private static List<Map<String, Object>> read(ResultSet result, List<String> withheld)
      throws SQLException {
    ResultSetMetaData columns = result.getMetaData();
    List<Map<String, Object>> rows = new ArrayList<>();
    while (result.next()) {
      Map<String, Object> row = new LinkedHashMap<>();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        String name = columns.getColumnLabel(i).toLowerCase(Locale.ROOT);
        Object value = result.getObject(i);
        if (!withheld.contains(name) && value != null) {
          row.put(name, value);
        }
      }
      rows.add(row);
    }
    return rows;
  }

  /** The kinds of credentials that a device has. */
  static List<String> credentials(Connection connection, DeviceId device) throws SQLException {
    List<String> kinds = new ArrayList<>();
    kind(connection, device, "device", NAMED + " AND token_hash <> ''", "token", kinds);
    kind(connection, device, "device", NAMED + " AND sealed_key <> ''", "pre-shared key", kinds);
    kind(connection, device, "device_former", NAMED, "secrets before a rotation", kinds);
    kind(connection, device, "device_claim", NAMED, "claim code", kinds);
    kind(connection, device, "device_key", NAMED + " AND authority = ''", "raw public key", kinds);
    kind(connection, device, "device_key", NAMED + " AND authority <> ''", "certificate", kinds);
    return kinds;
  }

  private static void kind(
      Connection connection,
      DeviceId device,
      String table,
      String where,
      String kind,
      List<String> kinds)
      throws SQLException {
    try (PreparedStatement statement =
            prepared(connection, "SELECT COUNT(*) FROM " + table, where, device);
        ResultSet result = statement.executeQuery()) {
      if (result.next() && result.getLong(1) > 0) {
        kinds.add(kind);
      }
    }
  }

  /**
   * Takes the rows out, within the transaction of the connection.
   *
   * @param alias what stands in the place of the device where a row stays
   * @return how many rows of each table
   */
  static Map<String, Long> erase(Connection connection, DeviceId device, String alias)
      throws SQLException {
    Map<String, Long> counts = new TreeMap<>();
    for (Rows rows : ERASED) {
      try (PreparedStatement statement =
          prepared(connection, "DELETE FROM " + rows.table(), rows.where(), device)) {
        counts.put(rows.table(), (long) statement.executeUpdate());
      }
    }
    for (Rows rows : RENAMED) {
      String detail = rows.table().equals("ota_campaign_named_device") ? "" : ", detail = ''";
      String update = "UPDATE " + rows.table() + " SET device = '" + alias + "'" + detail;
      try (PreparedStatement statement = prepared(connection, update, rows.where(), device)) {
        counts.put(rows.table(), (long) statement.executeUpdate());
      }
    }
    return counts;
  }

  private static PreparedStatement prepared(
      Connection connection, String what, String where, DeviceId device) throws SQLException {
    List<String> values = new ArrayList<>();
    Matcher who = WHO.matcher(where);
    while (who.find()) {
      values.add(who.group(1).equals("t") ? device.tenant() : device.device());
    }
    PreparedStatement statement =
        connection.prepareStatement(what + " WHERE " + who.replaceAll("?"));
    for (int i = 0; i < values.size(); i++) {
      statement.setString(i + 1, values.get(i));
    }
    return statement;
  }
}
