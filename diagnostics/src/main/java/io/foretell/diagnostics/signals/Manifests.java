package io.foretell.diagnostics.signals;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The decoders of an installation, by device model. Immutable; one instance serves all threads. */
public final class Manifests {
  private record Entry(Manifest manifest, FrameDecoder decoder) {}

  private final List<Entry> entries;

  /**
   * @param manifests of several for one model, the highest version counts, then the name
   */
  public Manifests(Collection<Manifest> manifests) {
    entries =
        manifests.stream()
            .sorted(
                Comparator.comparingInt(Manifest::version).reversed().thenComparing(Manifest::name))
            .map(manifest -> new Entry(manifest, new FrameDecoder(manifest)))
            .toList();
  }

  /** The decoder of a device model; empty where no manifest is for it. */
  public Optional<FrameDecoder> decoder(String model) {
    return entries.stream()
        .filter(entry -> entry.manifest().isFor(model))
        .map(Entry::decoder)
        .findFirst();
  }

  /** All manifests, the one that is asked first at the front. */
  public List<Manifest> all() {
    return entries.stream().map(Entry::manifest).toList();
  }
}
