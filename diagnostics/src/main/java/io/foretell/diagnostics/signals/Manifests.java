package io.foretell.diagnostics.signals;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The decoders of an installation, by device model. Immutable; one instance serves all threads. */
public final class Manifests {
  /** No manifests: nothing is decoded by a model. */
  public static final Manifests NONE = new Manifests(List.of());

  private record Entry(Manifest manifest, FrameDecoder decoder) {}

  private final List<Entry> entries;

  /**
   * @param manifests of several for one model, the highest version counts, then the name
   * @throws InvalidInputException CONFLICT where two have the same name and version: nobody could
   *     say by which of them something was decoded
   */
  public Manifests(Collection<Manifest> manifests) {
    Map<String, Manifest> seen = new HashMap<>();
    for (Manifest manifest : manifests) {
      if (seen.put(manifest.label(), manifest) != null) {
        throw new InvalidInputException(
            ReasonCode.CONFLICT, "two manifests " + manifest.label() + "; give one a new version");
      }
    }
    entries =
        manifests.stream()
            .sorted(
                Comparator.comparingInt(Manifest::version).reversed().thenComparing(Manifest::name))
            .map(manifest -> new Entry(manifest, new FrameDecoder(manifest)))
            .toList();
  }

  /** The decoder of a device model; empty where no manifest is for it. */
  public Optional<FrameDecoder> decoder(String model) {
    return entry(model).map(Entry::decoder);
  }

  /** The manifest of a device model; empty where none is for it. */
  public Optional<Manifest> manifest(String model) {
    return entry(model).map(Entry::manifest);
  }

  private Optional<Entry> entry(String model) {
    return entries.stream().filter(entry -> entry.manifest().isFor(model)).findFirst();
  }

  /** All manifests, the one that is asked first at the front. */
  public List<Manifest> all() {
    return entries.stream().map(Entry::manifest).toList();
  }
}
