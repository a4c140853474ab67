package io.foretell.bench;

import io.foretell.bench.load.Load;
import io.foretell.bench.server.Foretell;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Memory of an idle MQTT connection: what lives on the heap after a full collection, and what
 * resident memory grows by while the heap's own pages are all touched before. Buffers of sockets in
 * the kernel are not in it.
 */
@Command(name = "idle", description = "Memory of an idle connection.")
final class IdleCommand implements Callable<Integer> {
  private static final String FIXED_HEAP = "-Xms512m -Xmx512m -XX:+AlwaysPreTouch";
  private static final int FEW = 200;

  @Mixin private Setting setting = new Setting();

  @Option(
      names = "--idle",
      paramLabel = "N",
      defaultValue = "2000",
      converter = AtLeastOne.class,
      description = "Idle connections (default: ${DEFAULT-VALUE}).")
  private int idle = 2000;

  IdleCommand() {}

  IdleCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws InterruptedException {
    setting.print(rows());
    return 0;
  }

  List<Row> rows() throws InterruptedException {
    try (Foretell server =
        new Foretell(Setting.root(), setting.fresh("idle"), setting.serverCores, FIXED_HEAP)) {
      // Classes, compiled code and the first buffers are there before it counts.
      try (Load few = new Load(server.port(), FEW, 1, "warm-")) {
        few.saturate(Duration.ofSeconds(2));
      }
      server.settle();
      double heap = Jcmd.liveHeapKib(server.pid());
      double resident = server.residentKib();
      try (Load many = new Load(server.port(), idle, 1, "idle-")) {
        server.settle();
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        double onHeap = (Jcmd.liveHeapKib(server.pid()) - heap) / idle;
        double offHeap = (server.residentKib() - resident) / idle;
        setting.progress("%d connections, lost %d".formatted(idle, many.lost()));
        return List.of(
            Row.atMost(
                "heap and off-heap per idle connection",
                20,
                onHeap + offHeap,
                "KB",
                "%d connections: heap %s KB after a full collection, resident beside it %s KB"
                    .formatted(idle, Row.number(onHeap), Row.number(offHeap))));
      }
    }
  }
}
