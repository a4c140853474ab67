package io.foretell.diagnostics.drift;

import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.Codec;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What {@link DriftDetector} remembers of a device: 60 bytes a signal, four a sample while it
 * learns.
 */
public final class DriftMemory {
  private static final int MAX_SIGNALS = 64;

  final TreeMap<String, Track> tracks = new TreeMap<>();

  DriftMemory() {}

  /** The track of a signal, a new one where it has none; empty where there is no room for more. */
  Optional<Track> track(String signal, DriftRule rule) {
    Track track = tracks.get(signal);
    if (track == null && tracks.size() < MAX_SIGNALS) {
      track = new Track(rule.learn());
      tracks.put(signal, track);
    }
    return Optional.ofNullable(track);
  }

  /** How it is kept. */
  static final class Packed implements Codec<DriftMemory> {
    @Override
    public byte[] encode(DriftMemory value) {
      Packer out = new Packer().count(1).count(value.tracks.size());
      value.tracks.forEach((signal, track) -> track.pack(out.text(signal)));
      return out.toBytes();
    }

    @Override
    public DriftMemory decode(byte[] bytes) {
      Unpacker in = new Unpacker(bytes);
      if (in.count() != 1) {
        throw new InvalidInputException(
            ReasonCode.WRONG_SHAPE, "memory of drift of an unknown version");
      }
      DriftMemory memory = new DriftMemory();
      for (int i = in.length(); i > 0; i--) {
        memory.tracks.put(in.text(), Track.unpack(in));
      }
      return memory;
    }
  }
}
