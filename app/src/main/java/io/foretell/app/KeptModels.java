package io.foretell.app;

import io.foretell.app.records.Records;
import io.foretell.diagnostics.signals.Manifests;
import io.foretell.diagnostics.signals.ModelDecoding;
import io.foretell.gateway.identity.Registration;
import io.foretell.gateway.identity.sql.SqlDeviceStore;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The models of an installation's devices, read where the records are and changing nothing there.
 * They are not even opened where there is no manifest to ask them for.
 */
final class KeptModels implements AutoCloseable {
  private final Manifests manifests;
  private final @Nullable Records records;

  private KeptModels(Manifests manifests, @Nullable Records records) {
    this.manifests = manifests;
    this.records = records;
  }

  static KeptModels open(Config config, Manifests manifests) {
    if (manifests.all().isEmpty()) {
      return new KeptModels(manifests, null);
    }
    String url = config.get(Config.RECORDS_URL);
    Records records =
        url.isEmpty()
            ? Records.openToRead(config.get(Config.DATA))
            : Records.open(
                url, config.get(Config.RECORDS_USER), config.get(Config.RECORDS_PASSWORD));
    return new KeptModels(manifests, records);
  }

  /** Reads frames by the manifests of the devices' models. */
  ModelDecoding decoding() {
    if (records == null) {
      return new ModelDecoding(manifests, device -> "");
    }
    SqlDeviceStore devices = new SqlDeviceStore(records.source());
    return new ModelDecoding(
        manifests,
        new Models(
            device -> devices.find(device).map(Registration::device), InstantSource.system()));
  }

  @Override
  public void close() {
    Optional.ofNullable(records).ifPresent(Records::close);
  }
}
