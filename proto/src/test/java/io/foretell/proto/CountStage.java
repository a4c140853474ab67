package io.foretell.proto;

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
    return Texts.NUMBER;
  }
}
