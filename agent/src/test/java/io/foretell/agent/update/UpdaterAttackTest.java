package io.foretell.agent.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.Digest;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry.UpdateStep;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class UpdaterAttackTest {
  private static final String NAME = "app-1.0.1.json";
  private static final byte[] IMAGE =
      DeviceFixture.image("1.0.1", Map.of("padding", "x".repeat(1000)));

  @TempDir Path folder;

  /**
   * One way to bring a device to install what it must not.
   *
   * @param bend what is done to the repository after the device has seen it once
   */
  record Attack(String name, Consumer<TufFixture> bend, UpdateStep step, ReasonCode reason) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Attack refused(String name, ReasonCode reason, Consumer<TufFixture> bend) {
    return new Attack(name, bend, UpdateStep.REFUSED, reason);
  }

  private static Attack failed(String name, ReasonCode reason, Consumer<TufFixture> bend) {
    return new Attack(name, bend, UpdateStep.FAILED, reason);
  }

  static Stream<Attack> attacks() {
    return Stream.of(
        refused("targets by another signer", ReasonCode.BAD_SIGNATURE, signTargets(false)),
        refused(
            "targets by one of two keys",
            ReasonCode.THRESHOLD_NOT_MET,
            r -> resign(r, "targets", r.trusted.get("targets").subList(0, 1))),
        refused(
            "targets twice by the same key",
            ReasonCode.THRESHOLD_NOT_MET,
            r -> {
              var key = r.trusted.get("targets").get(0);
              resign(r, "targets", List.of(key, key));
            }),
        refused(
            "targets by one good and one strange key",
            ReasonCode.THRESHOLD_NOT_MET,
            r ->
                resign(
                    r,
                    "targets",
                    List.of(r.trusted.get("targets").get(0), TufFixture.keys(1).get(0)))),
        refused(
            "targets by the timestamp's key",
            ReasonCode.BAD_SIGNATURE,
            r -> resign(r, "targets", r.trusted.get("timestamp"))),
        refused(
            "timestamp by another signer",
            ReasonCode.BAD_SIGNATURE,
            r -> resign(r, "timestamp", TufFixture.keys(1))),
        refused(
            "snapshot by another signer",
            ReasonCode.BAD_SIGNATURE,
            r -> resign(r, "snapshot", TufFixture.keys(1))),
        refused(
            "root not signed by the old keys",
            ReasonCode.BAD_SIGNATURE,
            r -> {
              r.trusted.put("root", TufFixture.keys(2));
              r.signers.put("root", r.trusted.get("root"));
              r.publishRoot();
            }),
        refused(
            "root not signed by its own keys",
            ReasonCode.BAD_SIGNATURE,
            r -> {
              r.trusted.put("root", TufFixture.keys(2));
              r.publishRoot();
            }),
        refused(
            "old root served as the next",
            ReasonCode.VERSION_BELOW_FLOOR,
            r -> r.metadata.put("2.root.json", r.firstRoot())),
        refused("expired timestamp (freeze)", ReasonCode.EXPIRED, r -> expire(r, "timestamp")),
        refused("expired snapshot", ReasonCode.EXPIRED, r -> expire(r, "snapshot")),
        refused("expired targets", ReasonCode.EXPIRED, r -> expire(r, "targets")),
        refused(
            "expired root",
            ReasonCode.EXPIRED,
            r -> {
              r.expires.put("root", TufFixture.NOW.minusSeconds(1));
              r.publishRoot();
            }),
        refused("older timestamp", ReasonCode.VERSION_BELOW_FLOOR, r -> older(r, "timestamp", 2)),
        refused(
            "newer timestamp with an older snapshot",
            ReasonCode.VERSION_BELOW_FLOOR,
            r -> older(r, "snapshot", 2)),
        refused(
            "newer snapshot with older targets",
            ReasonCode.VERSION_BELOW_FLOOR,
            r -> older(r, "targets", 2)),
        refused(
            "targets of another snapshot (mix and match)",
            ReasonCode.DIGEST_MISMATCH,
            r -> {
              byte[] before = r.metadata.get(r.fileName("targets"));
              r.publish();
              r.metadata.put(r.fileName("targets"), before);
            }),
        refused(
            "swapped targets",
            ReasonCode.DIGEST_MISMATCH,
            r -> {
              r.targets.put(NAME, r.targets.get("app-1.0.0.json"));
              r.publish();
            }),
        refused(
            "target that nobody signed",
            ReasonCode.BAD_SIGNATURE,
            r -> {
              r.targets.remove(NAME);
              r.publish();
            }),
        refused(
            "endless metadata",
            ReasonCode.TOO_LARGE,
            r -> r.metadata.put("timestamp.json", new byte[1 << 20])),
        refused(
            "garbage for metadata",
            ReasonCode.MALFORMED_JSON,
            r -> r.metadata.put("timestamp.json", TufFixture.text("<html>login</html>"))),
        refused(
            "metadata of another role",
            ReasonCode.WRONG_SHAPE,
            r -> r.metadata.put("timestamp.json", r.metadata.get(r.fileName("targets")))),
        refused(
            "wrong hardware",
            ReasonCode.PRECONDITION_FAILED,
            r -> r.addImage(NAME, "1.0.1", IMAGE, "0", "rev-c")),
        refused(
            "version below the floor",
            ReasonCode.VERSION_BELOW_FLOOR,
            r -> r.addImage("app-2.0.0.json", "2.0.0", TufFixture.text("2"), "1.5.0", "")),
        refused("larger than the device takes", ReasonCode.TOO_LARGE, r -> relength(r, 2 << 20)),
        failed(
            "other bytes",
            ReasonCode.DIGEST_MISMATCH,
            r -> r.wire = bytes -> new ByteArrayInputStream(new byte[bytes.length])),
        failed(
            "truncated",
            ReasonCode.DIGEST_MISMATCH,
            r ->
                r.wire =
                    bytes ->
                        new ByteArrayInputStream(
                            bytes.length < IMAGE.length ? new byte[0] : Arrays.copyOf(bytes, 100))),
        failed("endless", ReasonCode.DIGEST_MISMATCH, r -> r.wire = UpdaterAttackTest::endless));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void attack_met_leaves_the_old_software(Attack attack) throws IOException {
    TufFixture repository = new TufFixture();
    DeviceFixture device = new DeviceFixture(folder, repository);
    Updater updater = device.provisioned();
    repository.addImage(
        "app-1.0.0.json", "1.0.0", DeviceFixture.image("1.0.0", Map.of("leaks", true)), "0", "");
    Digest digest = repository.addImage(NAME, "1.0.1", IMAGE, "0", "");
    repository.publish();
    letSee(updater, device, repository);

    attack.bend().accept(repository);
    Updater.Result result = updater.install(device.order(NAME, "1.0.1", digest));

    assertThat(result).isEqualTo(Updater.Result.CONCLUDED);
    assertThat(device.last().step()).isEqualTo(attack.step());
    assertThat(device.last().reason()).isEqualTo(attack.reason().name());
    device.updater().boot();
    assertThat(device.last().software()).containsEntry("app", "1.0.0");
  }

  // The device knows the present metadata, so that older ones are a step back.
  private static void letSee(Updater updater, DeviceFixture device, TufFixture repository)
      throws IOException {
    Digest running =
        new Digest(
            HexFormat.of()
                .formatHex(TufFixture.sha256(DeviceFixture.image("1.0.0", Map.of("leaks", true)))));
    updater.install(device.order("command-0", "app-1.0.0.json", "1.0.0", running, false));
    assertThat(device.last().step()).isEqualTo(UpdateStep.RUNNING);
    assertThat(repository.offsets).isEmpty();
  }

  private static Consumer<TufFixture> signTargets(boolean good) {
    return r -> resign(r, "targets", good ? r.trusted.get("targets") : TufFixture.keys(2));
  }

  private static void resign(TufFixture repository, String role, List<KeyPair> signers) {
    repository.signers.put(role, signers);
    repository.publish();
  }

  private static void expire(TufFixture repository, String role) {
    repository.expires.put(role, TufFixture.NOW.minusSeconds(1));
    repository.publish();
  }

  private static void older(TufFixture repository, String role, int by) {
    repository.versions.put(role, repository.versions.get(role) - by);
    repository.publish();
    if (!role.equals("timestamp")) {
      repository.versions.put("timestamp", 100);
      repository.publishTimestamp();
    }
    if (role.equals("targets")) {
      repository.versions.put("snapshot", 100);
      repository.publishSnapshot();
    }
  }

  private static void relength(TufFixture repository, int length) {
    Map<String, Object> target = new TreeMap<>();
    ((Map<?, ?>) repository.targets.get(NAME)).forEach((k, v) -> target.put((String) k, v));
    target.put("length", length);
    repository.targets.put(NAME, target);
    repository.publish();
  }

  private static InputStream endless(byte[] bytes) {
    return new SequenceInputStream(
        new ByteArrayInputStream(bytes),
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }
        });
  }
}
