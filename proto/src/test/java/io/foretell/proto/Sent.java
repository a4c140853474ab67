package io.foretell.proto;

import static io.foretell.proto.LaneContract.TEXT;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Entries that are appended without waiting for one another. */
final class Sent {
  private final List<CompletionStage<Position>> appends = new ArrayList<>();

  void add(Engine engine, DeviceId device, long at, String value) {
    appends.add(engine.lane(TEXT).append(device, at, value));
  }

  /** So many, t0 at 0, t1 at 1, …. */
  void add(Engine engine, DeviceId device, int count) {
    for (int i = 0; i < count; i++) {
      add(engine, device, i, "t" + i);
    }
  }

  /** Waits until all are durable. */
  void await() {
    appends.forEach(Await::done);
    appends.clear();
  }
}
