package io.foretell.diagnostics;

import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Telemetry of one device that waits until nothing earlier can come any more. What is put in comes
 * out in the order of event time; at equal times, in the order of content. So the order of arrival
 * leaves no trace, and the same thing put in twice comes out once.
 */
final class EventBuffer {
  /** {@link #nextTime} of an empty buffer. */
  static final long EMPTY = Long.MAX_VALUE;

  private static final int SAMPLE_BYTES = 24;

  private final TreeMap<Long, TreeSet<byte[]>> telemetry = new TreeMap<>();
  private final TreeMap<Long, TreeMap<String, Double>> moments = new TreeMap<>();
  private long bytes;

  /** Puts in what a reader will read, packed. */
  void put(long time, byte[] packed) {
    if (telemetry.computeIfAbsent(time, t -> new TreeSet<>(Arrays::compareUnsigned)).add(packed)) {
      bytes += packed.length;
    }
  }

  /** Puts in a sample; of two that contradict each other the greater one counts. */
  void put(long time, String signal, double value) {
    TreeMap<String, Double> moment = moments.computeIfAbsent(time, t -> new TreeMap<>());
    Double before = moment.put(signal, value);
    if (before == null) {
      bytes += SAMPLE_BYTES;
    } else {
      moment.put(signal, Math.max(before, value));
    }
  }

  /** The earliest event time that waits; {@link #EMPTY}. */
  long nextTime() {
    return Math.min(
        telemetry.isEmpty() ? EMPTY : telemetry.firstKey(),
        moments.isEmpty() ? EMPTY : moments.firstKey());
  }

  /** Takes out what readers will read of one time. */
  List<byte[]> takeTelemetry(long time) {
    TreeSet<byte[]> taken = telemetry.remove(time);
    if (taken == null) {
      return List.of();
    }
    taken.forEach(packed -> bytes -= packed.length);
    return new ArrayList<>(taken);
  }

  /** Takes out the samples of one time. */
  Optional<Moment> takeMoment(long time) {
    TreeMap<String, Double> taken = moments.remove(time);
    if (taken == null) {
      return Optional.empty();
    }
    bytes -= (long) SAMPLE_BYTES * taken.size();
    return Optional.of(new Moment(time, taken));
  }

  /** About how much memory it takes. */
  long bytes() {
    return bytes;
  }

  void pack(Packer out) {
    out.count(telemetry.size());
    for (Map.Entry<Long, TreeSet<byte[]>> entry : telemetry.entrySet()) {
      out.number(entry.getKey()).count(entry.getValue().size());
      entry.getValue().forEach(out::bytes);
    }
    List<String> names =
        new ArrayList<>(
            moments.values().stream()
                .flatMap(m -> m.keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new)));
    out.count(names.size());
    names.forEach(out::text);
    out.count(moments.size());
    for (Map.Entry<Long, TreeMap<String, Double>> entry : moments.entrySet()) {
      out.number(entry.getKey()).count(entry.getValue().size());
      entry
          .getValue()
          .forEach((name, value) -> out.count(Collections.binarySearch(names, name)).real(value));
    }
  }

  static EventBuffer unpack(Unpacker in) {
    EventBuffer buffer = new EventBuffer();
    for (int times = in.length(); times > 0; times--) {
      long time = in.number();
      for (int i = in.length(); i > 0; i--) {
        buffer.put(time, in.bytes());
      }
    }
    String[] names = new String[in.length()];
    for (int i = 0; i < names.length; i++) {
      names[i] = in.text();
    }
    for (int times = in.length(); times > 0; times--) {
      long time = in.number();
      for (int i = in.length(); i > 0; i--) {
        String name = in.oneOf(names);
        buffer.put(time, name, in.real());
      }
    }
    return buffer;
  }
}
