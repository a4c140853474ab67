package io.foretell.app.erasure;

import io.foretell.proto.DeviceId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * The table of erasures. While one is under way its row names the device, so that what was cut off
 * can be gone on with; with its end the name goes.
 */
final class Proofs {
  private static final String COLUMNS =
      "id, tenant, begun_at, ended_at, by_whom, counts, subject, digest";

  private final DataSource records;

  Proofs(DataSource records) {
    this.records = records;
  }

  /** Uplinks of erased devices, for the books to balance. */
  record Ledger(long stored, long rejected) {}

  /** An erasure that has begun: its id, and what it has counted so far. */
  record Begun(String id, long at, Map<String, Long> counts) {}

  /** Begins one, or goes on with the one that was cut off. */
  Begun begin(String id, DeviceId device, String by, long now) {
    return Sql.transaction(
        records,
        connection -> {
          Optional<Begun> before = underWay(connection, device);
          if (before.isPresent()) {
            return before.get();
          }
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO erasure (id, tenant, device, begun_at, ended_at, by_whom, counts,"
                      + " subject, digest, stored, rejected, stored_now, rejected_now)"
                      + " VALUES (?, ?, ?, ?, 0, ?, '', '', '', 0, 0, 0, 0)")) {
            insert.setString(1, id);
            insert.setString(2, device.tenant());
            insert.setString(3, device.device());
            insert.setLong(4, now);
            insert.setString(5, by);
            insert.executeUpdate();
          }
          return new Begun(id, now, Map.of());
        });
  }

  private static Optional<Begun> underWay(Connection connection, DeviceId device)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, begun_at, counts FROM erasure WHERE tenant = ? AND device = ?")) {
      select.setString(1, device.tenant());
      select.setString(2, device.device());
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(new Begun(row.getString(1), row.getLong(2), counts(row.getString(3))))
            : Optional.empty();
      }
    }
  }

  /** Forgets one that has found nothing. */
  void cancel(String id) {
    Sql.transaction(
        records, connection -> update(connection, "DELETE FROM erasure WHERE id = ?", id));
  }

  /** Notes what ingest has counted of a device, before its state goes. */
  void note(String id, Ledger ledger) {
    Sql.transaction(
        records,
        connection ->
            update(
                connection,
                "UPDATE erasure SET stored_now = "
                    + ledger.stored()
                    + ", rejected_now = "
                    + ledger.rejected()
                    + " WHERE id = ?",
                id));
  }

  /** The state is gone; what was noted counts, and so does what was found. */
  void settle(Connection connection, String id, Map<String, Long> counts) throws SQLException {
    update(
        connection,
        "UPDATE erasure SET stored = stored + stored_now, rejected = rejected + rejected_now,"
            + " stored_now = 0, rejected_now = 0 WHERE id = ?",
        id);
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE erasure SET counts = ? WHERE id = ?")) {
      update.setString(1, text(counts));
      update.setString(2, id);
      update.executeUpdate();
    }
  }

  /** Ends one: the name goes, the digest comes. */
  Proof end(String id, String subject, long now) {
    return Sql.transaction(
        records,
        connection -> {
          Proof open = read(connection, "WHERE id = '" + id + "'").get(0);
          List<Proof> before =
              read(connection, "WHERE ended_at > 0 ORDER BY ended_at DESC, id DESC LIMIT 1");
          // Strictly after the one before, so that their order is that of the chain.
          long at = before.isEmpty() ? now : Math.max(now, before.get(0).endedAt() + 1);
          Proof proof =
              new Proof(
                  id, open.tenant(), open.begunAt(), at, open.by(), open.counts(), subject, "");
          String digest =
              sha256((before.isEmpty() ? "" : before.get(0).digest()) + "\n" + proof.text());
          try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE erasure SET device = '', ended_at = ?, subject = ?, digest = ?"
                      + " WHERE id = ?")) {
            update.setLong(1, at);
            update.setString(2, subject);
            update.setString(3, digest);
            update.setString(4, id);
            update.executeUpdate();
          }
          return read(connection, "WHERE id = '" + id + "'").get(0);
        });
  }

  /** Those of a tenant, in the order in which they ended, the latest first. */
  List<Proof> list(String tenant) {
    return Sql.transaction(
        records,
        connection ->
            read(connection, "ORDER BY ended_at DESC, id DESC").stream()
                .filter(proof -> proof.tenant().equals(tenant))
                .toList());
  }

  /** Whether every digest is the one that follows from the proof before it. */
  boolean sound() {
    return Sql.transaction(
        records,
        connection -> {
          String before = "";
          for (Proof proof : read(connection, "WHERE ended_at > 0 ORDER BY ended_at, id")) {
            if (!sha256(before + "\n" + proof.text()).equals(proof.digest())) {
              return false;
            }
            before = proof.digest();
          }
          return true;
        });
  }

  /** What all erased devices had sent. */
  Ledger ledger() {
    return Sql.transaction(
        records,
        connection -> {
          try (PreparedStatement sum =
                  connection.prepareStatement(
                      "SELECT COALESCE(SUM(stored), 0), COALESCE(SUM(rejected), 0) FROM erasure");
              ResultSet row = sum.executeQuery()) {
            row.next();
            return new Ledger(row.getLong(1), row.getLong(2));
          }
        });
  }

  private static int update(Connection connection, String sql, String id) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      update.setString(1, id);
      return update.executeUpdate();
    }
  }

  private static List<Proof> read(Connection connection, String which) throws SQLException {
    List<Proof> proofs = new ArrayList<>();
    try (PreparedStatement select =
            connection.prepareStatement("SELECT " + COLUMNS + " FROM erasure " + which);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        proofs.add(
            new Proof(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getString(5),
                counts(row.getString(6)),
                row.getString(7),
                row.getString(8)));
      }
    }
    return proofs;
  }

  private static String text(Map<String, Long> counts) {
    List<String> pairs = new ArrayList<>();
    new TreeMap<>(counts).forEach((kind, count) -> pairs.add(kind + "=" + count));
    return String.join("&", pairs);
  }

  private static Map<String, Long> counts(String text) {
    Map<String, Long> counts = new TreeMap<>();
    for (String pair : text.isEmpty() ? new String[0] : text.split("&")) {
      int equals = pair.indexOf('=');
      counts.put(pair.substring(0, equals), Long.parseLong(pair.substring(equals + 1)));
    }
    return counts;
  }

  /** Hexadecimal. */
  static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
