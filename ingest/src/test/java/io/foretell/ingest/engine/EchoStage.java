package io.foretell.ingest.engine;

import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Stage;
import io.foretell.proto.Texts;
import io.foretell.proto.Topic;

/** Counts the entries of a device and says each again, with its number, on another lane. */
public final class EchoStage implements Stage<Long, String> {
  public static final Topic<String> CALLS = Topic.lane("calls", Texts.TEXT);
  public static final Topic<String> ECHOES = Topic.lane("echoes", Texts.TEXT);

  @Override
  public Long initial(DeviceId key) {
    return 0L;
  }

  @Override
  public Long apply(Long state, Entry<String> entry, Emit out) {
    out.to(ECHOES, entry.key(), state + ":" + entry.value());
    return state + 1;
  }

  @Override
  public Long tick(Long state, DeviceId key, long at, Emit out) {
    return state;
  }

  @Override
  public long wakeAt(Long state) {
    return NEVER;
  }

  @Override
  public Codec<Long> codec() {
    return Texts.NUMBER;
  }
}
