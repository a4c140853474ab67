package io.foretell.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.proto.Digest;
import io.foretell.proto.Telemetry.UpdateStep;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UpdaterTest {
  private static final String NEW = "app-1.0.1.json";

  @TempDir Path folder;
  private TufFixture repository;
  private DeviceFixture device;
  private Updater updater;

  @BeforeEach
  void provision() throws IOException {
    repository = new TufFixture();
    device = new DeviceFixture(folder, repository);
    updater = device.provisioned();
  }

  private Digest add(String version, Map<String, Object> behaviour) {
    return repository.addImage(
        "app-" + version + ".json", version, DeviceFixture.image(version, behaviour), "0", "");
  }

  @Test
  void good_artifact_installed_runs_after_restart() throws IOException {
    Digest digest = add("1.0.1", Map.of("leaks", false));

    assertThat(updater.install(device.order(NEW, "1.0.1", digest)))
        .isEqualTo(Updater.Result.RESTART_NEEDED);
    assertThat(updater.software()).containsEntry("app", "1.0.0");
    device.updater().boot();

    assertThat(device.steps())
        .containsExactly(
            UpdateStep.RECEIVED,
            UpdateStep.DOWNLOADING,
            UpdateStep.VERIFIED,
            UpdateStep.INSTALLED,
            UpdateStep.RUNNING);
    assertThat(device.last().campaign()).isEqualTo("campaign-1");
    assertThat(device.last().software()).containsEntry("app", "1.0.1");
    Path image = device.updater().image("app").orElseThrow();
    assertThat(SoftwareImage.parse(Files.readAllBytes(image)).behaviour())
        .containsEntry("leaks", false);
  }

  @Test
  void plain_start_reports_what_runs() throws IOException {
    updater.boot();

    assertThat(device.reports).hasSize(1);
    assertThat(device.last().campaign()).isEmpty();
    assertThat(device.last().step()).isEqualTo(UpdateStep.RUNNING);
    assertThat(device.last().software()).isEqualTo(Map.of("app", "1.0.0"));
  }

  @Test
  void software_that_does_not_come_up_is_left_for_the_old() throws IOException {
    Digest digest = add("1.0.1", Map.of("starts", false));
    updater.install(device.order(NEW, "1.0.1", digest));
    updater.boot();

    assertThat(device.last().step()).isEqualTo(UpdateStep.ROLLED_BACK);
    assertThat(device.last().reason()).isEqualTo("SLOT_DID_NOT_START");
    assertThat(device.last().detail()).contains("3 attempts");
    assertThat(device.last().software()).containsEntry("app", "1.0.0");

    updater.boot();
    assertThat(device.last().campaign()).isEmpty();
    assertThat(device.last().step()).isEqualTo(UpdateStep.RUNNING);
  }

  @Test
  void software_that_takes_the_device_down_uses_up_its_attempts() throws IOException {
    Digest digest = add("1.0.1", Map.of());
    updater.install(device.order(NEW, "1.0.1", digest));

    for (int start = 0; start < 3; start++) {
      Updater restarted =
          device.updater(
              new Disk(() -> {}),
              (c, v, i) -> {
                throw new Crash();
              });
      assertThatThrownBy(restarted::boot).isInstanceOf(Crash.class);
    }
    device.updater().boot();

    assertThat(device.last().step()).isEqualTo(UpdateStep.ROLLED_BACK);
  }

  @Test
  void same_command_twice_is_carried_out_once() throws IOException {
    Digest digest = add("1.0.1", Map.of());
    InstallOrder order = device.order(NEW, "1.0.1", digest);
    updater.install(order);
    assertThat(updater.install(order)).isEqualTo(Updater.Result.RESTART_NEEDED);
    assertThat(device.last().step()).isEqualTo(UpdateStep.INSTALLED);
    updater.boot();

    assertThat(updater.install(order)).isEqualTo(Updater.Result.CONCLUDED);

    assertThat(device.last().step()).isEqualTo(UpdateStep.RUNNING);
    assertThat(repository.offsets).hasSize(1);
  }

  @Test
  void running_version_ordered_again_is_proven_without_a_download() throws IOException {
    Digest digest = add("1.0.1", Map.of());
    updater.install(device.order(NEW, "1.0.1", digest));
    updater.boot();

    updater.install(device.order("command-2", NEW, "1.0.1", digest, false));

    assertThat(device.last().step()).isEqualTo(UpdateStep.RUNNING);
    assertThat(repository.offsets).hasSize(1);
  }

  @Test
  void cut_connection_is_resumed_where_it_was_cut() throws IOException {
    byte[] image = DeviceFixture.image("1.0.1", Map.of("padding", "x".repeat(200_000)));
    Digest digest = repository.addImage(NEW, "1.0.1", image, "0", "");
    repository.wire =
        bytes ->
            bytes.length > 150_000
                ? cutAfter(Arrays.copyOf(bytes, 70_000))
                : new ByteArrayInputStream(bytes);

    assertThat(updater.install(device.order(NEW, "1.0.1", digest)))
        .isEqualTo(Updater.Result.RESTART_NEEDED);
    assertThat(repository.offsets).containsExactly(0L, 70_000L);
  }

  @Test
  void unreachable_server_interrupts_and_is_gone_on_with() throws IOException {
    byte[] image = DeviceFixture.image("1.0.1", Map.of("padding", "x".repeat(200_000)));
    Digest digest = repository.addImage(NEW, "1.0.1", image, "0", "");
    TufFixture.Wire good = repository.wire;
    repository.wire =
        bytes -> {
          throw new IOException("no route");
        };
    assertThat(updater.install(device.order(NEW, "1.0.1", digest)))
        .isEqualTo(Updater.Result.INTERRUPTED);
    repository.wire = good;

    assertThat(device.updater().resume()).contains(Updater.Result.RESTART_NEEDED);
    assertThat(device.updater().resume()).isEmpty();
  }

  @Test
  void kept_part_with_wrong_bytes_is_fetched_afresh() throws IOException {
    byte[] image = DeviceFixture.image("1.0.1", Map.of("padding", "x".repeat(1000)));
    Digest digest = repository.addImage(NEW, "1.0.1", image, "0", "");
    Path part = folder.resolve("download").resolve(digest.hex() + ".part");
    Files.createDirectories(folder.resolve("download"));
    Files.write(part, new byte[500]);

    assertThat(updater.install(device.order(NEW, "1.0.1", digest)))
        .isEqualTo(Updater.Result.RESTART_NEEDED);
    assertThat(repository.offsets).containsExactly(500L, 0L);
  }

  @Test
  void older_version_runs_only_where_a_rollback_is_ordered() throws IOException {
    Digest newer = add("1.0.1", Map.of());
    Digest older = add("0.9.0", Map.of());
    updater.install(device.order(NEW, "1.0.1", newer));
    updater.boot();

    updater.install(device.order("command-2", "app-0.9.0.json", "0.9.0", older, false));
    assertThat(device.last().reason()).isEqualTo("VERSION_BELOW_FLOOR");
    updater.install(device.order("command-3", "app-0.9.0.json", "0.9.0", older, true));
    updater.boot();

    assertThat(device.last().software()).containsEntry("app", "0.9.0");
  }

  @Test
  void floor_once_seen_holds_though_the_metadata_forgets_it() throws IOException {
    Digest newer =
        repository.addImage(NEW, "1.0.1", DeviceFixture.image("1.0.1", Map.of()), "1.0.0", "");
    updater.install(device.order(NEW, "1.0.1", newer));
    updater.boot();
    repository.targets.remove(NEW);
    Digest older = add("0.9.0", Map.of());

    updater.install(device.order("command-2", "app-0.9.0.json", "0.9.0", older, true));

    assertThat(device.last().step()).isEqualTo(UpdateStep.REFUSED);
    assertThat(device.last().reason()).isEqualTo("VERSION_BELOW_FLOOR");
  }

  @Test
  void new_root_keys_signed_by_the_old_are_followed() throws IOException {
    var old = repository.trusted.get("root");
    repository.trusted.put("root", TufFixture.keys(2));
    repository.trusted.put("targets", TufFixture.keys(2));
    repository.signers.put(
        "root", Stream.concat(old.stream(), repository.trusted.get("root").stream()).toList());
    repository.signers.put("targets", repository.trusted.get("targets"));
    repository.publishRoot();
    Digest digest = add("1.0.1", Map.of());

    assertThat(updater.install(device.order(NEW, "1.0.1", digest)))
        .isEqualTo(Updater.Result.RESTART_NEEDED);
  }

  @Test
  void damaged_running_slot_is_left_for_the_whole_one() throws IOException {
    Digest digest = add("1.0.1", Map.of());
    updater.install(device.order(NEW, "1.0.1", digest));
    updater.boot();
    Files.write(updater.image("app").orElseThrow(), new byte[] {1});

    device.updater().boot();

    assertThat(device.last().software()).containsEntry("app", "1.0.0");
  }

  private static InputStream cutAfter(byte[] bytes) {
    return new SequenceInputStream(
        new ByteArrayInputStream(bytes),
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection reset");
          }
        });
  }

  private static final class Crash extends Error {
    private static final long serialVersionUID = 1;
  }
}
