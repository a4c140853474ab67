package io.foretell.gateway.identity.sql;

import io.foretell.gateway.identity.DeviceStore.Former;
import io.foretell.proto.DeviceId;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** What is kept of secrets beside the current ones: former secrets, claim codes, bars. */
final class SecretRows {
  static final String AT = " WHERE tenant = :tenant AND name = :name";

  private SecretRows() {}

  static <S extends SqlStatement<S>> S named(S statement, DeviceId id) {
    return statement.bind("tenant", id.tenant()).bind("name", id.device());
  }

  static Optional<DeviceId> ownerOf(Handle handle, String tokenHash, long now) {
    return handle
        .createQuery(
            "SELECT tenant, name FROM device WHERE token_hash = :hash AND token_hash <> ''"
                + " UNION SELECT tenant, name FROM device_former WHERE token_hash = :hash"
                + " AND token_hash <> '' AND valid_until > :now")
        .bind("hash", tokenHash)
        .bind("now", now)
        .map((result, context) -> new DeviceId(result.getString(1), result.getString(2)))
        .findFirst();
  }

  static boolean replace(
      Handle handle, DeviceId id, String tokenHash, String sealedKey, long formerUntil) {
    named(handle.createUpdate("DELETE FROM device_former" + AT), id).execute();
    if (formerUntil > 0) {
      named(
              handle.createUpdate(
                  "INSERT INTO device_former (tenant, name, token_hash, sealed_key, valid_until)"
                      + " SELECT tenant, name, token_hash, sealed_key, :until FROM device"
                      + AT
                      + " AND token_hash <> ''"),
              id)
          .bind("until", formerUntil)
          .execute();
    }
    int changed =
        named(
                handle.createUpdate("UPDATE device SET token_hash = :hash, sealed_key = :key" + AT),
                id)
            .bind("hash", tokenHash)
            .bind("key", sealedKey)
            .execute();
    named(handle.createUpdate("DELETE FROM device_claim" + AT), id).execute();
    if (changed == 0) {
      return false;
    }
    if (tokenHash.isEmpty()) {
      bar(handle, id);
    } else {
      admit(handle, id);
    }
    return true;
  }

  static void bar(Handle handle, DeviceId id) {
    named(
            handle.createUpdate(
                "INSERT INTO device_barred (tenant, name) VALUES (:tenant, :name)"
                    + " ON CONFLICT DO NOTHING"),
            id)
        .execute();
    forget(handle, id);
  }

  static void admit(Handle handle, DeviceId id) {
    named(handle.createUpdate("DELETE FROM device_barred" + AT), id).execute();
  }

  private static void forget(Handle handle, DeviceId id) {
    for (String table : List.of("device_former", "device_claim", "device_key")) {
      named(handle.createUpdate("DELETE FROM " + table + AT), id).execute();
    }
  }

  static Optional<Former> former(Handle handle, DeviceId id, long now) {
    return named(
            handle.createQuery(
                "SELECT token_hash, sealed_key, valid_until FROM device_former"
                    + AT
                    + " AND valid_until > :now"),
            id)
        .bind("now", now)
        .map(
            (result, context) ->
                new Former(result.getString(1), result.getString(2), result.getLong(3)))
        .findOne();
  }

  static List<DeviceId> endRotations(Handle handle, long now) {
    List<DeviceId> over =
        handle
            .createQuery("SELECT tenant, name FROM device_former WHERE valid_until <= :now")
            .bind("now", now)
            .map((result, context) -> new DeviceId(result.getString(1), result.getString(2)))
            .list();
    for (DeviceId id : over) {
      named(handle.createUpdate("DELETE FROM device_former" + AT + " AND valid_until <= :now"), id)
          .bind("now", now)
          .execute();
    }
    return over;
  }

  static boolean putClaim(Handle handle, DeviceId id, String codeHash, long validUntil) {
    named(handle.createUpdate("DELETE FROM device_claim" + AT), id).execute();
    return named(
                handle.createUpdate(
                    "INSERT INTO device_claim (tenant, name, code_hash, valid_until)"
                        + " SELECT tenant, name, :hash, :until FROM device"
                        + AT),
                id)
            .bind("hash", codeHash)
            .bind("until", validUntil)
            .execute()
        == 1;
  }

  static Optional<DeviceId> claimOf(Handle handle, String codeHash, long now) {
    return handle
        .createQuery(
            "SELECT tenant, name FROM device_claim"
                + " WHERE code_hash = :hash AND valid_until > :now")
        .bind("hash", codeHash)
        .bind("now", now)
        .map((result, context) -> new DeviceId(result.getString(1), result.getString(2)))
        .findOne();
  }

  static boolean redeem(
      Handle handle, DeviceId id, String codeHash, long now, String tokenHash, String sealedKey) {
    int redeemed =
        named(
                handle.createUpdate(
                    "DELETE FROM device_claim"
                        + AT
                        + " AND code_hash = :hash AND valid_until > :now"),
                id)
            .bind("hash", codeHash)
            .bind("now", now)
            .execute();
    return redeemed == 1 && replace(handle, id, tokenHash, sealedKey, 0);
  }
}
