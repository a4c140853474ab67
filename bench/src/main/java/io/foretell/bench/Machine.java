package io.foretell.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The machine that is measured on. */
final class Machine {
  private static final double TICKS_PER_SECOND = 100;
  private static final int IDLE = 3;
  private static final int WAITING = 4;
  private static final int COUNTED = 8;
  private static final int SYNCS = 300;
  private static final int PAGE = 4096;
  private static final int SPARE_FILES = 1_000;

  private Machine() {}

  /** CPU time that all processes together have used, seconds, and the time that there was. */
  record Used(double busy, double all) {}

  static Used used() {
    String[] fields = read("/proc/stat").lines().findFirst().orElseThrow().split("\\s+");
    long all = 0;
    for (int i = 1; i <= COUNTED; i++) {
      all += Long.parseLong(fields[i]);
    }
    long idle = Long.parseLong(fields[1 + IDLE]) + Long.parseLong(fields[1 + WAITING]);
    return new Used((all - idle) / TICKS_PER_SECOND, all / TICKS_PER_SECOND);
  }

  /** CPU time of this process, seconds. */
  static double ownSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / 1e9;
  }

  /** Date, processors, system and Java in one line. */
  static String described() {
    String model =
        read("/proc/cpuinfo")
            .lines()
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 2))
            .orElse("unknown processor");
    String system =
        read("/etc/os-release")
            .lines()
            .filter(line -> line.startsWith("PRETTY_NAME="))
            .findFirst()
            .map(line -> line.substring(13, line.length() - 1))
            .orElse(System.getProperty("os.name"));
    return "%d × %s, %s, kernel %s, Java %s"
        .formatted(
            processors(),
            model,
            system,
            System.getProperty("os.version"),
            System.getProperty("java.version"));
  }

  /** Processors of the machine, also those that this process is not to use. */
  static long processors() {
    return read("/proc/cpuinfo").lines().filter(line -> line.startsWith("processor")).count();
  }

  /** All processors, as taskset names them. */
  static String allCores() {
    return "0-" + (processors() - 1);
  }

  /**
   * Refuses what the limit of open files does not let happen.
   *
   * @throws IllegalStateException with what to do
   */
  static void checkFiles(int connections) {
    UnixOperatingSystemMXBean system =
        ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
    long most = system.getMaxFileDescriptorCount();
    if (most < connections + SPARE_FILES) {
      throw new IllegalStateException(
          "%d connections need more open files than %d: raise the hard limit (ulimit -Hn)"
              .formatted(connections, most));
    }
  }

  /** The load average of the last minute. */
  static double loadAverage() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** How long one fdatasync of a page at the end of a growing file takes, ms. */
  static Median syncMillis(Path folder) {
    try {
      Files.createDirectories(folder);
      Path file = Files.createTempFile(folder, "sync", ".dat");
      List<Double> millis = new ArrayList<>();
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        ByteBuffer page = ByteBuffer.allocateDirect(PAGE);
        for (int i = 0; i < SYNCS; i++) {
          channel.write(page.clear());
          long begun = System.nanoTime();
          channel.force(false);
          millis.add((System.nanoTime() - begun) / 1e6);
        }
      }
      Files.delete(file);
      return Median.of(millis);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
