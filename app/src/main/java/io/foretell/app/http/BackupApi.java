package io.foretell.app.http;

import java.io.OutputStream;
import java.util.function.Consumer;

/** {@code POST /backup}: an archive of everything, as it is made. */
final class BackupApi {
  private final Routes routes;
  private final Consumer<OutputStream> backup;

  /**
   * @param backup writes an archive; blocks
   */
  BackupApi(Routes routes, Consumer<OutputStream> backup) {
    this.routes = routes;
    this.backup = backup;
  }

  void bind() {
    routes.postForArchive("/backup", "a backup", call -> backup);
  }
}
