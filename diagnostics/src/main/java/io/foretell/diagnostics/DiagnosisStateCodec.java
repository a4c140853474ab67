package io.foretell.diagnostics;

import io.foretell.diagnostics.DiagnosisState.Reading;
import io.foretell.diagnostics.DiagnosisState.Watching;
import io.foretell.diagnostics.episodes.EpisodesCodec;
import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.Codec;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the state of a device is kept: version, clocks and counters, episodes, waiting telemetry,
 * then the memories of readers and detectors under their names. A reader or detector that was not
 * there when the state was written starts afresh, and so does one whose memory has no bytes; the
 * memory of one that is gone is dropped.
 */
final class DiagnosisStateCodec implements Codec<DiagnosisState> {
  private static final int VERSION = 1;
  private static final int MOST_IN_A_ROW = 1 << 30;

  private final List<FaultReader<?>> readers;
  private final List<Detector<?>> detectors;
  private final EpisodesCodec episodes;

  DiagnosisStateCodec(
      List<FaultReader<?>> readers, List<Detector<?>> detectors, EpisodesCodec episodes) {
    this.readers = readers;
    this.detectors = detectors;
    this.episodes = episodes;
  }

  @Override
  public byte[] encode(DiagnosisState s) {
    Packer out = new Packer().count(VERSION);
    out.number(s.newest).number(s.frontier).number(s.waitingSince);
    out.count(s.lateInARow).count(s.late).count(s.early).count(s.newTimelines);
    out.bytes(episodes.encode(s.episodes));
    s.buffer.pack(out);
    Map<String, byte[]> memories = new LinkedHashMap<>();
    s.readings.forEach(r -> memories.put(r.reader().name(), r.encoded()));
    memories.values().removeIf(memory -> memory.length == 0);
    out.count(memories.size());
    memories.forEach((reader, memory) -> out.text(reader).bytes(memory));
    out.count(s.watchings.size());
    s.watchings.forEach(w -> out.text(w.detector().name()).bytes(w.encoded()));
    return out.toBytes();
  }

  @Override
  public DiagnosisState decode(byte[] bytes) {
    Unpacker in = new Unpacker(bytes);
    if (in.count() != VERSION) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "state of a diagnosis of an unknown version");
    }
    long[] clocks = {in.number(), in.number(), in.number()};
    long[] counters = {in.counter(), in.counter(), in.counter(), in.counter()};
    DiagnosisState s =
        new DiagnosisState(
            episodes.decode(in.bytes()),
            EventBuffer.unpack(in),
            readings(memories(in)),
            watchings(memories(in)));
    s.newest = clocks[0];
    s.frontier = clocks[1];
    s.waitingSince = clocks[2];
    s.lateInARow = (int) Math.min(counters[0], MOST_IN_A_ROW);
    s.late = counters[1];
    s.early = counters[2];
    s.newTimelines = counters[3];
    return s;
  }

  List<Reading<?>> readings(Map<String, byte[]> memories) {
    return readers.stream()
        .<Reading<?>>map(
            r -> {
              byte[] memory = memories.get(r.name());
              return memory == null ? Reading.fresh(r) : Reading.decoded(r, memory);
            })
        .toList();
  }

  List<Watching<?>> watchings(Map<String, byte[]> memories) {
    return detectors.stream()
        .<Watching<?>>map(
            d -> {
              byte[] memory = memories.get(d.name());
              return memory == null ? Watching.fresh(d) : Watching.decoded(d, memory);
            })
        .toList();
  }

  private static Map<String, byte[]> memories(Unpacker in) {
    Map<String, byte[]> memories = new HashMap<>();
    for (int i = in.length(); i > 0; i--) {
      memories.put(in.text(), in.bytes());
    }
    return memories;
  }
}
