package io.foretell.ingest.history.rocksdb;

import io.foretell.proto.History;
import io.foretell.proto.HistoryContract;
import io.foretell.proto.Sink;
import io.foretell.proto.Telemetry;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

final class RocksHistoryTest extends HistoryContract {
  @TempDir Path folder;
  private RocksHistory history;

  @BeforeEach
  void open() {
    history = new RocksHistory(folder.resolve("history"));
    history.start();
  }

  @AfterEach
  void close() {
    history.close();
  }

  @Override
  protected History history() {
    return history;
  }

  @Override
  protected Sink<Telemetry> sink() {
    return history;
  }
}
