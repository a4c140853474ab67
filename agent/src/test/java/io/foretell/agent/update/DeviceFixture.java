package io.foretell.agent.update;

import io.foretell.proto.Digest;
import io.foretell.proto.Telemetry.UpdateStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A device with version 1.0.0 of its app, and what it has reported. */
final class DeviceFixture {
  static final Hardware HARDWARE = new Hardware("truck-2016", "rev-b");

  final Path folder;
  final TufFixture repository;
  final byte[] root;
  final List<UpdateProgress> reports = new ArrayList<>();
  long nowMillis = TufFixture.NOW.toEpochMilli();

  DeviceFixture(Path folder, TufFixture repository) {
    this.folder = folder;
    this.repository = repository;
    this.root = repository.firstRoot();
  }

  static byte[] image(String version, Map<String, Object> behaviour) {
    return new SoftwareImage("app", version, behaviour).bytes();
  }

  Updater updater() {
    return updater(new Disk(() -> {}), DeviceFixture::comesUp);
  }

  Updater updater(Disk disk, SelfTest selfTest) {
    return new Updater(
        folder,
        root,
        HARDWARE,
        repository,
        selfTest,
        reports::add,
        () -> Instant.ofEpochMilli(nowMillis),
        new Updater.Limits(1 << 20, 3),
        disk);
  }

  Updater provisioned() throws IOException {
    Updater updater = updater();
    updater.provision("app", "1.0.0", image("1.0.0", Map.of("leaks", true)));
    return updater;
  }

  InstallOrder order(String name, String version, Digest digest) {
    return order("command-1", name, version, digest, false);
  }

  InstallOrder order(String command, String name, String version, Digest digest, boolean rollback) {
    return new InstallOrder(
        command, "campaign-1", "app", version, digest, name, rollback, nowMillis + 60_000);
  }

  List<UpdateStep> steps() {
    return reports.stream().map(UpdateProgress::step).toList();
  }

  UpdateProgress last() {
    return reports.get(reports.size() - 1);
  }

  static boolean comesUp(String component, String version, Path image) {
    try {
      return SoftwareImage.parse(Files.readAllBytes(image)).comesUpAs(component, version);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
