package io.foretell.gateway.identity;

import io.foretell.gateway.identity.sql.SqlDeviceStore;
import io.foretell.proto.Device;
import io.foretell.proto.Directory;
import io.foretell.proto.DirectoryContract;
import java.nio.file.Path;
import java.time.InstantSource;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class RegistryDirectoryTest extends DirectoryContract {
  @TempDir Path folder;

  private SqlDeviceStore store;
  private Registry registry;

  @BeforeEach
  void open() {
    store = new SqlDeviceStore(database(folder.resolve("records.db")));
    registry = new Registry(store, new KeySeal(new byte[32]), InstantSource.system(), false);
  }

  DataSource database(Path file) {
    return LiteDatabase.at(file);
  }

  @Override
  protected Directory directory() {
    return registry;
  }

  @Override
  protected void register(Device device) {
    store.insert(new Registration(device, "", "", ""));
  }
}
