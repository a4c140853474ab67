package io.foretell.bench.standin;

import io.foretell.gateway.Downlink;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Sink;
import io.foretell.proto.Telemetry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A downlink with nothing in it. */
final class NoCommands implements Downlink {
  @Override
  public Registration listen(DeviceId device, Receiver receiver) {
    return () -> {};
  }

  @Override
  public List<Tracked> pending(DeviceId device) {
    return List.of();
  }

  @Override
  public List<Tracked> recent(DeviceId device, int limit) {
    return List.of();
  }

  @Override
  public Sink<Telemetry> replies() {
    return batch -> CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<?> write(List<Entry<Command>> batch) {
    return CompletableFuture.completedFuture(null);
  }
}
