package io.foretell.bench.standin;

import io.foretell.ingest.Decoding;
import io.foretell.ingest.DeviceStream;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Lane;
import io.foretell.proto.Reject;
import io.foretell.proto.Topic;
import io.foretell.proto.Uplink;
import io.foretell.proto.wire.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Nothing on disk: decoding takes what is appended from memory, on a thread of its own. */
final class MemoryHall implements Hall {
  private final MemoryLane<Uplink> uplinks = new MemoryLane<>("uplink");
  private final MemoryLane<Reject> rejects = new MemoryLane<>("rejects");
  private final Map<DeviceId, DeviceStream> states = new HashMap<>();
  private final Decoding decoding;
  private final LongAdder routed = new LongAdder();
  private final LongAdder rejected = new LongAdder();
  private final LongAdder folded = new LongAdder();

  MemoryHall(Decoding decoding) {
    this.decoding = decoding;
    Thread thread = new Thread(this::run, "decoding");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    Emit out = new Counting();
    while (true) {
      List<Entry<Uplink>> batch = uplinks.take();
      for (Entry<Uplink> entry : batch) {
        DeviceStream state = states.computeIfAbsent(entry.key(), decoding::initial);
        states.put(entry.key(), decoding.apply(state, entry, out));
      }
      folded.add(batch.size());
    }
  }

  private final class Counting implements Emit {
    private final List<Object> kept = new ArrayList<>();

    @Override
    public <T> void to(Topic<T> topic, DeviceId key, T value) {
      if (topic.name().equals(Topics.TELEMETRY.name())) {
        kept.add(value);
        routed.increment();
      } else {
        rejected.increment();
      }
      if (kept.size() == 1000) {
        kept.clear();
      }
    }
  }

  @Override
  public Lane<Uplink> uplinks() {
    return uplinks;
  }

  @Override
  public Lane<Reject> rejects() {
    return rejects;
  }

  @Override
  public String count() {
    long appended = uplinks.end(0);
    long done = folded.sum();
    long refused = rejected.sum();
    return "count %d %d %d %d".formatted(appended - done, appended, done - refused, refused);
  }
}
