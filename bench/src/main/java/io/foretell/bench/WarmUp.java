package io.foretell.bench;

import io.foretell.bench.load.Load;
import io.foretell.bench.server.Server;
import java.time.Duration;
import java.util.List;

/**
 * Load on a fresh server until its JVM has compiled what is hot. A server that runs for weeks
 * compiles nothing; one that runs for ten seconds on a core of its own spends most of them on it.
 */
final class WarmUp {
  private static final Duration SLICE = Duration.ofSeconds(2);
  private static final double LITTLE = 0.03;

  private final Setting setting;

  WarmUp(Setting setting) {
    this.setting = setting;
  }

  /** Loads it with each of these windows in turn, until compiling takes little of its CPU time. */
  void until(Server server, List<Integer> windows) throws InterruptedException {
    long begun = System.nanoTime();
    double share = 1;
    while (share > LITTLE && System.nanoTime() - begun < setting.warmUp * 1_000_000_000L) {
      double cpu = server.cpuSeconds();
      double compiling = server.compilerSeconds();
      for (int window : windows) {
        try (Load load = new Load(server.port(), setting.connections, window, "device-")) {
          load.saturate(SLICE);
        }
        server.settle();
      }
      share = (server.compilerSeconds() - compiling) / (server.cpuSeconds() - cpu);
    }
    setting.progress(
        "%s: warm after %d s, compiling takes %.0f %% of its CPU time"
            .formatted(server.name(), (System.nanoTime() - begun) / 1_000_000_000L, 100 * share));
  }
}
