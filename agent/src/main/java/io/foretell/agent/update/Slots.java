package io.foretell.agent.update;

import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The two slots of one component: {@code slot-a} and {@code slot-b} with {@code image} and {@code
 * manifest.json}, and {@code boot.json} that says which one runs. A slot counts only with a
 * manifest whose digest its image has; the manifest goes first and comes last.
 */
final class Slots {
  private final Path folder;
  private final Disk disk;

  Slots(Path folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  /** What a slot holds. */
  record Content(String slot, String version, Digest digest, Path image) {}

  /** How the component stands; empty where the device has no such component. */
  Optional<BootState> state() throws IOException {
    Optional<byte[]> bytes = disk.read(folder.resolve("boot.json"));
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(BootState.read(bytes.get()));
    } catch (RefusedException e) {
      throw new IOException("boot state of " + folder + " is not readable", e);
    }
  }

  void save(BootState state) throws IOException {
    disk.write(folder.resolve("boot.json"), state.bytes());
  }

  /** A slot's content, if it is whole: every byte is looked at. */
  Optional<Content> checked(String slot) throws IOException {
    Optional<Content> content = content(slot);
    return content.isPresent()
            && Download.sha256(content.get().image()).equals(content.get().digest())
        ? content
        : Optional.empty();
  }

  /** What a slot's manifest says that it holds. */
  Optional<Content> content(String slot) throws IOException {
    if (slot.isEmpty()) {
      return Optional.empty();
    }
    Path image = folder.resolve(slot).resolve("image");
    Optional<byte[]> manifest = disk.read(folder.resolve(slot).resolve("manifest.json"));
    if (manifest.isEmpty() || !Files.exists(image)) {
      return Optional.empty();
    }
    try {
      Map<String, Object> map = Json.parse(manifest.get());
      Digest digest = Digest.parse(Json.text(map, "digest"));
      return Optional.of(new Content(slot, Json.text(map, "version"), digest, image));
    } catch (RefusedException | InvalidInputException e) {
      return Optional.empty();
    }
  }

  /** Fills a slot; until the last write it does not count. */
  void fill(String slot, Path image, String version, Digest digest)
      throws IOException, RefusedException {
    Path place = folder.resolve(slot);
    disk.delete(place.resolve("manifest.json"));
    disk.copy(image, place.resolve("image"));
    if (!Download.sha256(place.resolve("image")).equals(digest)) {
      throw new RefusedException(ReasonCode.DIGEST_MISMATCH, "the slot holds other bytes");
    }
    Map<String, Object> manifest = new TreeMap<>();
    manifest.put("version", version);
    manifest.put("digest", digest.toString());
    disk.write(place.resolve("manifest.json"), Json.plain(manifest));
  }

  /** Fills the first slot of a component that has none. */
  void provision(String version, byte[] image) throws IOException, RefusedException {
    Path source = folder.resolve("factory-image");
    disk.write(source, image);
    fill(BootState.SLOT_A, source, version, Download.sha256(source));
    save(BootState.running(BootState.SLOT_A));
    disk.delete(source);
  }
}
