package io.foretell.gateway.identity;

import java.nio.file.Path;
import javax.sql.DataSource;

/** The register as a directory, on a real PostgreSQL. */
class RegistryDirectoryPostgresTest extends RegistryDirectoryTest {
  @Override
  DataSource database(Path file) {
    return PostgresDatabase.at(file);
  }
}
