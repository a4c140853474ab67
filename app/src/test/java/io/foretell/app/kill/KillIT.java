package io.foretell.app.kill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.agent.Link;
import io.foretell.agent.coap.CoapLink;
import io.foretell.app.client.ApiClient;
import io.foretell.app.client.CommandFailed;
import io.foretell.app.journey.RunningServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server is killed twenty times ({@code -Dforetell.kills=N}: N times) while devices report to it,
 * over MQTT with QoS 1 and 2 and over CoAP, sometimes before it has come up, and always begins
 * again on the same folder. What it has acknowledged is there in the end, once.
 */
public final class KillIT {
  private static final Logger log = LoggerFactory.getLogger(KillIT.class);
  private static final int ROUNDS = Integer.getInteger("foretell.kills", 20);
  private static final int DEVICES = 4;
  private static final long SEED = 20_260_731;
  // Devices number their reports by the millisecond: half a second is 500 reports.
  private static final List<String> SETTINGS = List.of("diagnostics.lateness=500ms");

  @TempDir private Path folder;

  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private final AtomicReference<String> address = new AtomicReference<>("");
  private final AtomicReference<String> coap = new AtomicReference<>("");
  private final List<NumberedDevice> devices = new ArrayList<>();

  /** Reports by QoS 2 alone. */
  private @Nullable OnceDevice once;

  @AfterEach
  void stop() {
    if (once != null) {
      once.close();
    }
    devices.forEach(NumberedDevice::close);
    scheduler.shutdownNow();
    blocking.shutdownNow();
  }

  @Test
  void server_killedAgainAndAgain_losesNothingAndDoublesNothing() throws Exception {
    long begun = System.nanoTime();
    Random random = new Random(SEED);
    int whileStarting = 0;
    for (int round = 0; round < ROUNDS; round++) {
      boolean early = round % 5 == 4;
      whileStarting += early ? 1 : 0;
      try (ServerProcess server = launch()) {
        if (!early) {
          server.awaitReady();
          open(server);
          if (devices.isEmpty()) {
            register(server.api());
          }
          long wanted = acknowledgedByAll() + 20 + random.nextInt(600);
          RunningServer.await("acknowledgements", () -> acknowledgedByAll() >= wanted);
        }
        long life = early ? 200 + random.nextInt(1500) : random.nextInt(60);
        assertThat(server.endsWithin(life)).as("ends by itself in round %d", round).isFalse();
      }
      // Nobody sends before the next server is there, whatever took the old one's port.
      address.set("");
      coap.set("");
    }
    Figures figures = new Figures(whileStarting);
    try (ServerProcess server = launch()) {
      server.awaitReady();
      ApiClient api = server.api();
      settle(api);
      devices.forEach(device -> compare(api, device, figures));

      devices.forEach(NumberedDevice::finish);
      OnceDevice exactly = Objects.requireNonNull(once);
      exactly.finish();
      open(server);
      RunningServer.await(
          "all that is unsent", () -> devices.stream().allMatch(d -> d.backlog() == 0));
      RunningServer.await("QoS 2", () -> exactly.acknowledged() == exactly.sent());
      settle(api);
      once(api, exactly, figures);
      devices.forEach(device -> assertThat(stored(api, device)).isEqualTo(all(device)));
      tickets(api, figures);
      balance(api, figures);
    }
    figures.seconds = (System.nanoTime() - begun) / 1_000_000_000;
    log.info("{}", figures);
    assertThat(figures.acknowledged).isGreaterThan(50L * ROUNDS);
  }

  private void open(ServerProcess server) {
    coap.set(server.coap());
    address.set(server.mqtt());
  }

  private static void once(ApiClient api, OnceDevice device, Figures figures) {
    BitSet stored = new BitSet();
    for (int i = 0; i < OnceDevice.SIGNALS; i++) {
      stored.or(stored(api, device.name(), OnceDevice.signal(i)));
    }
    BitSet all = new BitSet();
    all.set(1, device.sent() + 1);
    figures.once = device.acknowledged();
    assertThat(stored).as("stored of what was sent with QoS 2 alone").isEqualTo(all);
  }

  private ServerProcess launch() {
    return ServerProcess.launch(folder.resolve("data"), folder.resolve("server.log"), SETTINGS);
  }

  private void register(ApiClient api) throws MqttException {
    long base = InstantSource.system().millis() - 1_800_000;
    for (int i = 1; i <= DEVICES; i++) {
      String name = "numbered-" + i;
      devices.add(
          new NumberedDevice(name, token(api, name), address::get, scheduler, blocking, base));
    }
    devices.add(
        new NumberedDevice(
            "numbered-coap",
            token(api, "numbered-coap"),
            coap::get,
            KillIT::confirmable,
            scheduler,
            blocking,
            base));
    devices.forEach(NumberedDevice::start);
    OnceDevice exactly = new OnceDevice("once", token(api, "once"), address::get, scheduler);
    exactly.start();
    once = exactly;
  }

  private static String token(ApiClient api, String name) {
    return api.post("/devices", Map.of(), Map.of("id", name)).path("token").asText();
  }

  private static Link confirmable(String server, String token) {
    String[] at = server.split(":");
    return CoapLink.plain(new InetSocketAddress(at[0], Integer.parseInt(at[1])), token, false);
  }

  private long acknowledgedByAll() {
    return devices.stream().mapToLong(device -> device.acknowledged().cardinality()).sum();
  }

  /** Waits until all that is on the lanes is worked through. */
  public static void settle(ApiClient api) {
    RunningServer.await("all that is on the lanes", () -> nothingInFlight(api));
  }

  private static boolean nothingInFlight(ApiClient api) {
    try {
      return api.get("/conservation", Map.of()).path("inFlight").asLong() == 0;
    } catch (CommandFailed notKnown) { // while the partitions of a killed process change hands
      return false;
    }
  }

  /** What was acknowledged is there, and nothing that was never sent. */
  private static void compare(ApiClient api, NumberedDevice device, Figures figures) {
    BitSet acknowledged = device.acknowledged();
    BitSet stored = stored(api, device);
    BitSet lost = (BitSet) acknowledged.clone();
    lost.andNot(stored);
    BitSet invented = (BitSet) stored.clone();
    invented.andNot(all(device));
    figures.acknowledged += acknowledged.cardinality();
    figures.lost += lost.cardinality();
    assertThat(lost).as("acknowledged by %s and lost", device.name()).isEqualTo(new BitSet());
    assertThat(invented).as("never sent by %s", device.name()).isEqualTo(new BitSet());
    assertThat(device.refused()).as("refused to %s", device.name()).isZero();
  }

  /** The numbers of all reports that a device has made. */
  public static BitSet all(NumberedDevice device) {
    BitSet all = new BitSet();
    all.set(1, device.sent() + 1);
    return all;
  }

  /** The numbers that history has; a number that is there twice fails. */
  public static BitSet stored(ApiClient api, NumberedDevice device) {
    return stored(api, device.name(), NumberedDevice.SIGNAL);
  }

  private static BitSet stored(ApiClient api, String device, String signal) {
    BitSet stored = new BitSet();
    Map<String, String> query = new LinkedHashMap<>();
    query.put("signal", signal);
    query.put("limit", "10000");
    JsonNode items;
    do {
      items = api.get("/devices/" + device + "/history", query).path("items");
      long last = 0;
      for (JsonNode sample : items) {
        int n = sample.path("value").asInt();
        assertThat(stored.get(n)).as("%s has a twin of %d", device, n).isFalse();
        stored.set(n);
        last = sample.path("t").asLong();
      }
      query.put("since", Long.toString(last + 1));
    } while (!items.isEmpty());
    return stored;
  }

  private void tickets(ApiClient api, Figures figures) {
    Map<String, Set<String>> told = new TreeMap<>();
    devices.forEach(device -> told.put(device.name(), new TreeSet<>(device.codes())));
    RunningServer.await("a ticket a code", () -> ticketed(api).equals(told));
    Map<String, Integer> ofCause = new TreeMap<>();
    for (JsonNode ticket : api.get("/tickets", Map.of("limit", "1000")).path("items")) {
      String cause = ticket.path("device").asText() + " " + ticket.path("cause").asText();
      ofCause.merge(cause, 1, Integer::sum);
    }
    figures.tickets = ofCause.size();
    figures.twins = ofCause.values().stream().mapToInt(n -> n - 1).sum();
    assertThat(ofCause.values()).as("tickets a device and cause: %s", ofCause).containsOnly(1);
    assertThat(ofCause).hasSize(told.values().stream().mapToInt(Set::size).sum());
  }

  /** The codes that have a ticket, by device. */
  public static Map<String, Set<String>> ticketed(ApiClient api) {
    Map<String, Set<String>> ticketed = new TreeMap<>();
    for (JsonNode ticket : api.get("/tickets", Map.of("limit", "1000")).path("items")) {
      String cause = ticket.path("cause").asText();
      ticketed
          .computeIfAbsent(ticket.path("device").asText(), d -> new TreeSet<>())
          .add(cause.substring(cause.indexOf("P03")));
    }
    return ticketed;
  }

  private void balance(ApiClient api, Figures figures) {
    settle(api);
    JsonNode balance = api.get("/conservation", Map.of());
    figures.sentAgain = balance.path("rejected").asLong();
    assertThat(balance.path("holds").asBoolean()).as("conservation %s", balance).isTrue();
    assertThat(balance.path("reasons").fieldNames())
        .toIterable()
        .as("what was sent again is the only reason to reject")
        .isSubsetOf("DUPLICATE_SEQUENCE");
    for (NumberedDevice device : devices) {
      JsonNode stream = api.get("/devices/" + device.name(), Map.of()).path("stream");
      assertThat(stream.path("missing").asLong()).as("%s", stream).isZero();
    }
  }

  /** What came of it. */
  private static final class Figures {
    private final int whileStarting;
    private long acknowledged;
    private int once;
    private long lost;
    private int tickets;
    private int twins;
    private long sentAgain;
    private long seconds;

    Figures(int whileStarting) {
      this.whileStarting = whileStarting;
    }

    @Override
    public String toString() {
      return String.format(
          "%d kills (%d while starting) in %d s: %d reports acknowledged, %d lost, %d with QoS 2"
              + " alone, each once; %d tickets, %d twins; %d messages that were sent again dropped",
          ROUNDS, whileStarting, seconds, acknowledged, lost, once, tickets, twins, sentAgain);
    }
  }
}
