package io.foretell.bench.standin;

import io.foretell.ingest.Decoding;
import io.foretell.ingest.DeviceStream;
import io.foretell.ingest.engine.rocksdb.RocksEngine;
import io.foretell.ingest.engine.rocksdb.RocksEngineOptions;
import io.foretell.proto.Engine;
import io.foretell.proto.Lane;
import io.foretell.proto.Reject;
import io.foretell.proto.Uplink;
import io.foretell.proto.wire.Topics;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/** The embedded engine, as the server runs it, with decoding as its only stage. */
final class DiskHall implements Hall {
  private static final String STAGE = "decoding";

  private final Engine engine;
  private final LongAdder routed = new LongAdder();

  DiskHall(Path data, Decoding decoding, InstantSource clock) {
    engine = new RocksEngine(data, RocksEngineOptions.defaults(), clock);
    engine.host(STAGE, Topics.UPLINK, decoding);
    engine.attach(
        "route",
        Topics.TELEMETRY,
        batch -> {
          routed.add(batch.size());
          return CompletableFuture.completedFuture(null);
        });
    engine.start();
  }

  @Override
  public Lane<Uplink> uplinks() {
    return engine.lane(Topics.UPLINK);
  }

  @Override
  public Lane<Reject> rejects() {
    return engine.lane(Topics.REJECTS);
  }

  @Override
  public String count() {
    long lag = engine.lag(STAGE);
    long[] sums = new long[2];
    if (lag == 0) {
      engine.eachState(
          STAGE,
          DeviceStream.class,
          (device, stream) -> {
            sums[0] += stream.stored();
            sums[1] += stream.rejectedTotal();
          });
    }
    long uplinks = 0;
    for (int p = 0; p < uplinks().partitions(); p++) {
      uplinks += uplinks().end(p);
    }
    return "count %d %d %d %d".formatted(lag, uplinks, sums[0], sums[1]);
  }
}
