package io.foretell.proto;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A stage that counts the entries of a device, and says the count. */
final class CountStage implements Stage<Long, String> {
  @Override
  public Long initial(DeviceId key) {
    return 0L;
  }

  @Override
  public Long apply(Long state, Entry<String> entry, Emit out) {
    out.to(JournalStage.HEARD, entry.key(), "count " + (state + 1));
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
