package io.foretell.app;

import io.foretell.proto.Health;
import io.foretell.proto.Part;
import io.foretell.proto.Severity;
import java.io.File;
import java.nio.file.Path;
import java.util.List;

/** The space that is left on the disk of the data folder: told before it is used up. */
final class DiskSpace implements Part {
  private static final String PART = "disk";
  private static final int LEAST_PERCENT = 5;
  private static final int MIB = 1 << 20;

  private final File folder;

  DiskSpace(Path folder) {
    this.folder = folder.toFile();
  }

  @Override
  public void start() {}

  @Override
  public Health health() {
    long total = folder.getTotalSpace();
    long free = folder.getUsableSpace();
    if (total == 0 || free >= total / 100 * LEAST_PERCENT) {
      return Health.good(PART);
    }
    return new Health(
        PART,
        true,
        List.of(
            new Health.Notice(
                "DISK_ALMOST_FULL",
                Severity.MAJOR,
                free / MIB + " MiB of " + total / MIB + " are free under " + folder,
                "Free space, or make lanes.uplink-retention shorter: when it is full, nothing is"
                    + " acknowledged.")));
  }

  @Override
  public void close() {}
}
