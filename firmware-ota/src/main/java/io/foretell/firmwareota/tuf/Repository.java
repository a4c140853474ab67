package io.foretell.firmwareota.tuf;

import io.foretell.firmwareota.Artifact;
import io.foretell.firmwareota.Catalogue;
import io.foretell.firmwareota.Version;
import io.foretell.proto.Blobs;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The signed artifacts of all tenants: a TUF repository each (specification 1.0), with keys of its
 * own, so that no tenant's device takes, or sees, what is another's.
 *
 * <p>The signed metadata is the register: an artifact is there once the timestamp that leads to it
 * is on disk. Calls block on disk: never from an event loop. A disk that fails shows as {@link
 * UncheckedIOException}.
 */
public final class Repository implements Catalogue {
  private static final String TENANT_PREFIX = "tenant-";
  private static final Version NO_FLOOR = new Version("0");
  private static final Pattern TARGET_FILE = Pattern.compile("([0-9a-f]{64})\\.(.+)");

  private final Path folder;
  private final Path keyFolder;
  private final Blobs blobs;
  private final long maxArtifactBytes;
  private final InstantSource clock;
  private final BooleanSupplier signs;
  private final Map<String, TenantRepository> tenants = new HashMap<>();

  /**
   * @param folder of the metadata; made where it is missing
   * @param keyFolder of the private keys, files of mode 0600; made where it is missing
   * @param maxArtifactBytes larger artifacts are refused with {@link ReasonCode#TOO_LARGE}
   */
  public Repository(
      Path folder, Path keyFolder, Blobs blobs, long maxArtifactBytes, InstantSource clock) {
    this(folder, keyFolder, blobs, maxArtifactBytes, clock, () -> true);
  }

  /**
   * A repository in one of several processes that see the same folders.
   *
   * @param signs whether this one now makes and signs; the others read what it has published
   */
  public Repository(
      Path folder,
      Path keyFolder,
      Blobs blobs,
      long maxArtifactBytes,
      InstantSource clock,
      BooleanSupplier signs) {
    this.signs = signs;
    this.folder = folder;
    this.keyFolder = keyFolder;
    this.blobs = blobs;
    this.maxArtifactBytes = maxArtifactBytes;
    this.clock = clock;
  }

  /**
   * What a person says of an artifact to add.
   *
   * @param floor the oldest version that devices may still be given; empty: the highest floor that
   *     the component has so far. It counts from this artifact on and cannot be taken back
   */
  public record Draft(
      String name,
      String component,
      String version,
      Optional<String> floor,
      List<String> models,
      List<String> hardware,
      String notes) {
    /** Any model, any hardware, the floor as it is. */
    public static Draft of(String name, String component, String version) {
      return new Draft(name, component, version, Optional.empty(), List.of(), List.of(), "");
    }
  }

  /**
   * Keeps and signs an artifact. The same once more changes nothing.
   *
   * @throws InvalidInputException {@link ReasonCode#CONFLICT} where name or content is that of
   *     another artifact, or another process signs; {@link ReasonCode#VERSION_BELOW_FLOOR}
   */
  public synchronized Artifact add(String tenant, Draft draft, InputStream content) {
    requireSigning();
    try {
      TenantRepository repository = open(tenant);
      Version version = new Version(draft.version());
      Version floor = floor(repository, draft);
      // Checked before its bytes are kept.
      artifact(new Digest("0".repeat(64)), 0, draft, version, floor);
      Digest digest = blobs.put(content, maxArtifactBytes);
      long size = blobs.size(digest).orElseThrow(() -> new IOException(digest + " is not kept"));
      Artifact artifact = artifact(digest, size, draft, version, floor);
      Optional<Artifact> same = same(repository, artifact);
      if (same.isPresent()) {
        return same.get();
      }
      repository.add(artifact);
      return artifact;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized Optional<Artifact> find(String tenant, Digest digest) {
    return exists(tenant)
        ? opened(tenant).artifacts().stream().filter(a -> a.digest().equals(digest)).findFirst()
        : Optional.empty();
  }

  /** A tenant's artifacts, by component, newest version first. */
  public synchronized List<Artifact> list(String tenant) {
    if (!exists(tenant)) {
      return List.of();
    }
    return opened(tenant).artifacts().stream()
        .sorted(
            Comparator.comparing(Artifact::component)
                .thenComparing(Artifact::version, Comparator.reverseOrder())
                .thenComparing(Artifact::name))
        .toList();
  }

  /**
   * A metadata file of a tenant, as stock TUF clients ask for it: {@code timestamp.json}, {@code
   * 3.snapshot.json}, {@code 2.targets.json}, {@code 1.root.json}. Empty for any other name.
   */
  public synchronized Optional<byte[]> metadata(String tenant, String name) {
    if (!signs.getAsBoolean() && !exists(tenant)) {
      return Optional.empty();
    }
    try {
      return open(tenant).metadata(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a target file ({@code HASH.NAME}) of a tenant holds, as stock TUF clients ask for it. */
  public Optional<Digest> target(String tenant, String file) {
    Matcher matcher = TARGET_FILE.matcher(file);
    return matcher.matches()
        ? find(tenant, new Digest(matcher.group(1)))
            .filter(a -> a.name().equals(matcher.group(2)))
            .map(Artifact::digest)
        : Optional.empty();
  }

  /** The newest root metadata: what a new device of the tenant is given to trust. */
  public synchronized byte[] trustedRoot(String tenant) {
    try {
      return open(tenant).newestRoot();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Signs anew whatever has lived half of its life; to be called now and then, as once a minute.
   */
  public synchronized void refresh() {
    if (!signs.getAsBoolean()) {
      return;
    }
    try {
      for (String tenant : tenantsOnDisk()) {
        open(tenant).refresh();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives a role new keys; the old ones sign no more, once, and last, the new root. */
  public synchronized void rotate(String tenant, Role role) {
    requireSigning();
    try {
      open(tenant).rotate(role);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Artifact artifact(Digest digest, long size, Draft draft, Version version, Version floor) {
    return new Artifact(
        digest,
        draft.name(),
        draft.component(),
        version,
        floor,
        draft.models(),
        draft.hardware(),
        size,
        clock.millis(),
        draft.notes());
  }

  private static Version floor(TenantRepository repository, Draft draft) {
    Optional<Version> highest =
        repository.artifacts().stream()
            .filter(a -> a.component().equals(draft.component()))
            .map(Artifact::floor)
            .max(Comparator.naturalOrder());
    return draft.floor().map(Version::new).or(() -> highest).orElse(NO_FLOOR);
  }

  private static Optional<Artifact> same(TenantRepository repository, Artifact artifact) {
    List<Artifact> clashing =
        repository.artifacts().stream()
            .filter(a -> a.name().equals(artifact.name()) || a.digest().equals(artifact.digest()))
            .toList();
    for (Artifact other : clashing) {
      boolean equal =
          other.name().equals(artifact.name())
              && other.digest().equals(artifact.digest())
              && other.component().equals(artifact.component())
              && other.version().equals(artifact.version());
      if (!equal) {
        throw new InvalidInputException(
            ReasonCode.CONFLICT,
            "artifact '" + other.name() + "' has this name or content: " + other.digest());
      }
    }
    return clashing.stream().findFirst();
  }

  private TenantRepository opened(String tenant) {
    try {
      return open(tenant);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireSigning() {
    if (!signs.getAsBoolean()) {
      throw new InvalidInputException(
          ReasonCode.CONFLICT, "another process signs for this installation now; ask that one");
    }
  }

  private TenantRepository open(String tenant) throws IOException {
    boolean writing = signs.getAsBoolean();
    TenantRepository open = tenants.get(tenant);
    if (open == null || !open.fits(writing)) {
      Path metadata = folder.resolve(folderName(tenant));
      open =
          writing
              ? TenantRepository.open(metadata, keyFolder.resolve(folderName(tenant)), clock)
              : TenantRepository.read(metadata, clock);
      tenants.put(tenant, open);
    }
    return open;
  }

  private boolean exists(String tenant) {
    Path metadata = folder.resolve(folderName(tenant));
    return signs.getAsBoolean()
        ? tenants.containsKey(tenant) || Files.isDirectory(metadata)
        : Files.exists(metadata.resolve(Role.TIMESTAMP.file()));
  }

  private List<String> tenantsOnDisk() throws IOException {
    List<String> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder, TENANT_PREFIX + "*")) {
        folders.forEach(
            f -> found.add(String.valueOf(f.getFileName()).substring(TENANT_PREFIX.length())));
      }
    }
    return found;
  }

  // A tenant may be called ".."; with the prefix it is a name like any other.
  private static String folderName(String tenant) {
    return TENANT_PREFIX + new DeviceId(tenant, "any").tenant();
  }
}
