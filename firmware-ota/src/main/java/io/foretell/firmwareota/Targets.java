package io.foretell.firmwareota;

import io.foretell.proto.Device;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Digest;
import io.foretell.proto.Directory;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/** Finds the devices of a campaign and deals them out to its waves. */
final class Targets {
  private static final int PAGE = 1000;

  private final Directory directory;

  Targets(Directory directory) {
    this.directory = directory;
  }

  /**
   * Names of the devices to install on: selected, fitting, and neither on the version nor (unless
   * it is a rollback) past it.
   */
  List<String> find(String tenant, Artifact artifact, Selection selection, boolean rollback) {
    List<Device> devices =
        selection.devices().isEmpty()
            ? everyFitting(tenant, artifact)
            : named(tenant, artifact, selection.devices());
    return devices.stream()
        .filter(d -> selection.includes(d, artifact.component()))
        .filter(d -> wants(d, artifact, rollback))
        .map(d -> d.id().device())
        .toList();
  }

  /**
   * Deals targets out. The order looks random and is the same each time, so that a first wave is no
   * fleet's lowest serial numbers.
   */
  static List<DeviceProgress> deal(String campaign, List<String> targets, int[] sizes, long now) {
    List<String> shuffled = new ArrayList<>(targets);
    shuffled.sort(
        Comparator.comparing((String device) -> sha256(campaign + "/" + device).hex())
            .thenComparing(Comparator.naturalOrder()));
    List<DeviceProgress> dealt = new ArrayList<>();
    int next = 0;
    for (int wave = 0; wave < sizes.length; wave++) {
      for (int i = 0; i < sizes[wave]; i++) {
        dealt.add(DeviceProgress.pending(shuffled.get(next++), wave, now));
      }
    }
    return dealt;
  }

  private List<Device> everyFitting(String tenant, Artifact artifact) {
    List<Device> fitting = new ArrayList<>();
    List<Device> page = directory.list(tenant, "", PAGE);
    while (!page.isEmpty()) {
      page.stream().filter(artifact::fits).forEach(fitting::add);
      page = directory.list(tenant, page.get(page.size() - 1).id().device(), PAGE);
    }
    return fitting;
  }

  private List<Device> named(String tenant, Artifact artifact, List<String> names) {
    List<Device> devices = new ArrayList<>();
    for (String name : names) {
      Device device =
          directory
              .find(new DeviceId(tenant, name))
              .orElseThrow(
                  () -> new InvalidInputException(ReasonCode.NOT_FOUND, "device '" + name + "'"));
      if (!artifact.fits(device)) {
        throw new InvalidInputException(
            ReasonCode.CONFLICT, artifact.name() + " does not fit device '" + name + "'");
      }
      devices.add(device);
    }
    return devices;
  }

  private static boolean wants(Device device, Artifact artifact, boolean rollback) {
    String runs = device.software().get(artifact.component());
    if (runs == null) {
      return true;
    }
    try {
      int order = new Version(runs).compareTo(artifact.version());
      return rollback ? !runs.equals(artifact.version().text()) : order < 0;
    } catch (InvalidInputException e) {
      // A version in no known order: the device itself decides, by its signed floor.
      return true;
    }
  }

  private static Digest sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return new Digest(HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
