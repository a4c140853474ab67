package io.foretell.ingest.engine.kafka;

import io.foretell.proto.Engine;
import io.foretell.proto.EngineContract;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

class KafkaEngineContractTest extends EngineContract {
  @TempDir Path folder;

  private final String prefix = Brokers.newPrefix();
  private final MemoryKeys keys = new MemoryKeys();

  @Override
  protected Engine engine(InstantSource clock) {
    return new KafkaEngine(Brokers.options(prefix, folder), clock, keys);
  }

  /** It looks at the clock with every commit. */
  @Override
  protected void clockMoved(Engine engine) {}
}
