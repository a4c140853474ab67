package io.foretell.ingest.engine;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Stage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A device's state of a stage, decoded, and what goes with it. As it is kept:
 *
 * <pre>
 * timer:8  lastOffset:8  ordinals:4  state
 * </pre>
 *
 * <p>{@code timer} is where the device stands in the index of timers. It may be earlier than the
 * state's own {@link Stage#wakeAt}, never later: a state that moves its wake-up on with each entry
 * then costs no write to the index, and is looked at once in vain when the old moment comes.
 */
public final class Held<S> {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final int HEAD = 20;
  private static final long NONE = -1;

  final DeviceId key;
  S state;

  /** Its place in the index of timers; {@link Stage#NEVER}: none. */
  long timer = Stage.NEVER;

  /** The offset of the last entry folded in; what a tick makes has that entry's position. */
  long lastOffset = NONE;

  /** How many values that entry, and the ticks since, have made. */
  int ordinals;

  /** A tick failed: no further tick until an entry has been folded in. */
  boolean muted;

  /** It was ticked by the clock within this pass. */
  boolean clocked;

  /** It was changed, or its timer is to be set anew, in this pass. */
  boolean touched;

  /** Where to start again from if a step fails: the state as of some step of this pass. */
  byte @Nullable [] base;

  boolean baseMuted;
  int baseIndex;
  int stepsSinceBase;

  Held(DeviceId key, S state) {
    this.key = key;
    this.state = state;
  }

  /** The device. */
  public DeviceId key() {
    return key;
  }

  /** Its place in the index of timers; {@link Stage#NEVER}: none. */
  public long timer() {
    return timer;
  }

  /** It has another place in the index of timers. */
  public void timer(long wakeAt) {
    timer = wakeAt;
  }

  boolean isNew() {
    return lastOffset == NONE;
  }

  /** As it is kept. */
  public byte[] record(byte[] encoded) {
    byte[] record = new byte[HEAD + encoded.length];
    LONG.set(record, 0, timer);
    LONG.set(record, 8, lastOffset);
    INT.set(record, 16, ordinals);
    System.arraycopy(encoded, 0, record, HEAD, encoded.length);
    return record;
  }

  void readHead(byte[] record) {
    timer = (long) LONG.get(record, 0);
    lastOffset = (long) LONG.get(record, 8);
    ordinals = (int) INT.get(record, 16);
  }

  /** The stage's own bytes in what is kept. */
  public static byte[] encodedState(byte[] record) {
    byte[] encoded = new byte[record.length - HEAD];
    System.arraycopy(record, HEAD, encoded, 0, encoded.length);
    return encoded;
  }

  /** The place in the index of timers in what is kept. */
  public static long timer(byte[] record) {
    return (long) LONG.get(record, 0);
  }

  /** What is in the store is what is here. */
  void committed() {
    touched = false;
    clocked = false;
    base = null;
    baseMuted = muted;
    baseIndex = 0;
    stepsSinceBase = 0;
  }
}
