package io.foretell.proto;

import java.util.concurrent.atomic.AtomicReference;

/** A stage that cannot fold any uplink. */
final class FailingStage implements Stage<Long, Uplink> {
  @Override
  public Long initial(DeviceId key) {
    return 0L;
  }

  @Override
  public Long apply(Long state, Entry<Uplink> entry, Emit out) {
    throw new IllegalStateException("none, on purpose");
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

/** A stage that keeps what it must not keep. */
final class KeepingStage implements Stage<Long, String> {
  private final AtomicReference<Emit> kept;

  KeepingStage(AtomicReference<Emit> kept) {
    this.kept = kept;
  }

  @Override
  public Long initial(DeviceId key) {
    return 0L;
  }

  @Override
  public Long apply(Long state, Entry<String> entry, Emit out) {
    kept.set(out);
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
