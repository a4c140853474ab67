package io.foretell.app.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.agent.simulate.Behaviour;
import io.foretell.agent.simulate.VehicleSession;
import io.foretell.app.Server;
import io.foretell.app.client.ApiClient;
import io.foretell.app.client.CommandFailed;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The whole loop, told on a terminal: a real truck's bus, engines that wear out, and a fleet whose
 * software makes it ill and whose next software makes it well. Everything that people do is done
 * through the public API; everything that devices do, over MQTT, CoAP and HTTP.
 */
public final class Demo implements AutoCloseable {
  private static final int VEHICLES = 12;
  private static final int FIRST_WAVE = 2;
  private static final long PATIENCE_SECONDS = 150;
  private static final String FAULT = "fault:obd:*";

  private final Server server;
  private final ApiClient api;
  private final Teller teller;
  private final Observed observed;
  private final Recorded recorded;
  private final Fleet fleet;
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private final long started = System.nanoTime();
  private final List<String> vehicles = new ArrayList<>();

  /**
   * A demo on a server that runs.
   *
   * @param folder where the simulated vehicles keep their software
   * @param terminal whether lines can be written over
   */
  public Demo(Server server, Path folder, PrintWriter out, boolean terminal, InstantSource clock) {
    this.server = server;
    this.api = new ApiClient(http().toString(), server.admin().reveal());
    this.teller = new Teller(out, started, terminal);
    this.observed = new Observed(teller);
    this.recorded = new Recorded(server.ports(), scheduler, blocking, clock, teller);
    this.fleet =
        new Fleet(
            folder,
            new Fleet.Doors(
                http(),
                "tcp://127.0.0.1:" + server.ports().get("mqtt"),
                new InetSocketAddress("127.0.0.1", server.ports().getOrDefault("coaps", 0))),
            scheduler,
            blocking,
            clock,
            new VehicleSession.Pace(500, 1));
  }

  private URI http() {
    return URI.create("http://127.0.0.1:" + server.ports().get("http"));
  }

  /** Tells the story to its end; gives its figures. */
  public ObjectNode tell() throws IOException {
    api.follow(Map.of("tenant", "default"), observed::event);
    teller.chapter("Recorded input: a truck's bus over MQTT, turbofan engines over CoAP with DTLS");
    CompletableFuture<?> truck = recorded.truck(add("truck-2016", "truck-2016"));
    CompletableFuture<?> engines = recorded.engines(add("test-cell", "test-cell"));
    nonsense();

    teller.chapter(VEHICLES + " electric vehicles leave the factory with inverter software 1.0.0");
    String bad = artifact("inverter-1.1.0", Behaviour.image("1.1.0", 0.8, false).bytes());
    String good = artifact("inverter-1.1.1", Behaviour.image("1.1.1", 0.8, true).bytes());
    drive();
    await("the vehicles' tickets", () -> fleetTickets("open").size(), VEHICLES);
    acknowledge();

    teller.chapter("A fix, 1.1.0, goes to two vehicles first. It does not come up");
    String failed = campaign(bad);
    awaitState(failed, "HALTED");
    await("roll-backs", () -> counted(failed, "ROLLED_BACK"), FIRST_WAVE);

    api.post(
        "/campaigns/" + failed + "/cancel",
        Map.of(),
        Map.of("by", "engineer", "text", "1.1.0 does not come up"));

    teller.chapter("The next one, 1.1.1, goes through all waves");
    String healed = campaign(good);
    awaitState(healed, "DONE");
    teller.chapter("Installed is not cured: each vehicle has to prove that the fault is gone");
    await("proofs", () -> fleetTickets("VERIFIED").size(), VEHICLES);

    settle(truck, engines);
    ObjectNode judged = recorded.judge(observed.predictions());
    teller.chapter("What came of it");
    return summary(judged);
  }

  private Recorded.Identity add(String device, String model) {
    JsonNode issued =
        api.post(
            "/devices", Map.of(), Map.of("id", device, "model", model, "hardware", Fleet.HARDWARE));
    return new Recorded.Identity(
        device, issued.path("token").asText(), issued.path("psk").asText());
  }

  /** Something that cannot be read: it is acknowledged, kept with its reason, and does no harm. */
  private void nonsense() {
    Recorded.Identity device = add("misfit-1", "");
    recorded
        .nonsense(device)
        .thenAccept(
            reason ->
                teller.event("✘", "misfit-1 sent what cannot be read; it is kept: " + reason));
  }

  private String artifact(String name, byte[] image) {
    String version = name.substring(name.lastIndexOf('-') + 1);
    Map<String, String> query = new LinkedHashMap<>();
    query.put("name", name);
    query.put("component", Behaviour.COMPONENT);
    query.put("version", version);
    query.put("model", Fleet.MODEL);
    return api.upload("/artifacts", query, image).path("digest").asText();
  }

  private void drive() throws IOException {
    for (int i = 1; i <= VEHICLES; i++) {
      String device = String.format("ev-%02d", i);
      vehicles.add(device);
      Recorded.Identity issued = add(device, Fleet.MODEL);
      fleet.add(
          new Fleet.Identity(device, issued.token(), issued.psk()),
          i % 3 == 0 ? Fleet.Way.COAP : Fleet.Way.MQTT,
          Behaviour.image("1.0.0", 0.2, true),
          i);
    }
  }

  private List<String> fleetTickets(String state) {
    List<String> ids = new ArrayList<>();
    JsonNode page = api.get("/tickets", Map.of("state", state, "limit", "1000"));
    for (JsonNode ticket : page.path("items")) {
      if (vehicles.contains(ticket.path("device").asText())) {
        ids.add(ticket.path("id").asText());
      }
    }
    return ids;
  }

  private void acknowledge() {
    for (String ticket : fleetTickets("OPEN")) {
      api.post("/tickets/" + ticket + "/acknowledge", Map.of(), Map.of("by", "engineer"));
    }
    teller.event("·", "an engineer has acknowledged the fleet's tickets: one cause, one software");
  }

  private String campaign(String artifact) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("maxFailedShare", 0.1);
    rule.put("maxRolledBack", 0);
    rule.put("silenceSeconds", 30);
    rule.put("minSuccessShare", 1);
    rule.put("soakSeconds", 2);
    List<Object> waves = new ArrayList<>();
    waves.add(Map.of("count", FIRST_WAVE, "haltRule", rule));
    waves.add(Map.of("count", 4, "haltRule", rule));
    waves.add(Map.of("share", 1, "haltRule", rule));
    Map<String, Object> plan = new LinkedHashMap<>();
    plan.put("artifact", artifact);
    plan.put("fixes", FAULT);
    plan.put("selection", Map.of("model", Fleet.MODEL));
    plan.put("waves", waves);
    plan.put("by", "engineer");
    String id = api.post("/campaigns", Map.of(), plan).path("id").asText();
    api.post("/campaigns/" + id + "/start", Map.of(), Map.of("by", "engineer"));
    return id;
  }

  private int counted(String campaign, String status) {
    return api.get("/campaigns/" + campaign, Map.of()).path("counts").path(status).asInt();
  }

  private void awaitState(String campaign, String state) {
    await(
        "devices with the new software",
        () -> {
          JsonNode c = api.get("/campaigns/" + campaign, Map.of());
          return c.path("state").asText().equals(state)
              ? VEHICLES
              : Math.min(VEHICLES - 1, c.path("counts").path("RUNNING").asInt());
        },
        VEHICLES);
  }

  private interface Count {
    int now();
  }

  private void await(String what, Count count, int wanted) {
    int[] now = {0};
    until(
        what,
        () -> {
          now[0] = count.now();
          teller.progress(what + " " + now[0] + " of " + wanted, now[0], wanted);
          return now[0] >= wanted;
        });
  }

  private void until(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new CommandFailed("the demo waited in vain for " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
    }
  }

  /** The recordings have been sent, and the server has worked through everything. */
  private void settle(CompletableFuture<?> truck, CompletableFuture<?> engines) {
    until("the recordings", () -> recorded.tellProgress(truck.isDone() && engines.isDone()));
    fleet.close();
    long[] before = {-1};
    int[] calm = {0};
    until(
        "the last messages",
        () -> {
          JsonNode balance = api.get("/conservation", Map.of());
          long stored = balance.path("stored").asLong();
          boolean still = stored == before[0] && balance.path("inFlight").asLong() == 0;
          before[0] = stored;
          calm[0] = still ? calm[0] + 1 : 0;
          return calm[0] > 8;
        });
  }

  private ObjectNode summary(ObjectNode judged) {
    JsonNode balance = api.get("/conservation", Map.of());
    JsonNode figures = api.get("/fleet", Map.of());
    ObjectNode summary = ApiClient.JSON.createObjectNode();
    summary.put("devices", figures.path("devices").asInt());
    summary.put("uplinks", balance.path("acknowledged").asLong());
    summary.put("acknowledged", balance.path("acknowledged").asLong());
    summary.put("stored", balance.path("stored").asLong());
    summary.put("rejected", balance.path("rejected").asLong());
    summary.put("faults", observed.faults());
    summary.put("predictions", observed.predictions().size());
    int reopened = 0;
    int verified = 0;
    int tickets = 0;
    for (JsonNode ticket : allTickets()) {
      tickets++;
      reopened += ticket.path("reopened").asInt();
      verified += ticket.hasNonNull("verifiedAt") ? 1 : 0;
    }
    summary.put("tickets", tickets);
    summary.put("verified", verified);
    summary.put("reopened", reopened);
    int halted = 0;
    int rolledBack = 0;
    JsonNode campaigns = api.get("/campaigns", Map.of());
    for (JsonNode campaign : campaigns.path("items")) {
      halted += wasHalted(campaign.path("id").asText()) ? 1 : 0;
      rolledBack += campaign.path("counts").path("ROLLED_BACK").asInt();
    }
    summary.put("campaigns", campaigns.path("items").size());
    summary.put("halted", halted);
    summary.put("rolled_back", rolledBack);
    summary.setAll(judged);
    summary.put("conserved", balance.path("holds").asBoolean());
    summary.put("seconds", Math.round((System.nanoTime() - started) / 1e8) / 10.0);
    return summary;
  }

  private boolean wasHalted(String campaign) {
    for (JsonNode entry : api.get("/campaigns/" + campaign, Map.of()).path("timeline")) {
      if (entry.path("kind").asText().equals("HALTED")) {
        return true;
      }
    }
    return false;
  }

  private List<JsonNode> allTickets() {
    List<JsonNode> all = new ArrayList<>();
    Map<String, String> query = new LinkedHashMap<>();
    query.put("limit", "1000");
    JsonNode page;
    do {
      page = api.get("/tickets", query);
      page.path("items").forEach(all::add);
      query.put("after", page.path("next").asText());
    } while (page.hasNonNull("next"));
    return all;
  }

  @Override
  public void close() {
    fleet.close();
    recorded.close();
    scheduler.shutdownNow();
    blocking.shutdownNow();
  }
}
