package io.foretell.firmwareota.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.firmwareota.Artifact;
import io.foretell.firmwareota.blobs.FileBlobs;
import io.foretell.firmwareota.tuf.Repository.Draft;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RepositoryTest {
  private static final String TENANT = "default";

  @TempDir Path folder;
  private Instant now = Instant.parse("2026-11-22T12:00:00Z");
  private Repository repository;

  @BeforeEach
  void open() {
    repository = reopened();
  }

  private Repository reopened() {
    return new Repository(
        folder.resolve("metadata"),
        folder.resolve("keys"),
        new FileBlobs(folder.resolve("artifacts")),
        1000,
        () -> now);
  }

  private static InputStream content(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private Map<?, ?> signed(String name) throws IOException {
    byte[] bytes = repository.metadata(TENANT, name).orElseThrow();
    return (Map<?, ?>) CanonicalJson.parse(bytes).get("signed");
  }

  private List<?> signatures(String name) throws IOException {
    byte[] bytes = repository.metadata(TENANT, name).orElseThrow();
    return (List<?>) CanonicalJson.parse(bytes).get("signatures");
  }

  @Test
  void added_artifact_is_in_signed_metadata_and_survives_a_restart() throws IOException {
    Artifact artifact =
        repository.add(TENANT, Draft.of("app-1.0.1.json", "app", "1.0.1"), content("one"));

    assertThat(reopened().list(TENANT)).containsExactly(artifact);
    assertThat(repository.find(TENANT, artifact.digest())).contains(artifact);
    assertThat(repository.target(TENANT, artifact.digest().hex() + ".app-1.0.1.json"))
        .contains(artifact.digest());
    assertThat(repository.target(TENANT, artifact.digest().hex() + ".other")).isEmpty();
    Map<?, ?> targets = (Map<?, ?>) signed("2.targets.json").get("targets");
    assertThat(targets).hasSize(1);
    assertThat(signatures("2.targets.json")).hasSize(2);
    assertThat(signatures("1.root.json")).hasSize(2);
    assertThat(signatures("timestamp.json")).hasSize(1);
  }

  @Test
  void same_artifact_again_changes_nothing_and_another_of_its_name_conflicts() {
    Draft draft = Draft.of("app-1.0.1.json", "app", "1.0.1");
    Artifact first = repository.add(TENANT, draft, content("one"));
    now = now.plusSeconds(60);

    assertThat(repository.add(TENANT, draft, content("one"))).isEqualTo(first);
    assertReason(ReasonCode.CONFLICT, () -> repository.add(TENANT, draft, content("two")));
    assertThat(repository.list(TENANT)).hasSize(1);
  }

  @Test
  void bad_drafts_are_refused() {
    assertReason(
        ReasonCode.INVALID_NAME,
        () -> repository.add(TENANT, Draft.of("../up", "app", "1"), content("x")));
    assertReason(
        ReasonCode.WRONG_SHAPE,
        () -> repository.add(TENANT, Draft.of("a", "app", "latest"), content("x")));
    assertReason(
        ReasonCode.TOO_LARGE,
        () -> repository.add(TENANT, Draft.of("a", "app", "1"), content("x".repeat(1001))));
    Draft belowFloor = new Draft("a", "app", "1.0", Optional.of("1.1"), List.of(), List.of(), "");
    assertReason(
        ReasonCode.VERSION_BELOW_FLOOR, () -> repository.add(TENANT, belowFloor, content("x")));
    Draft control = new Draft("a", "app", "1", Optional.empty(), List.of(), List.of(), "a\nb");
    assertReason(ReasonCode.WRONG_SHAPE, () -> repository.add(TENANT, control, content("x")));
    assertThat(repository.list(TENANT)).isEmpty();
  }

  @Test
  void floor_is_kept_up_by_later_artifacts() {
    repository.add(
        TENANT,
        new Draft("a", "app", "1.1", Optional.of("1.0"), List.of(), List.of(), ""),
        content("1.1"));
    Artifact next = repository.add(TENANT, Draft.of("b", "app", "1.2"), content("1.2"));

    assertThat(next.floor().text()).isEqualTo("1.0");
    assertReason(
        ReasonCode.VERSION_BELOW_FLOOR,
        () -> repository.add(TENANT, Draft.of("c", "app", "0.9"), content("0.9")));
  }

  @Test
  void tenants_have_keys_and_metadata_of_their_own() {
    repository.add("..", Draft.of("a", "app", "1"), content("a"));

    assertThat(repository.list("other")).isEmpty();
    assertThat(repository.trustedRoot("..")).isNotEqualTo(repository.trustedRoot("other"));
    assertThat(folder.resolve("metadata").resolve("tenant-..")).isDirectory();
  }

  @Test
  void private_keys_are_readable_by_the_owner_only() throws IOException {
    repository.trustedRoot(TENANT);

    try (Stream<Path> keys = Files.list(folder.resolve("keys").resolve("tenant-default"))) {
      List<Path> files = keys.toList();
      assertThat(files).hasSize(6);
      for (Path file : files) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void metadata_outside_of_the_layout_is_not_served() {
    for (String name :
        List.of("../keys/x", "root.json", "1.timestamp.json", "timestamp.json.part", "")) {
      assertThat(repository.metadata(TENANT, name)).as(name).isEmpty();
    }
  }

  @Test
  void refresh_signs_anew_what_has_lived_half_of_its_life() throws IOException {
    repository.add(TENANT, Draft.of("a", "app", "1"), content("a"));
    assertThat(signed("timestamp.json").get("version")).isEqualTo(2);
    repository.refresh();
    assertThat(signed("timestamp.json").get("version")).isEqualTo(2);

    now = now.plus(Duration.ofHours(13));
    repository.refresh();
    assertThat(signed("timestamp.json").get("version")).isEqualTo(3);
    assertThat(repository.metadata(TENANT, "3.snapshot.json")).isEmpty();

    now = now.plus(Duration.ofDays(200));
    repository = reopened();
    repository.refresh();

    for (String name : List.of("2.root.json", "3.targets.json", "3.snapshot.json")) {
      assertThat(Instant.parse((String) signed(name).get("expires"))).isAfter(now);
    }
    assertThat(Instant.parse((String) signed("timestamp.json").get("expires"))).isAfter(now);
  }

  @Test
  void rotated_root_is_signed_by_old_and_new_keys() throws IOException {
    repository.trustedRoot(TENANT);
    repository.rotate(TENANT, Role.ROOT);

    assertThat(signatures("2.root.json")).hasSize(4);
    repository = reopened();
    repository.add(TENANT, Draft.of("a", "app", "1"), content("a"));
    assertThat(repository.list(TENANT)).hasSize(1);
  }

  @Test
  void rotation_cut_short_is_finished_at_the_next_start() throws IOException {
    repository.trustedRoot(TENANT);
    byte[] timestamp = repository.metadata(TENANT, "timestamp.json").orElseThrow();
    repository.rotate(TENANT, Role.TIMESTAMP);
    // As if the process had died right after the new root.
    Files.write(folder.resolve("metadata/tenant-default/timestamp.json"), timestamp);

    repository = reopened();
    repository.refresh();

    Map<?, ?> roles = (Map<?, ?>) signed("2.root.json").get("roles");
    List<?> trusted = (List<?>) ((Map<?, ?>) roles.get("timestamp")).get("keyids");
    assertThat(((Map<?, ?>) signatures("timestamp.json").get(0)).get("keyid"))
        .isIn(trusted.toArray());
  }

  private static void assertReason(ReasonCode reason, ThrowingCallable call) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(call)
        .extracting(InvalidInputException::reason)
        .isEqualTo(reason);
  }
}
