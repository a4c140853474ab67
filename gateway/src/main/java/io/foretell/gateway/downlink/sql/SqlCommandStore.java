package io.foretell.gateway.downlink.sql;

import io.foretell.gateway.Downlink.State;
import io.foretell.gateway.Downlink.Tracked;
import io.foretell.gateway.downlink.CommandStore;
import io.foretell.gateway.downlink.DownlinkUnavailableException;
import io.foretell.gateway.downlink.Moves;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlStatement;

/** Commands in the gateway's tables, with SQL that SQLite and PostgreSQL share. */
public final class SqlCommandStore implements CommandStore {
  private static final String SELECT = "SELECT * FROM command WHERE ";
  private static final String ONE = "tenant = :tenant AND device = :device AND id = :id";
  private static final String ORDER = " ORDER BY place, issued_at, id";
  private static final int OVERDUE = 1000;
  private static final String OPEN = "state IN ('QUEUED', 'DELIVERED', 'ACCEPTED')";

  private static final RowMapper<Row> ROW =
      (result, context) ->
          new Row(
              new DeviceId(result.getString("tenant"), result.getString("device")),
              new Command(
                  result.getString("id"),
                  result.getString("verb"),
                  result.getString("arguments"),
                  result.getLong("issued_at"),
                  result.getLong("expires_at"),
                  List.of(),
                  result.getString("issued_by")),
              State.valueOf(result.getString("state")),
              result.getLong("changed_at"),
              result.getString("detail"));

  private final Jdbi jdbi;

  /**
   * @param database one that has the gateway's tables
   */
  public SqlCommandStore(DataSource database) {
    this.jdbi = Jdbi.create(database);
  }

  @Override
  public List<Tracked> insert(List<Tracked> commands) {
    return inTransaction(
        "commands cannot be kept",
        handle -> {
          List<Tracked> added = new ArrayList<>();
          for (Tracked tracked : commands) {
            if (insert(handle, tracked)) {
              added.add(tracked);
            }
          }
          return List.copyOf(added);
        });
  }

  @Override
  public void update(List<Tracked> changed) {
    inTransaction(
        "the state of commands cannot be kept",
        handle -> {
          PreparedBatch batch =
              handle.prepareBatch(
                  "UPDATE command SET state = :state, changed_at = :at, detail = :detail WHERE "
                      + ONE);
          for (Tracked tracked : changed) {
            keyed(batch, tracked.device(), tracked.command().id())
                .bind("state", tracked.state().name())
                .bind("at", tracked.changedAt())
                .bind("detail", tracked.detail())
                .add();
          }
          return batch.execute().length;
        });
  }

  @Override
  public List<Tracked> advance(List<Tracked> changed) {
    return inTransaction(
        "the state of commands cannot be kept",
        handle -> changed.stream().filter(tracked -> advance(handle, tracked)).toList());
  }

  private static boolean advance(Handle handle, Tracked tracked) {
    List<String> before = Moves.before(tracked.state()).stream().map(State::name).toList();
    return keyed(
                handle.createUpdate(
                    "UPDATE command SET state = :state, changed_at = :at, detail = :detail WHERE "
                        + ONE
                        + " AND state IN (<before>)"),
                tracked.device(),
                tracked.command().id())
            .bindList("before", before)
            .bind("state", tracked.state().name())
            .bind("at", tracked.changedAt())
            .bind("detail", tracked.detail())
            .execute()
        == 1;
  }

  @Override
  public Optional<Tracked> find(DeviceId device, String id) {
    return read(
        handle ->
            keyed(handle.createQuery(SELECT + ONE), device, id)
                .map(ROW)
                .findOne()
                .map(row -> complete(handle, row)));
  }

  @Override
  public List<Tracked> open() {
    return read(
        handle ->
            handle.createQuery(SELECT + OPEN + ORDER).map(ROW).list().stream()
                .map(row -> complete(handle, row))
                .toList());
  }

  @Override
  public List<Tracked> open(DeviceId device) {
    return read(
        handle ->
            handle
                .createQuery(SELECT + "tenant = :tenant AND device = :device AND " + OPEN + ORDER)
                .bind("tenant", device.tenant())
                .bind("device", device.device())
                .map(ROW)
                .list()
                .stream()
                .map(row -> complete(handle, row))
                .toList());
  }

  @Override
  public List<Tracked> overdue(long now) {
    return read(
        handle ->
            handle
                .createQuery(SELECT + OPEN + " AND expires_at <= :now" + ORDER + " LIMIT :limit")
                .bind("now", now)
                .bind("limit", OVERDUE)
                .map(ROW)
                .list()
                .stream()
                .map(row -> complete(handle, row))
                .toList());
  }

  @Override
  public List<Tracked> recent(DeviceId device, int limit) {
    return read(
        handle ->
            handle
                .createQuery(
                    SELECT
                        + "tenant = :tenant AND device = :device ORDER BY place DESC LIMIT :limit")
                .bind("tenant", device.tenant())
                .bind("device", device.device())
                .bind("limit", limit)
                .map(ROW)
                .list()
                .stream()
                .map(row -> complete(handle, row))
                .toList());
  }

  @Override
  public int forget(long endedBefore) {
    return inTransaction(
        "old commands cannot be deleted",
        handle -> {
          int deleted =
              handle
                  .createUpdate(
                      "DELETE FROM command WHERE changed_at < :before AND NOT (" + OPEN + ")")
                  .bind("before", endedBefore)
                  .execute();
          handle
              .createUpdate(
                  "DELETE FROM command_precondition WHERE NOT EXISTS (SELECT 1 FROM command c WHERE"
                      + " c.tenant = command_precondition.tenant AND"
                      + " c.device = command_precondition.device AND"
                      + " c.id = command_precondition.id)")
              .execute();
          return deleted;
        });
  }

  private static boolean insert(Handle handle, Tracked tracked) {
    Command command = tracked.command();
    int added =
        keyed(
                handle.createUpdate(
                    "INSERT INTO command (tenant, device, id, place, verb, arguments, issued_at,"
                        + " expires_at, issued_by, state, changed_at, detail) VALUES (:tenant,"
                        + " :device, :id, (SELECT COALESCE(MAX(place), 0) + 1 FROM command), :verb,"
                        + " :arguments, :issuedAt, :expiresAt, :issuedBy, :state, :at, :detail)"
                        + " ON CONFLICT DO NOTHING"),
                tracked.device(),
                command.id())
            .bind("verb", command.verb())
            .bind("arguments", command.arguments())
            .bind("issuedAt", command.issuedAt())
            .bind("expiresAt", command.expiresAt())
            .bind("issuedBy", command.issuedBy())
            .bind("state", tracked.state().name())
            .bind("at", tracked.changedAt())
            .bind("detail", tracked.detail())
            .execute();
    if (added == 1) {
      putPreconditions(handle, tracked);
    }
    return added == 1;
  }

  private static void putPreconditions(Handle handle, Tracked tracked) {
    List<String> preconditions = tracked.command().preconditions();
    for (int i = 0; i < preconditions.size(); i++) {
      keyed(
              handle.createUpdate(
                  "INSERT INTO command_precondition (tenant, device, id, ordinal, text)"
                      + " VALUES (:tenant, :device, :id, :ordinal, :text)"),
              tracked.device(),
              tracked.command().id())
          .bind("ordinal", i)
          .bind("text", preconditions.get(i))
          .execute();
    }
  }

  private static Tracked complete(Handle handle, Row row) {
    List<String> preconditions =
        keyed(
                handle.createQuery(
                    "SELECT text FROM command_precondition WHERE " + ONE + " ORDER BY ordinal"),
                row.device,
                row.bare.id())
            .mapTo(String.class)
            .list();
    Command bare = row.bare;
    Command command =
        new Command(
            bare.id(),
            bare.verb(),
            bare.arguments(),
            bare.issuedAt(),
            bare.expiresAt(),
            preconditions,
            bare.issuedBy());
    return new Tracked(row.device, command, row.state, row.changedAt, row.detail);
  }

  private static <S extends SqlStatement<S>> S keyed(S statement, DeviceId device, String id) {
    return statement.bind("tenant", device.tenant()).bind("device", device.device()).bind("id", id);
  }

  private <T> T read(HandleCallback<T, DownlinkUnavailableException> work) {
    try {
      return jdbi.withHandle(work);
    } catch (JdbiException e) {
      throw new DownlinkUnavailableException("commands cannot be read", e);
    }
  }

  private <T> T inTransaction(
      String failure, HandleCallback<T, DownlinkUnavailableException> work) {
    try {
      return jdbi.inTransaction(work);
    } catch (JdbiException e) {
      throw new DownlinkUnavailableException(failure, e);
    }
  }

  /** A command as its own table has it, without preconditions. */
  private record Row(DeviceId device, Command bare, State state, long changedAt, String detail) {}
}
