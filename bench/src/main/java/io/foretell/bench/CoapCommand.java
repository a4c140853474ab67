package io.foretell.bench;

import io.foretell.bench.load.CoapLoad;
import io.foretell.bench.server.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Confirmable CoAP requests, one of each device at a time: ours (2.04 after fsync, decoded and
 * routed) against Netty that answers datagrams and does nothing else. In turn, on the same core.
 */
@Command(name = "coap", description = "Confirmable CoAP, ours and bare Netty UDP in turn.")
final class CoapCommand implements Callable<Integer> {
  private static final Duration SLICE = Duration.ofSeconds(2);
  private static final double LITTLE = 0.03;
  private static final double WARM = 0.05;
  private static final int TRIES = 4;
  private static final int MOST = 100;

  @Mixin private Setting setting = new Setting();

  CoapCommand() {}

  CoapCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws InterruptedException {
    setting.print(rows());
    return 0;
  }

  /** CPU-seconds per million requests, the compilers' part of it, and requests a second. */
  private record Turn(double cpu, double compiling, double perSecond) {}

  List<Row> rows() throws InterruptedException {
    List<Turn> ours = new ArrayList<>();
    List<Turn> bare = new ArrayList<>();
    try (Server coap = setting.start("coap");
        Server udp = setting.start("udp")) {
      warmUp(udp);
      warmUp(coap);
      for (int round = 1; round <= setting.rounds; round++) {
        bare.add(shown(round, udp));
        ours.add(shown(round, coap));
      }
    }
    return List.of(row(ours, bare));
  }

  private Turn shown(int round, Server server) throws InterruptedException {
    Turn turn = warmTurn(server);
    setting.progress(
        "round %d  %-5s %s CPU-s/M, %s requests/s"
            .formatted(round, server.name(), Row.number(turn.cpu), Row.number(turn.perSecond)));
    return turn;
  }

  private void warmUp(Server server) throws InterruptedException {
    long begun = System.nanoTime();
    double share = 1;
    while (share > LITTLE && System.nanoTime() - begun < setting.warmUp * 1_000_000_000L) {
      Turn turn = turn(server, SLICE);
      share = turn.compiling / turn.cpu;
    }
  }

  private Turn warmTurn(Server server) throws InterruptedException {
    Turn turn = turn(server, setting.length());
    for (int i = 1; i < TRIES && turn.compiling > WARM * turn.cpu; i++) {
      turn = turn(server, setting.length());
    }
    return turn;
  }

  private Turn turn(Server server, Duration length) throws InterruptedException {
    try (CoapLoad load = new CoapLoad(server.port(), devices())) {
      server.settle();
      double cpu = server.cpuSeconds();
      double compiling = server.compilerSeconds();
      CoapLoad.Run run = load.saturate(length);
      server.settle();
      double million = run.answered() / 1e6;
      return new Turn(
          (server.cpuSeconds() - cpu) / million,
          (server.compilerSeconds() - compiling) / million,
          run.perSecond());
    }
  }

  /** No more than that, as what they send at once must fit into a socket's buffer. */
  private int devices() {
    return Math.min(MOST, setting.connections);
  }

  private Row row(List<Turn> ours, List<Turn> bare) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(ours.get(i).cpu / bare.get(i).cpu);
    }
    Median ratio = Median.of(ratios);
    Median cpu = Median.of(ours.stream().map(Turn::cpu).toList());
    Median least = Median.of(bare.stream().map(Turn::cpu).toList());
    Median rate = Median.of(ours.stream().map(Turn::perSecond).toList());
    return Row.atMost(
        "CoAP confirmable, ours / bare Netty UDP, CPU",
        4,
        ratio.middle(),
        "",
        "%s and %s CPU-s per million, ours with fsync and decoding; %d devices; %s requests/s; %s"
            .formatted(
                Row.number(cpu.middle()),
                Row.number(least.middle()),
                devices(),
                Row.number(rate.middle()),
                ratio));
  }
}
