package io.foretell.ingest.engine.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Stage;
import io.foretell.proto.Topic;

/** Says each device's words again, with a number that counts them. */
final class NumbersStage implements Stage<Long, String> {
  static final Topic<String> WORDS = Topic.lane("words", new Text());
  static final Topic<String> NUMBERED = Topic.lane("numbered", new Text());

  private static final class Text implements Codec<String> {
    @Override
    public byte[] encode(String value) {
      return value.getBytes(UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
      return new String(bytes, UTF_8);
    }
  }

  @Override
  public Long initial(DeviceId key) {
    return 0L;
  }

  @Override
  public Long apply(Long state, Entry<String> entry, Emit out) {
    out.to(NUMBERED, entry.key(), state + ":" + entry.value());
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
    return new Codec<>() {
      @Override
      public byte[] encode(Long value) {
        return value.toString().getBytes(UTF_8);
      }

      @Override
      public Long decode(byte[] bytes) {
        return Long.valueOf(new String(bytes, UTF_8));
      }
    };
  }
}
