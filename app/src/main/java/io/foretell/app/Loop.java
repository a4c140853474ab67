package io.foretell.app;

import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Stage;
import io.foretell.proto.Topic;
import java.nio.ByteBuffer;

/**
 * Two stages in one pass: what the first hands to a pass topic the second folds at once, and sinks
 * attached to that topic have it as well. So there is no second full-rate log between them.
 *
 * @param <A> state of the first stage
 * @param <B> state of the second
 * @param <I> what the first reads
 * @param <T> what the first hands on
 */
final class Loop<A, B, I, T> implements Stage<Loop.Both<A, B>, I> {
  private final Stage<A, I> first;
  private final Topic<T> between;
  private final Stage<B, T> second;

  Loop(Stage<A, I> first, Topic<T> between, Stage<B, T> second) {
    this.first = first;
    this.between = between;
    this.second = second;
  }

  /** The states of both stages. */
  static final class Both<A, B> {
    private A first;
    private B second;

    Both(A first, B second) {
      this.first = first;
      this.second = second;
    }

    A first() {
      return first;
    }

    B second() {
      return second;
    }
  }

  @Override
  public Both<A, B> initial(DeviceId key) {
    return new Both<>(first.initial(key), second.initial(key));
  }

  @Override
  public Both<A, B> apply(Both<A, B> state, Entry<I> entry, Emit out) {
    Through through = new Through(state, entry, out);
    state.first = first.apply(state.first, entry, through);
    return state;
  }

  @Override
  public Both<A, B> tick(Both<A, B> state, DeviceId key, long at, Emit out) {
    if (first.wakeAt(state.first) <= at) {
      state.first = first.tick(state.first, key, at, out);
    }
    if (second.wakeAt(state.second) <= at) {
      state.second = second.tick(state.second, key, at, out);
    }
    return state;
  }

  @Override
  public long wakeAt(Both<A, B> state) {
    return Math.min(first.wakeAt(state.first), second.wakeAt(state.second));
  }

  /** Hands what the first stage emits to the second as well. */
  private final class Through implements Emit {
    private final Both<A, B> state;
    private final Entry<I> cause;
    private final Emit out;
    private int ordinal;

    Through(Both<A, B> state, Entry<I> cause, Emit out) {
      this.state = state;
      this.cause = cause;
      this.out = out;
    }

    @Override
    public <V> void to(Topic<V> topic, DeviceId key, V value) {
      out.to(topic, key, value);
      if (topic.name().equals(between.name())) {
        @SuppressWarnings("unchecked") // the same topic carries the same type
        T handed = (T) value;
        Entry<T> entry = new Entry<>(cause.position(), ordinal++, key, cause.at(), handed);
        state.second = second.apply(state.second, entry, out);
      }
    }
  }

  @Override
  public Codec<Both<A, B>> codec() {
    return new BothCodec<>(first.codec(), second.codec());
  }

  /** Length of the first state (4 bytes, big-endian), the first state, the second state. */
  private record BothCodec<A, B>(Codec<A> first, Codec<B> second) implements Codec<Both<A, B>> {
    @Override
    public byte[] encode(Both<A, B> value) {
      byte[] a = first.encode(value.first());
      byte[] b = second.encode(value.second());
      return ByteBuffer.allocate(4 + a.length + b.length).putInt(a.length).put(a).put(b).array();
    }

    @Override
    public Both<A, B> decode(byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      int length = bytes.length < 4 ? -1 : in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a state that was cut off");
      }
      byte[] a = new byte[length];
      in.get(a);
      byte[] b = new byte[in.remaining()];
      in.get(b);
      return new Both<>(first.decode(a), second.decode(b));
    }
  }
}
