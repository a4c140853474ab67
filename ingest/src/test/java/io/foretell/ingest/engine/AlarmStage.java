package io.foretell.ingest.engine;

import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Stage;
import io.foretell.proto.Texts;

/** Says so when the time is over that an entry names: {@code in MS}. The state is that moment. */
public final class AlarmStage implements Stage<Long, String> {
  @Override
  public Long initial(DeviceId key) {
    return NEVER;
  }

  @Override
  public Long apply(Long state, Entry<String> entry, Emit out) {
    return entry.at() + Long.parseLong(entry.value().substring(3));
  }

  @Override
  public Long tick(Long state, DeviceId key, long at, Emit out) {
    out.to(EchoStage.ECHOES, key, "rang at " + at);
    return NEVER;
  }

  @Override
  public long wakeAt(Long state) {
    return state;
  }

  @Override
  public Codec<Long> codec() {
    return Texts.NUMBER;
  }
}
