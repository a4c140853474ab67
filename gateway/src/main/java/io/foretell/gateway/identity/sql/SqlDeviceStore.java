package io.foretell.gateway.identity.sql;

import static io.foretell.gateway.identity.sql.SecretRows.AT;
import static io.foretell.gateway.identity.sql.SecretRows.named;

import io.foretell.gateway.identity.AuthorityStore;
import io.foretell.gateway.identity.DeviceStore;
import io.foretell.gateway.identity.NewDevice;
import io.foretell.gateway.identity.RegisterUnavailableException;
import io.foretell.gateway.identity.Registration;
import io.foretell.proto.Device;
import io.foretell.proto.DeviceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Registrations in the tables of {@link GatewaySchema}, with SQL that SQLite and PostgreSQL share.
 * Transactions write before they read, so that SQLite never has to turn a reader into a writer.
 */
public final class SqlDeviceStore implements DeviceStore {
  private static final int BATCH = 500;

  private static final String COLUMNS =
      "tenant, name, model, hardware, parent, token_hash, sealed_key, registered_at";

  private static final RowMapper<Row> ROW =
      (result, context) ->
          new Row(
              new DeviceId(result.getString("tenant"), result.getString("name")),
              result.getString("model"),
              result.getString("hardware"),
              result.getString("parent"),
              result.getString("token_hash"),
              result.getString("sealed_key"),
              result.getLong("registered_at"));

  private final Jdbi jdbi;

  /**
   * @param database one that {@link GatewaySchema#migrate} has seen
   */
  public SqlDeviceStore(DataSource database) {
    this.jdbi = Jdbi.create(database);
  }

  @Override
  public boolean insert(Registration registration) {
    return inTransaction(
        "a device cannot be registered",
        handle -> {
          boolean added = add(handle, registration, "WHERE true");
          if (added) {
            SecretRows.admit(handle, registration.device().id());
          }
          return added;
        });
  }

  @Override
  public boolean provision(Registration registration) {
    return inTransaction(
        "a device cannot be registered",
        handle ->
            add(handle, registration, "WHERE NOT EXISTS (SELECT 1 FROM device_barred" + AT + ")"));
  }

  private static boolean add(Handle handle, Registration registration, String where) {
    Device device = registration.device();
    int added =
        named(
                handle.createUpdate(
                    "INSERT INTO device ("
                        + COLUMNS
                        + ") SELECT :tenant, :name, :model, :hardware, :parent, :hash, :key, :at "
                        + where
                        + " ON CONFLICT DO NOTHING"),
                device.id())
            .bind("model", device.model())
            .bind("hardware", device.hardware())
            .bind("parent", registration.parent())
            .bind("hash", registration.tokenHash())
            .bind("key", registration.sealedKey())
            .bind("at", device.registeredAt())
            .execute();
    if (added == 0) {
      return false;
    }
    putLabels(handle, device.id(), device.labels());
    putSoftware(handle, device.id(), device.software());
    return true;
  }

  @Override
  public Optional<Registration> find(DeviceId id) {
    return read(
        handle ->
            named(handle.createQuery("SELECT " + COLUMNS + " FROM device" + AT), id)
                .map(ROW)
                .findOne()
                .map(row -> registration(handle, row)));
  }

  @Override
  public Set<DeviceId> admitted(Collection<DeviceId> devices) {
    Map<String, List<DeviceId>> byTenant =
        devices.stream().collect(Collectors.groupingBy(DeviceId::tenant));
    return read(
        handle -> {
          Set<DeviceId> admitted = new HashSet<>();
          byTenant.forEach((tenant, all) -> admitted(handle, tenant, all, admitted));
          return admitted;
        });
  }

  private static void admitted(
      Handle handle, String tenant, List<DeviceId> devices, Set<DeviceId> admitted) {
    for (int from = 0; from < devices.size(); from += BATCH) {
      List<DeviceId> some = devices.subList(from, Math.min(from + BATCH, devices.size()));
      handle
          .createQuery(
              "SELECT name FROM device WHERE tenant = :tenant AND name IN (<names>)"
                  + " AND NOT EXISTS (SELECT 1 FROM device_barred b"
                  + " WHERE b.tenant = device.tenant AND b.name = device.name)")
          .bind("tenant", tenant)
          .bindList("names", some.stream().map(DeviceId::device).toList())
          .mapTo(String.class)
          .forEach(name -> admitted.add(new DeviceId(tenant, name)));
    }
  }

  @Override
  public Optional<DeviceId> ownerOf(String tokenHash, long now) {
    return read(handle -> SecretRows.ownerOf(handle, tokenHash, now));
  }

  @Override
  public boolean replaceSecrets(DeviceId id, String tokenHash, String sealedKey, long formerUntil) {
    return inTransaction(
        "secrets cannot be replaced",
        handle -> SecretRows.replace(handle, id, tokenHash, sealedKey, formerUntil));
  }

  @Override
  public Optional<Former> former(DeviceId id, long now) {
    return read(handle -> SecretRows.former(handle, id, now));
  }

  @Override
  public List<DeviceId> endRotations(long now) {
    return read(handle -> SecretRows.endRotations(handle, now));
  }

  @Override
  public boolean putClaim(DeviceId id, String codeHash, long validUntil) {
    return inTransaction(
        "a claim code cannot be kept",
        handle -> SecretRows.putClaim(handle, id, codeHash, validUntil));
  }

  @Override
  public Optional<DeviceId> claimOf(String codeHash, long now) {
    return read(handle -> SecretRows.claimOf(handle, codeHash, now));
  }

  @Override
  public boolean redeem(
      DeviceId id, String codeHash, long now, String tokenHash, String sealedKey) {
    return inTransaction(
        "a claim cannot be redeemed",
        handle -> SecretRows.redeem(handle, id, codeHash, now, tokenHash, sealedKey));
  }

  @Override
  public AuthorityStore authorities() {
    return new SqlAuthorityStore(jdbi);
  }

  @Override
  public boolean replaceFacts(
      DeviceId id, String model, String hardware, Map<String, String> labels) {
    return inTransaction(
        "a device cannot be described",
        handle -> {
          int changed =
              named(
                      handle.createUpdate(
                          "UPDATE device SET model = :model, hardware = :hardware" + AT),
                      id)
                  .bind("model", model)
                  .bind("hardware", hardware)
                  .execute();
          if (changed == 0) {
            return false;
          }
          named(handle.createUpdate("DELETE FROM device_label" + AT), id).execute();
          putLabels(handle, id, labels);
          return true;
        });
  }

  @Override
  public boolean delete(DeviceId id) {
    return inTransaction(
        "a device cannot be deleted",
        handle -> {
          int deleted = named(handle.createUpdate("DELETE FROM device" + AT), id).execute();
          named(handle.createUpdate("DELETE FROM device_label" + AT), id).execute();
          named(handle.createUpdate("DELETE FROM device_software" + AT), id).execute();
          named(
                  handle.createUpdate(
                      "UPDATE device SET parent = '' WHERE tenant = :tenant AND parent = :name"),
                  id)
              .execute();
          if (deleted == 1) {
            SecretRows.bar(handle, id);
          }
          return deleted == 1;
        });
  }

  @Override
  public int children(DeviceId gateway) {
    return read(
        handle ->
            named(
                    handle.createQuery(
                        "SELECT COUNT(*) FROM device WHERE tenant = :tenant AND parent = :name"
                            + " AND parent <> ''"),
                    gateway)
                .mapTo(Integer.class)
                .one());
  }

  @Override
  public List<Device> list(String tenant, String after, int limit) {
    return read(
        handle -> {
          List<Row> rows =
              handle
                  .createQuery(
                      "SELECT "
                          + COLUMNS
                          + " FROM device WHERE tenant = :tenant AND name > :after"
                          + " ORDER BY name LIMIT :limit")
                  .bind("tenant", tenant)
                  .bind("after", after)
                  .bind("limit", limit)
                  .map(ROW)
                  .list();
          return devices(handle, tenant, rows);
        });
  }

  @Override
  public long count(String tenant) {
    return read(
        handle ->
            handle
                .createQuery("SELECT COUNT(*) FROM device WHERE tenant = :tenant")
                .bind("tenant", tenant)
                .mapTo(Long.class)
                .one());
  }

  @Override
  public List<String> tenants() {
    return read(
        handle ->
            handle
                .createQuery("SELECT DISTINCT tenant FROM device ORDER BY tenant")
                .mapTo(String.class)
                .list());
  }

  @Override
  public void mergeSoftware(DeviceId id, Map<String, String> software) {
    inTransaction(
        "software cannot be noted",
        handle -> {
          putSoftware(handle, id, software);
          return true;
        });
  }

  private static void putLabels(Handle handle, DeviceId id, Map<String, String> labels) {
    if (labels.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            "INSERT INTO device_label (tenant, name, label, value)"
                + " VALUES (:tenant, :name, :label, :value)");
    labels.forEach(
        (label, value) -> named(batch, id).bind("label", label).bind("value", value).add());
    batch.execute();
  }

  private static void putSoftware(Handle handle, DeviceId id, Map<String, String> software) {
    if (software.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            "INSERT INTO device_software (tenant, name, component, version)"
                + " SELECT tenant, name, :component, :version FROM device"
                + AT
                + " ON CONFLICT (tenant, name, component) DO UPDATE SET version ="
                + " excluded.version");
    software.forEach(
        (component, version) ->
            named(batch, id).bind("component", component).bind("version", version).add());
    batch.execute();
  }

  private static Registration registration(Handle handle, Row row) {
    Device device = devices(handle, row.id.tenant(), List.of(row)).get(0);
    return new Registration(device, row.parent, row.tokenHash, row.sealedKey);
  }

  private static List<Device> devices(Handle handle, String tenant, List<Row> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }
    String first = rows.get(0).id.device();
    String last = rows.get(rows.size() - 1).id.device();
    Map<String, Map<String, String>> labels =
        texts(handle, "device_label", "label, value", tenant, first, last);
    Map<String, Map<String, String>> software =
        texts(handle, "device_software", "component, version", tenant, first, last);
    List<Device> devices = new ArrayList<>(rows.size());
    for (Row row : rows) {
      Map<String, String> own = new HashMap<>(labels.getOrDefault(row.id.device(), Map.of()));
      if (!row.parent.isEmpty()) {
        own.put(NewDevice.PARENT, row.parent);
      }
      Map<String, String> runs = software.getOrDefault(row.id.device(), Map.of());
      devices.add(new Device(row.id, row.model, row.hardware, runs, own, row.registeredAt));
    }
    return devices;
  }

  /** Pairs of texts of the devices from {@code first} to {@code last}, by name. */
  private static Map<String, Map<String, String>> texts(
      Handle handle, String table, String pair, String tenant, String first, String last) {
    Map<String, Map<String, String>> byName = new HashMap<>();
    handle
        .createQuery(
            "SELECT name, "
                + pair
                + " FROM "
                + table
                + " WHERE tenant = :tenant AND name >= :first AND name <= :last")
        .bind("tenant", tenant)
        .bind("first", first)
        .bind("last", last)
        .map(
            (result, context) ->
                byName
                    .computeIfAbsent(result.getString(1), name -> new HashMap<>())
                    .put(result.getString(2), result.getString(3)))
        .list();
    return byName;
  }

  private <T> T read(HandleCallback<T, RegisterUnavailableException> work) {
    try {
      return jdbi.withHandle(work);
    } catch (JdbiException e) {
      throw new RegisterUnavailableException("the register cannot be read", e);
    }
  }

  private boolean inTransaction(
      String failure, HandleCallback<Boolean, RegisterUnavailableException> work) {
    try {
      return jdbi.inTransaction(work);
    } catch (JdbiException e) {
      throw new RegisterUnavailableException(failure, e);
    }
  }

  private record Row(
      DeviceId id,
      String model,
      String hardware,
      String parent,
      String tokenHash,
      String sealedKey,
      long registeredAt) {}
}
