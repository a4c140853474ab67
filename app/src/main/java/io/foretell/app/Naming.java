package io.foretell.app;

import io.foretell.diagnostics.signals.ModelDecoding;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Stage;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Topic;

/**
 * A stage that makes telemetry, with the signals that its raw frames hold said beside them: by the
 * manifest of the device's model, in the same pass.
 *
 * @param <S> state of the stage
 * @param <I> what it reads
 */
final class Naming<S, I> implements Stage<S, I> {
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

  @Override
  public S initial(DeviceId key) {
    return stage.initial(key);
  }

  @Override
  public S apply(S state, Entry<I> entry, Emit out) {
    return stage.apply(state, entry, new Beside(out));
  }

  @Override
  public S tick(S state, DeviceId key, long at, Emit out) {
    return stage.tick(state, key, at, new Beside(out));
  }

  @Override
  public long wakeAt(S state) {
    return stage.wakeAt(state);
  }

  @Override
  public Codec<S> codec() {
    return stage.codec();
  }

  /** Says the signals of frames after the frames. */
  private final class Beside implements Emit {
    private final Emit out;

    Beside(Emit out) {
      this.out = out;
    }

    @Override
    public <T> void to(Topic<T> topic, DeviceId key, T value) {
      out.to(topic, key, value);
      if (value instanceof Telemetry.Frames frames) {
        decoding.signals(key, frames).forEach(signals -> out.to(telemetry, key, signals));
      }
    }
  }
}
