package io.foretell.app.scale;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer;
import io.foretell.app.kill.KillIT;
import io.foretell.app.kill.NumberedDevice;
import io.foretell.app.kill.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two gateways, two workers and two desks, a process each; devices report and are given commands
 * while the desks are killed in turn, and then all in random order, and started again. {@code
 * -Dforetell.kills=10} kills each of them ten times.
 */
final class ClusterKillIT {
  private static final Logger log = LoggerFactory.getLogger(ClusterKillIT.class);
  private static final int KILLS = Integer.getInteger("foretell.kills", 0);
  private static final int DEVICES = 4;
  private static final long SEED = 20_261_122;

  @TempDir private Path folder;

  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private final List<NumberedDevice> devices = new ArrayList<>();
  private final Map<String, String> issued = new LinkedHashMap<>();
  private Cluster cluster;
  private long turnsSeconds;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    cluster = new Cluster(folder, "diagnostics.lateness=500ms");
    cluster.start();
  }

  @AfterEach
  void stop() {
    devices.forEach(NumberedDevice::close);
    scheduler.shutdownNow();
    blocking.shutdownNow();
    cluster.close();
  }

  @Test
  void processes_killedInAnyOrder_loseNothingAndDoubleNothing() throws InterruptedException {
    long begun = System.nanoTime();
    register();
    Random random = new Random(SEED);
    takeTurns(random);
    turnsSeconds = (System.nanoTime() - begun) / 1_000_000_000;
    for (String victim : victims(random)) {
      flow(random);
      command(random);
      cluster.kill(victim);
      command(random);
      ServerProcess again = cluster.launch(victim);
      if (random.nextBoolean() || Cluster.DESKS.contains(victim)) {
        again.awaitReady();
      }
    }
    for (String name : Cluster.GATEWAYS) {
      cluster.node(name).awaitReady();
    }
    finish();
    long seconds = (System.nanoTime() - begun) / 1_000_000_000;
    judge(seconds);
  }

  /**
   * The desk that has the turn is killed while messages flow, and then the one that has it next.
   * Whatever a device that stayed connected meanwhile got twice was sent to it twice.
   */
  private void takeTurns(Random random) throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      String active = Cluster.DESKS.get(i);
      flow(random);
      command(random);
      cluster.kill(active);
      command(random);
      cluster.awaitTurn(Cluster.DESKS.get(1 - i));
      flow(random);
      command(random);
      cluster.launch(active).awaitReady();
    }
    RunningServer.await("every command is done", () -> open().isEmpty());
    Set<String> came = new TreeSet<>();
    for (NumberedDevice device : devices) {
      came.addAll(device.commands().keySet());
      if (device.connections() == 1) {
        assertThat(device.commands().values()).as(device.name()).allMatch(times -> times == 1);
      }
    }
    assertThat(came).isEqualTo(issued.keySet());
  }

  private void flow(Random random) {
    long wanted = acknowledged() + 20 + random.nextInt(200);
    RunningServer.await("acknowledgements", () -> acknowledged() >= wanted);
  }

  /** Each of them so many times, in any order. Without a number, a gateway and a worker. */
  private static List<String> victims(Random random) {
    List<String> victims = new ArrayList<>();
    if (KILLS == 0) {
      victims.addAll(List.of(Cluster.GATEWAYS.get(0), Cluster.WORKERS.get(0)));
    }
    for (int i = 0; i < KILLS; i++) {
      victims.addAll(Cluster.GATEWAYS);
      victims.addAll(Cluster.WORKERS);
      victims.addAll(Cluster.DESKS);
    }
    Collections.shuffle(victims, random);
    return victims;
  }

  private void register() {
    long base = InstantSource.system().millis() - 1_800_000;
    for (int i = 1; i <= DEVICES; i++) {
      String name = "numbered-" + i;
      JsonNode made = cluster.api().post("/devices", Map.of(), Map.of("id", name));
      devices.add(
          new NumberedDevice(
              name, made.path("token").asText(), cluster::anyGateway, scheduler, blocking, base));
    }
    devices.forEach(NumberedDevice::start);
  }

  private long acknowledged() {
    return devices.stream().mapToLong(device -> device.acknowledged().cardinality()).sum();
  }

  private void command(Random random) {
    String device = devices.get(random.nextInt(DEVICES)).name();
    JsonNode made =
        cluster
            .api()
            .post(
                "/devices/" + device + "/commands",
                Map.of(),
                Map.of("verb", "routine", "expiresIn", 3600));
    issued.put(made.path("id").asText(), device);
  }

  private void finish() {
    devices.forEach(NumberedDevice::finish);
    RunningServer.await(
        "all that is unsent", () -> devices.stream().allMatch(d -> d.backlog() == 0));
    RunningServer.await("every command is done", () -> open().isEmpty());
    RunningServer.await(
        "answers to the last commands", () -> devices.stream().allMatch(d -> d.backlog() == 0));
    KillIT.settle(cluster.api());
  }

  private Set<String> open() {
    Set<String> open = new TreeSet<>(issued.keySet());
    for (NumberedDevice device : devices) {
      for (JsonNode command :
          cluster
              .api()
              .get("/devices/" + device.name() + "/commands", Map.of("limit", "1000"))
              .path("items")) {
        if (command.path("state").asText().equals("DONE")) {
          open.remove(command.path("id").asText());
        }
      }
    }
    return open;
  }

  private void judge(long seconds) {
    ApiClient api = cluster.api();
    long all = 0;
    for (NumberedDevice device : devices) {
      BitSet stored = KillIT.stored(api, device);
      BitSet lost = device.acknowledged();
      all += lost.cardinality();
      lost.andNot(stored);
      assertThat(lost).as("acknowledged to %s and lost", device.name()).isEqualTo(new BitSet());
      assertThat(stored).as("reports of %s", device.name()).isEqualTo(KillIT.all(device));
      assertThat(device.refused()).as("refused to %s", device.name()).isZero();
    }
    Map<String, Set<String>> told = new TreeMap<>();
    devices.forEach(device -> told.put(device.name(), new TreeSet<>(device.codes())));
    RunningServer.await("a ticket a code", () -> KillIT.ticketed(api).equals(told));
    int tickets = api.get("/tickets", Map.of("limit", "1000")).path("items").size();
    assertThat(tickets).isEqualTo(told.values().stream().mapToInt(Set::size).sum());
    issued.forEach(
        (command, device) ->
            assertThat(devices)
                .filteredOn(d -> d.name().equals(device))
                .allMatch(d -> d.commands().containsKey(command)));
    KillIT.settle(api);
    JsonNode balance = api.get("/conservation", Map.of());
    assertThat(balance.path("holds").asBoolean()).as("conservation %s", balance).isTrue();
    assertThat(balance.path("reasons").fieldNames())
        .toIterable()
        .as("what was sent again is the only reason to reject")
        .isSubsetOf("DUPLICATE_SEQUENCE");
    log.info(
        "each desk killed in its turn ({} s), then {} kills of each process (0: of one gateway and"
            + " one worker), {} s in all: {} reports acknowledged, 0 lost, 0 twins; {} tickets,"
            + " none twice; {} commands, all done; {} messages sent again dropped",
        turnsSeconds,
        KILLS,
        seconds,
        all,
        tickets,
        issued.size(),
        balance.path("rejected").asLong());
  }
}
