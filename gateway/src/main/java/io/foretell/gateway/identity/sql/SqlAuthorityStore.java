package io.foretell.gateway.identity.sql;

import static io.foretell.gateway.identity.sql.SecretRows.AT;
import static io.foretell.gateway.identity.sql.SecretRows.named;

import io.foretell.gateway.identity.Authority;
import io.foretell.gateway.identity.AuthorityStore;
import io.foretell.gateway.identity.RegisterUnavailableException;
import io.foretell.proto.DeviceId;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.mapper.RowMapper;

/** Authorities and keys in the tables of {@link GatewaySchema}. */
final class SqlAuthorityStore implements AuthorityStore {
  private static final RowMapper<Authority> AUTHORITY =
      (result, context) ->
          new Authority(
              result.getString("fingerprint"),
              result.getString("tenant"),
              certificate(result.getString("certificate")),
              result.getString("naming"),
              result.getInt("provisions") != 0,
              result.getInt("renews") != 0,
              result.getLong("added_at"));

  private static final RowMapper<DeviceId> DEVICE =
      (result, context) -> new DeviceId(result.getString("tenant"), result.getString("name"));

  private final Jdbi jdbi;

  SqlAuthorityStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public boolean insert(Authority authority) {
    return with(
        handle ->
            handle
                    .createUpdate(
                        "INSERT INTO authority (fingerprint, tenant, certificate, naming,"
                            + " provisions, renews, added_at) VALUES (:fingerprint, :tenant,"
                            + " :certificate, :naming, :provisions, :renews, :at)"
                            + " ON CONFLICT DO NOTHING")
                    .bind("fingerprint", authority.fingerprint())
                    .bind("tenant", authority.tenant())
                    .bind("certificate", text(authority.certificate()))
                    .bind("naming", authority.naming())
                    .bind("provisions", authority.provisions() ? 1 : 0)
                    .bind("renews", authority.renews() ? 1 : 0)
                    .bind("at", authority.addedAt())
                    .execute()
                == 1);
  }

  @Override
  public boolean delete(String tenant, String fingerprint) {
    return with(
        handle ->
            handle
                    .createUpdate(
                        "DELETE FROM authority WHERE fingerprint = :print AND tenant = :tenant")
                    .bind("print", fingerprint)
                    .bind("tenant", tenant)
                    .execute()
                == 1);
  }

  @Override
  public List<Authority> all() {
    return with(
        handle ->
            handle
                .createQuery("SELECT * FROM authority ORDER BY tenant, added_at, fingerprint")
                .map(AUTHORITY)
                .list());
  }

  @Override
  public Optional<Binding> binding(DeviceId device) {
    return with(
        handle ->
            named(
                    handle.createQuery("SELECT key_hash, authority, since FROM device_key" + AT),
                    device)
                .map(
                    (result, context) ->
                        new Binding(result.getString(1), result.getString(2), result.getLong(3)))
                .findOne());
  }

  @Override
  public Optional<DeviceId> ownerOfRawKey(String keyHash) {
    return with(
        handle ->
            handle
                .createQuery(
                    "SELECT tenant, name FROM device_key WHERE key_hash = :hash AND authority = ''")
                .bind("hash", keyHash)
                .map(DEVICE)
                .findOne());
  }

  @Override
  public boolean bind(DeviceId device, Binding binding) {
    return with(
        handle ->
            named(
                        handle.createUpdate(
                            "INSERT INTO device_key (tenant, name, key_hash, authority, since)"
                                + " VALUES (:tenant, :name, :hash, :authority, :since)"
                                + " ON CONFLICT DO NOTHING"),
                        device)
                    .bind("hash", binding.keyHash())
                    .bind("authority", binding.authority())
                    .bind("since", binding.since())
                    .execute()
                == 1);
  }

  @Override
  public boolean rebind(DeviceId device, Binding from, Binding to) {
    return with(
        handle ->
            named(
                        handle.createUpdate(
                            "UPDATE device_key SET key_hash = :hash, authority = :authority,"
                                + " since = :since"
                                + AT
                                + " AND key_hash = :from"),
                        device)
                    .bind("hash", to.keyHash())
                    .bind("authority", to.authority())
                    .bind("since", to.since())
                    .bind("from", from.keyHash())
                    .execute()
                == 1);
  }

  @Override
  public boolean unbind(DeviceId device) {
    return with(
        handle -> named(handle.createUpdate("DELETE FROM device_key" + AT), device).execute() == 1);
  }

  @Override
  public List<DeviceId> boundBy(String fingerprint) {
    return with(
        handle ->
            handle
                .createQuery("SELECT tenant, name FROM device_key WHERE authority = :print")
                .bind("print", fingerprint)
                .map(DEVICE)
                .list());
  }

  @Override
  public boolean barred(DeviceId device) {
    return with(
        handle ->
            named(handle.createQuery("SELECT 1 FROM device_barred" + AT), device)
                .mapTo(Integer.class)
                .findOne()
                .isPresent());
  }

  private <T> T with(HandleCallback<T, RegisterUnavailableException> work) {
    try {
      return jdbi.withHandle(work);
    } catch (JdbiException e) {
      throw new RegisterUnavailableException("the register cannot be read", e);
    }
  }

  private static String text(X509Certificate certificate) {
    try {
      return Base64.getEncoder().encodeToString(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new RegisterUnavailableException("a certificate cannot be written", e);
    }
  }

  private static X509Certificate certificate(String text) throws SQLException {
    try {
      byte[] der = Base64.getDecoder().decode(text);
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException | IllegalArgumentException e) {
      // Fails closed: with a row that cannot be read nobody is believed.
      throw new SQLException("a certificate in the table authority cannot be read", e);
    }
  }
}
