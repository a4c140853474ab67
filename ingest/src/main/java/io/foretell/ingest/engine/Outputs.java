package io.foretell.ingest.engine;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import io.foretell.proto.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the steps of a pass emit, in order; the values of a step that fails are taken back. */
public final class Outputs implements Emit {
  private final Predicate<String> wanted;
  private final List<Emitted<?>> all = new ArrayList<>();
  private @Nullable Position position;
  private @Nullable DeviceId source;
  private long at;
  private int ordinal;
  private int mark;

  /**
   * One value.
   *
   * @param source the device whose step made it
   * @param encoded where the topic is a lane
   */
  public record Emitted<T>(
      Topic<T> topic, DeviceId source, Entry<T> entry, byte @Nullable [] encoded) {}

  /**
   * @param wanted the names of pass topics that someone listens to
   */
  public Outputs(Predicate<String> wanted) {
    this.wanted = wanted;
  }

  /** The next values are of this step. */
  void begin(Position cause, DeviceId device, long time, int firstOrdinal) {
    position = cause;
    source = device;
    at = time;
    ordinal = firstOrdinal;
    mark = all.size();
  }

  /** The step is done; returns the next ordinal. */
  int end() {
    position = null;
    return ordinal;
  }

  /** The step has failed. */
  void takeBack() {
    position = null;
    all.subList(mark, all.size()).clear();
  }

  /** All steps of a device are void. */
  void takeBackAll(DeviceId device) {
    all.removeIf(emitted -> emitted.source().equals(device));
  }

  @Override
  public <T> void to(Topic<T> topic, DeviceId key, T value) {
    Position cause = position;
    DeviceId device = source;
    if (cause == null || device == null) {
      throw new IllegalStateException("an Emit is valid only during the call it was given to");
    }
    int number = ordinal++;
    // A value that cannot be written is the fault of this step, so it is encoded within it.
    byte @Nullable [] encoded = topic.codec().map(codec -> codec.encode(value)).orElse(null);
    if (encoded != null || wanted.test(topic.name())) {
      all.add(new Emitted<>(topic, device, new Entry<>(cause, number, key, at, value), encoded));
    }
  }

  /** All that was emitted and not taken back. */
  public List<Emitted<?>> all() {
    return all;
  }

  /** The next pass begins. */
  public void clear() {
    all.clear();
  }
}
