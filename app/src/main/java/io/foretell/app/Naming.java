package io.foretell.app;

import io.foretell.diagnostics.signals.FrameMemory;
import io.foretell.diagnostics.signals.ModelDecoding;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Stage;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Topic;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stage that makes telemetry, with the signals that its raw frames hold said beside them: by the
 * manifest of the device's model, in the same pass. A message whose frames come in several uplinks
 * is read with the last of them: what is open is kept beside the state of the stage.
 *
 * @param <S> state of the stage
 * @param <I> what it reads
 */
final class Naming<S, I> implements Stage<Naming.Named<S>, I> {
  /**
   * How long open messages are kept when no frames come, on the entries' clock. A device that stops
   * sending frames in the middle of a message must not carry it for ever.
   */
  private static final long KEPT_MILLIS = 600_000;

  private final Stage<S, I> stage;
  private final Topic<Telemetry> telemetry;
  private final ModelDecoding decoding;

  /**
   * @param telemetry where the stage says what it has read
   */
  Naming(Stage<S, I> stage, Topic<Telemetry> telemetry, ModelDecoding decoding) {
    this.stage = stage;
    this.telemetry = telemetry;
    this.decoding = decoding;
  }

  /** The state of the stage, and the messages that are open on the device's buses. */
  static final class Named<S> {
    private S stage;
    private @Nullable FrameMemory open;

    /** When what is open is given up, on the entries' clock. */
    private long openUntil = NEVER;

    Named(S stage) {
      this.stage = stage;
    }

    S stage() {
      return stage;
    }

    private void keep(FrameMemory memory, long until) {
      open = memory.isEmpty() ? null : memory;
      openUntil = open == null ? NEVER : until;
    }
  }

  @Override
  public Named<S> initial(DeviceId key) {
    return new Named<>(stage.initial(key));
  }

  @Override
  public Named<S> apply(Named<S> state, Entry<I> entry, Emit out) {
    state.stage = stage.apply(state.stage, entry, new Beside(state, entry.at(), out));
    return state;
  }

  @Override
  public Named<S> tick(Named<S> state, DeviceId key, long at, Emit out) {
    if (state.openUntil <= at) {
      state.keep(new FrameMemory(), NEVER);
    }
    if (stage.wakeAt(state.stage) <= at) {
      state.stage = stage.tick(state.stage, key, at, new Beside(state, at, out));
    }
    return state;
  }

  @Override
  public long wakeAt(Named<S> state) {
    return Math.min(stage.wakeAt(state.stage), state.openUntil);
  }

  @Override
  public Codec<Named<S>> codec() {
    return new NamedCodec<>(stage.codec());
  }

  /** Says the signals of frames after the frames. */
  private final class Beside implements Emit {
    private final Named<S> state;
    private final long at;
    private final Emit out;

    Beside(Named<S> state, long at, Emit out) {
      this.state = state;
      this.at = at;
      this.out = out;
    }

    @Override
    public <T> void to(Topic<T> topic, DeviceId key, T value) {
      out.to(topic, key, value);
      if (value instanceof Telemetry.Frames frames) {
        FrameMemory memory = state.open == null ? new FrameMemory() : state.open;
        decoding.signals(key, frames, memory).forEach(signals -> out.to(telemetry, key, signals));
        state.keep(memory, at + KEPT_MILLIS);
      }
    }
  }

  /**
   * Where nothing is open, the bytes of the stage's state and no other, as versions wrote them that
   * kept nothing open. Otherwise:
   *
   * <pre>
   *   0 (as no state of decoding begins) | form (1 byte, = 1) | given up at (8 bytes)
   *   | length of the stage's state (4 bytes) | that state | {@link FrameMemory}: the rest
   * </pre>
   */
  private record NamedCodec<S>(Codec<S> stage) implements Codec<Named<S>> {
    private static final byte MARK = 0;
    private static final byte FORM = 1;
    private static final int HEAD = 1 + 1 + Long.BYTES + Integer.BYTES;

    @Override
    public byte[] encode(Named<S> value) {
      byte[] state = stage.encode(value.stage);
      if (value.open == null && (state.length == 0 || state[0] != MARK)) {
        return state;
      }
      FrameMemory memory = value.open == null ? new FrameMemory() : value.open;
      byte[] open = FrameMemory.codec().encode(memory);
      return ByteBuffer.allocate(HEAD + state.length + open.length)
          .put(MARK)
          .put(FORM)
          .putLong(value.openUntil)
          .putInt(state.length)
          .put(state)
          .put(open)
          .array();
    }

    @Override
    public Named<S> decode(byte[] bytes) {
      if (bytes.length == 0 || bytes[0] != MARK) {
        return new Named<>(stage.decode(bytes));
      }
      ByteBuffer in = ByteBuffer.wrap(bytes);
      if (bytes.length < HEAD || in.getShort() != FORM) {
        throw broken();
      }
      long until = in.getLong();
      int length = in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw broken();
      }
      byte[] state = new byte[length];
      in.get(state);
      byte[] open = new byte[in.remaining()];
      in.get(open);
      Named<S> named = new Named<>(stage.decode(state));
      named.keep(FrameMemory.codec().decode(open), until);
      return named;
    }

    private static InvalidInputException broken() {
      return new InvalidInputException(
          ReasonCode.WRONG_SHAPE,
          "a state with open messages that was cut off, or is of a later form");
    }
  }
}
