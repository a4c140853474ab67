package io.foretell.firmwareota.tuf;

import io.foretell.firmwareota.Artifact;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One tenant's metadata on disk: {@code N.root.json}, {@code N.targets.json}, {@code
 * N.snapshot.json}, {@code timestamp.json} (consistent snapshots, specification section 6.2).
 *
 * <p>Files are written in that order and the timestamp names the rest, so its rename is the commit:
 * what a crash leaves beyond it was never valid and is written over.
 */
final class TenantRepository {
  private static final Logger log = LoggerFactory.getLogger(TenantRepository.class);
  private static final String SPECIFICATION = "1.0.31";
  private static final Pattern NAME =
      Pattern.compile("timestamp\\.json|[0-9]{1,9}\\.(root|targets|snapshot)\\.json");
  private static final Pattern ROOT = Pattern.compile("([0-9]{1,9})\\.root\\.json");

  private final Path folder;
  private final KeyRing ring;
  private final InstantSource clock;
  private final Map<Role, List<RoleKey>> keys = new EnumMap<>(Role.class);
  private final Map<Role, Long> versions = new EnumMap<>(Role.class);
  private final Map<Role, Instant> expiries = new EnumMap<>(Role.class);
  private final Map<String, Artifact> artifacts = new TreeMap<>();

  /** Of the timestamp that was read; null where this process writes. */
  private @Nullable FileTime readAt;

  private TenantRepository(Path folder, KeyRing ring, InstantSource clock) {
    this.folder = folder;
    this.ring = ring;
    this.clock = clock;
  }

  /** Opens what is there; makes keys and empty metadata where there is nothing. */
  static TenantRepository open(Path folder, Path keyFolder, InstantSource clock)
      throws IOException {
    TenantRepository repository = new TenantRepository(folder, new KeyRing(keyFolder), clock);
    repository.loadOrMakeRoot();
    if (Files.exists(folder.resolve(Role.TIMESTAMP.file()))) {
      repository.loadTargets();
      if (repository.signedByCurrentKeys()) {
        repository.refresh();
      } else {
        // A rotation was cut short after its new root.
        repository.publish(Role.TARGETS);
      }
    } else {
      repository.publish(Role.TARGETS);
    }
    return repository;
  }

  /** What another process has published, to be read alone. */
  static TenantRepository read(Path folder, InstantSource clock) throws IOException {
    TenantRepository repository = new TenantRepository(folder, new KeyRing(folder), clock);
    repository.readAt = Files.getLastModifiedTime(folder.resolve(Role.TIMESTAMP.file()));
    long newest = repository.newestRootOnDisk();
    repository.note(Role.ROOT, signed(repository.rootFile(newest)));
    repository.loadTargets();
    return repository;
  }

  /** Whether it is as its user wants it: to write, or to read what is published now. */
  boolean fits(boolean writing) throws IOException {
    FileTime read = readAt;
    return writing
        ? read == null
        : read != null
            && read.equals(Files.getLastModifiedTime(folder.resolve(Role.TIMESTAMP.file())));
  }

  List<Artifact> artifacts() {
    return List.copyOf(artifacts.values());
  }

  Optional<Artifact> named(String name) {
    return Optional.ofNullable(artifacts.get(name));
  }

  void add(Artifact artifact) throws IOException {
    artifacts.put(artifact.name(), artifact);
    try {
      publish(Role.TARGETS);
    } catch (IOException e) {
      artifacts.remove(artifact.name());
      throw e;
    }
  }

  Optional<byte[]> metadata(String name) throws IOException {
    if (!NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readAllBytes(folder.resolve(name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  byte[] newestRoot() throws IOException {
    return Files.readAllBytes(rootFile(version(Role.ROOT)));
  }

  /** Signs anew whatever has lived half of its life. */
  void refresh() throws IOException {
    if (halfOver(Role.ROOT)) {
      publishRoot(keys(Role.ROOT));
    }
    for (Role role : List.of(Role.TARGETS, Role.SNAPSHOT, Role.TIMESTAMP)) {
      if (halfOver(role)) {
        publish(role);
        return;
      }
    }
  }

  /** Gives a role new keys: a new root says so, signed by the old root keys and the new ones. */
  void rotate(Role role) throws IOException {
    List<RoleKey> oldRootKeys = keys(Role.ROOT);
    List<RoleKey> made = new ArrayList<>();
    for (int i = 0; i < role.threshold(); i++) {
      made.add(ring.make(role));
    }
    keys.put(role, made);
    publishRoot(oldRootKeys);
    publish(Role.TARGETS);
    log.info("role {} has new keys, root version {}", role.text(), version(Role.ROOT));
  }

  private void loadOrMakeRoot() throws IOException {
    long newest = newestRootOnDisk();
    if (newest > 0) {
      loadRoot(newest);
      return;
    }
    for (Role role : Role.values()) {
      List<RoleKey> present = new ArrayList<>(ring.keys(role));
      while (present.size() < role.threshold()) {
        present.add(ring.make(role));
      }
      keys.put(role, present);
    }
    publishRoot(keys(Role.ROOT));
  }

  private long newestRootOnDisk() throws IOException {
    long newest = 0;
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.root.json")) {
        for (Path file : files) {
          var matcher = ROOT.matcher(String.valueOf(file.getFileName()));
          newest = matcher.matches() ? Math.max(newest, Long.parseLong(matcher.group(1))) : newest;
        }
      }
    }
    return newest;
  }

  private void loadRoot(long version) throws IOException {
    Map<?, ?> signed = signed(rootFile(version));
    note(Role.ROOT, signed);
    Map<?, ?> roles = Custom.map(signed, "roles");
    for (Role role : Role.values()) {
      List<String> ids = Custom.texts(Custom.map(roles, role.text()), "keyids");
      List<RoleKey> current =
          ring.keys(role).stream().filter(key -> ids.contains(key.id())).toList();
      if (current.size() < role.threshold()) {
        throw new IOException("private keys of role " + role.text() + " are missing");
      }
      keys.put(role, current);
    }
  }

  private void loadTargets() throws IOException {
    Map<?, ?> timestamp = signed(folder.resolve(Role.TIMESTAMP.file()));
    note(Role.TIMESTAMP, timestamp);
    Map<?, ?> snapshot = signed(file(Role.SNAPSHOT, listed(timestamp, Role.SNAPSHOT)));
    note(Role.SNAPSHOT, snapshot);
    Map<?, ?> targets = signed(file(Role.TARGETS, listed(snapshot, Role.TARGETS)));
    note(Role.TARGETS, targets);
    for (Map.Entry<?, ?> entry : Custom.map(targets, "targets").entrySet()) {
      String name = (String) entry.getKey();
      artifacts.put(name, Custom.read(name, (Map<?, ?>) entry.getValue()));
    }
  }

  private boolean signedByCurrentKeys() throws IOException {
    boolean current = true;
    for (Role role : List.of(Role.TARGETS, Role.SNAPSHOT, Role.TIMESTAMP)) {
      Map<String, Object> envelope =
          CanonicalJson.parse(Files.readAllBytes(file(role, version(role))));
      List<String> signers = new ArrayList<>();
      for (Object signature : (List<?>) envelope.getOrDefault("signatures", List.of())) {
        signers.add(Custom.text((Map<?, ?>) signature, "keyid"));
      }
      current &= signers.containsAll(keys(role).stream().map(RoleKey::id).toList());
    }
    return current;
  }

  private void publishRoot(List<RoleKey> oldRootKeys) throws IOException {
    long version = version(Role.ROOT) + 1;
    Map<String, Object> keyForms = new TreeMap<>();
    Map<String, Object> roles = new TreeMap<>();
    for (Role role : Role.values()) {
      keys(role).forEach(key -> keyForms.put(key.id(), key.publicForm()));
      roles.put(
          role.text(),
          Map.of(
              "keyids",
              keys(role).stream().map(RoleKey::id).toList(),
              "threshold",
              role.threshold()));
    }
    Map<String, Object> signed = head(Role.ROOT, version);
    signed.put("consistent_snapshot", true);
    signed.put("keys", keyForms);
    signed.put("roles", roles);
    List<RoleKey> signers = new ArrayList<>(keys(Role.ROOT));
    oldRootKeys.stream().filter(key -> !signers.contains(key)).forEach(signers::add);
    DurableFiles.write(rootFile(version), envelope(signed, signers));
    note(Role.ROOT, signed);
  }

  /** Signs a role and those that name it. */
  private void publish(Role from) throws IOException {
    if (from == Role.TARGETS) {
      Map<String, Object> targets = new TreeMap<>();
      artifacts.forEach((name, artifact) -> targets.put(name, Custom.write(artifact)));
      publish(Role.TARGETS, "targets", targets);
    }
    if (from == Role.TARGETS || from == Role.SNAPSHOT) {
      publish(Role.SNAPSHOT, "meta", described(Role.TARGETS));
    }
    publish(Role.TIMESTAMP, "meta", described(Role.SNAPSHOT));
  }

  private void publish(Role role, String field, Map<String, Object> content) throws IOException {
    long version = version(role) + 1;
    Map<String, Object> signed = head(role, version);
    signed.put(field, content);
    DurableFiles.write(file(role, version), envelope(signed, keys(role)));
    note(role, signed);
  }

  private Map<String, Object> described(Role role) throws IOException {
    byte[] bytes = Files.readAllBytes(file(role, version(role)));
    String hash = HexFormat.of().formatHex(RoleKey.sha256(bytes));
    return Map.of(
        role.file(),
        Map.of("version", version(role), "length", bytes.length, "hashes", Map.of("sha256", hash)));
  }

  private Map<String, Object> head(Role role, long version) {
    Map<String, Object> signed = new LinkedHashMap<>();
    signed.put("_type", role.text());
    signed.put("spec_version", SPECIFICATION);
    signed.put("version", version);
    signed.put(
        "expires", clock.instant().plus(role.life()).truncatedTo(ChronoUnit.SECONDS).toString());
    return signed;
  }

  private static byte[] envelope(Map<String, Object> signed, List<RoleKey> signers) {
    byte[] message = CanonicalJson.encode(signed);
    List<Map<String, String>> signatures =
        signers.stream()
            .map(
                key ->
                    Map.of("keyid", key.id(), "sig", HexFormat.of().formatHex(key.sign(message))))
            .toList();
    return CanonicalJson.encode(Map.of("signatures", signatures, "signed", signed));
  }

  private void note(Role role, Map<?, ?> signed) throws IOException {
    versions.put(role, Custom.number(signed, "version"));
    expiries.put(role, Instant.parse(Custom.text(signed, "expires")));
  }

  private boolean halfOver(Role role) {
    Instant expiry = expiries.getOrDefault(role, Instant.EPOCH);
    return clock.instant().isAfter(expiry.minus(role.life().dividedBy(2)));
  }

  private static long listed(Map<?, ?> signed, Role role) throws IOException {
    return Custom.number(Custom.map(Custom.map(signed, "meta"), role.file()), "version");
  }

  private static Map<?, ?> signed(Path file) throws IOException {
    return Custom.map(CanonicalJson.parse(Files.readAllBytes(file)), "signed");
  }

  private List<RoleKey> keys(Role role) {
    return keys.getOrDefault(role, List.of());
  }

  private long version(Role role) {
    return versions.getOrDefault(role, 0L);
  }

  private Path rootFile(long version) {
    return folder.resolve(version + ".root.json");
  }

  private Path file(Role role, long version) {
    return folder.resolve(role == Role.TIMESTAMP ? role.file() : version + "." + role.file());
  }
}
