package io.foretell.agent.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.Digest;
import io.foretell.proto.Telemetry.UpdateStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

final class UpdaterCrashTest {
  private static final Logger log = LoggerFactory.getLogger(UpdaterCrashTest.class);
  private static final String NAME = "app-1.0.1.json";

  @TempDir Path folder;

  @Test
  void crash_before_any_write_ends_with_the_new_software() throws IOException {
    int crashes = 0;
    while (crashOnce(folder.resolve("good-" + crashes), crashes + 1, true)) {
      crashes++;
    }
    log.info("good software: survived a crash before each of {} writes", crashes);
    assertThat(crashes).isGreaterThan(25);
  }

  @Test
  void crash_before_any_write_ends_with_the_old_software_where_the_new_is_bad() throws IOException {
    int crashes = 0;
    while (crashOnce(folder.resolve("bad-" + crashes), crashes + 1, false)) {
      crashes++;
    }
    log.info("bad software: survived a crash before each of {} writes", crashes);
    assertThat(crashes).isGreaterThan(25);
  }

  @Property(tries = 50)
  void crashes_in_a_row_end_with_the_ordered_software(
      @ForAll @Size(max = 8) List<@IntRange(min = 1, max = 30) Integer> crashes,
      @ForAll boolean good)
      throws IOException {
    Path place = Files.createTempDirectory("crashes");
    try {
      Scenario scenario = new Scenario(place, good);
      for (int steps : crashes) {
        scenario.runUntilCrash(steps);
        scenario.assertBootable();
      }
      scenario.runToTheEnd();
    } finally {
      delete(place);
    }
  }

  private static boolean crashOnce(Path place, int steps, boolean good) throws IOException {
    Scenario scenario = new Scenario(place, good);
    boolean crashed = scenario.runUntilCrash(steps);
    scenario.assertBootable();
    scenario.runToTheEnd();
    return crashed;
  }

  private static void delete(Path place) throws IOException {
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** A device that gets one order, however often it dies. */
  private static final class Scenario {
    private final DeviceFixture device;
    private final InstallOrder order;
    private final boolean good;

    Scenario(Path place, boolean good) throws IOException {
      TufFixture repository = new TufFixture();
      Digest digest =
          repository.addImage(
              NAME, "1.0.1", DeviceFixture.image("1.0.1", Map.of("starts", good)), "0.5", "");
      this.device = new DeviceFixture(place, repository);
      this.good = good;
      this.order = device.order(NAME, "1.0.1", digest);
      device.provisioned();
    }

    boolean runUntilCrash(int steps) throws IOException {
      int[] left = {steps};
      Disk disk =
          new Disk(
              () -> {
                if (--left[0] == 0) {
                  throw new Crash();
                }
              });
      try {
        live(device.updater(disk, DeviceFixture::comesUp));
        return false;
      } catch (Crash e) {
        return true;
      }
    }

    /** What an agent does: start, go on with what was left, take the command, restart. */
    private void live(Updater updater) throws IOException {
      updater.boot();
      updater.resume();
      updater.install(order);
      updater.boot();
    }

    void assertBootable() throws IOException {
      Slots slots = new Slots(device.folder.resolve("components/app"), new Disk(() -> {}));
      BootState state = slots.state().orElseThrow();
      assertThat(slots.checked(state.active())).isPresent();
      assertThat(device.updater().software().get("app")).isIn("1.0.0", "1.0.1");
    }

    void runToTheEnd() throws IOException {
      live(device.updater());
      assertThat(device.updater().software()).containsEntry("app", good ? "1.0.1" : "1.0.0");
      UpdateStep outcome = good ? UpdateStep.RUNNING : UpdateStep.ROLLED_BACK;
      assertThat(device.reports)
          .anyMatch(r -> r.step() == outcome && r.campaign().equals("campaign-1"));
      UpdateStep other = good ? UpdateStep.ROLLED_BACK : UpdateStep.RUNNING;
      assertThat(device.reports)
          .noneMatch(r -> r.step() == other && r.campaign().equals("campaign-1"));
      assertThat(device.reports)
          .noneMatch(r -> r.step() == UpdateStep.FAILED || r.step() == UpdateStep.REFUSED);
    }
  }

  private static final class Crash extends Error {
    private static final long serialVersionUID = 1;
  }
}
