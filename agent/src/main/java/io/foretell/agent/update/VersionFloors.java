package io.foretell.agent.update;

import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The oldest version that each component may go back to; it only rises. */
final class VersionFloors {
  private final Path file;
  private final Disk disk;

  VersionFloors(Path file, Disk disk) {
    this.file = file;
    this.disk = disk;
  }

  /** Keeps the signed floor where it is higher than before; refuses a target below it. */
  void check(InstallOrder order, Target target, Optional<String> signed)
      throws IOException, RefusedException {
    Map<String, Object> floors = new TreeMap<>();
    Optional<byte[]> kept = disk.read(file);
    if (kept.isPresent()) {
      floors.putAll(Json.parse(kept.get()));
    }
    Object before = floors.get(order.component());
    boolean raised =
        signed.isPresent()
            && (!(before instanceof String text)
                || Release.of(signed.get()).compareTo(Release.of(text)) > 0);
    if (raised) {
      floors.put(order.component(), signed.orElseThrow());
      disk.write(file, Json.plain(floors));
    }
    if (floors.get(order.component()) instanceof String floor
        && Release.of(target.version()).compareTo(Release.of(floor)) < 0) {
      throw new RefusedException(
          ReasonCode.VERSION_BELOW_FLOOR, target.version() + " is below the floor " + floor);
    }
  }
}
