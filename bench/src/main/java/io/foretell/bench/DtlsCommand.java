package io.foretell.bench;

import io.foretell.bench.load.Handshakes;
import io.foretell.bench.server.Room;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Full DTLS 1.2 handshakes with a pre-shared key (TLS_PSK_WITH_AES_128_CCM_8) and the cookie
 * exchange. The clients, on the other core, take longer than the server, so its CPU time counts.
 */
@Command(name = "dtls", description = "DTLS handshakes.")
final class DtlsCommand implements Callable<Integer> {
  private static final int CLIENTS = 16;
  private static final Duration SLICE = Duration.ofSeconds(3);
  private static final double LITTLE = 0.05;

  @Mixin private Setting setting = new Setting();

  DtlsCommand() {}

  DtlsCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws InterruptedException {
    setting.print(rows());
    return 0;
  }

  List<Row> rows() throws InterruptedException {
    List<Double> perCore = new ArrayList<>();
    List<Double> perSecond = new ArrayList<>();
    try (Room server = new Room("coap", setting.fresh("dtls"), setting.serverCores, List.of());
        Handshakes clients = new Handshakes(server.securePort(), CLIENTS)) {
      warmUp(server, clients);
      for (int round = 1; round <= setting.rounds; round++) {
        double cpu = server.cpuSeconds();
        long begun = System.nanoTime();
        long done = clients.run(setting.length());
        double seconds = (System.nanoTime() - begun) / 1e9;
        perCore.add(done / (server.cpuSeconds() - cpu));
        perSecond.add(done / seconds);
        setting.progress(
            "round %d  dtls %s handshakes a CPU-second, %s/s"
                .formatted(
                    round,
                    Row.number(perCore.get(round - 1)),
                    Row.number(perSecond.get(round - 1))));
      }
    }
    Median core = Median.of(perCore);
    return List.of(
        Row.plain(
            "DTLS 1.2 handshakes, PSK, for a second of the server's CPU",
            core.middle(),
            "",
            "%d clients without sessions, with cookie; %s/s beside them; %s"
                .formatted(CLIENTS, Row.number(Median.of(perSecond).middle()), core)));
  }

  private void warmUp(Room server, Handshakes clients) throws InterruptedException {
    long begun = System.nanoTime();
    double share = 1;
    while (share > LITTLE && System.nanoTime() - begun < setting.warmUp * 1_000_000_000L) {
      double cpu = server.cpuSeconds();
      double compiling = server.compilerSeconds();
      clients.run(SLICE);
      share = (server.compilerSeconds() - compiling) / (server.cpuSeconds() - cpu);
    }
  }
}
