package io.foretell.firmwareota.sql;

import io.foretell.firmwareota.CampaignStore.Outgoing;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Commands on their way to the lane. */
record OutgoingTables(Handle handle) {

  void enqueue(Outgoing outgoing) {
    Command command = outgoing.command();
    int added =
        handle
            .createUpdate(
                """
                insert into ota_outgoing (command, tenant, device, verb, arguments, issued_at,
                  expires_at, issued_by, tries)
                values (:id, :tenant, :device, :verb, :arguments, :issuedAt, :expiresAt,
                  :issuedBy, :tries)
                on conflict (command) do nothing
                """)
            .bind("id", command.id())
            .bind("tenant", outgoing.device().tenant())
            .bind("device", outgoing.device().device())
            .bind("verb", command.verb())
            .bind("arguments", command.arguments())
            .bind("issuedAt", command.issuedAt())
            .bind("expiresAt", command.expiresAt())
            .bind("issuedBy", command.issuedBy())
            .bind("tries", outgoing.tries())
            .execute();
    for (int i = 0; added > 0 && i < command.preconditions().size(); i++) {
      handle.execute(
          "insert into ota_outgoing_precondition (command, ordinal, precondition)"
              + " values (?, ?, ?)",
          command.id(),
          i,
          command.preconditions().get(i));
    }
  }

  List<Outgoing> oldest(int limit) {
    return handle
        .createQuery("select * from ota_outgoing order by issued_at, command limit :limit")
        .bind("limit", limit)
        .map((row, context) -> read(row))
        .list();
  }

  void trying(List<String> commandIds) {
    each(commandIds, "update ota_outgoing set tries = tries + 1 where command = :id");
  }

  void sent(List<String> commandIds) {
    each(commandIds, "delete from ota_outgoing_precondition where command = :id");
    each(commandIds, "delete from ota_outgoing where command = :id");
  }

  private void each(List<String> commandIds, String sql) {
    if (commandIds.isEmpty()) {
      return;
    }
    PreparedBatch batch = handle.prepareBatch(sql);
    commandIds.forEach(id -> batch.bind("id", id).add());
    batch.execute();
  }

  private Outgoing read(ResultSet row) throws SQLException {
    String id = row.getString("command");
    List<String> preconditions =
        handle
            .createQuery(
                "select precondition from ota_outgoing_precondition where command = :id"
                    + " order by ordinal")
            .bind("id", id)
            .mapTo(String.class)
            .list();
    Command command =
        new Command(
            id,
            row.getString("verb"),
            row.getString("arguments"),
            row.getLong("issued_at"),
            row.getLong("expires_at"),
            preconditions,
            row.getString("issued_by"));
    return new Outgoing(
        new DeviceId(row.getString("tenant"), row.getString("device")),
        command,
        row.getInt("tries"));
  }
}
