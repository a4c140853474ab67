package io.foretell.app.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.agent.Agent;
import io.foretell.agent.Link;
import io.foretell.agent.MemorySpool;
import io.foretell.agent.Message;
import io.foretell.agent.Numbering;
import io.foretell.agent.coap.CoapLink;
import io.foretell.agent.mqtt.MqttLink;
import io.foretell.agent.recording.CandumpRecording;
import io.foretell.agent.recording.Due;
import io.foretell.agent.recording.Recordings;
import io.foretell.agent.recording.Replay;
import io.foretell.agent.recording.TurbofanRecording;
import io.foretell.app.client.ApiClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** The recorded part of the demo: the truck's bus, the engines, and what the truth says of them. */
final class Recorded implements AutoCloseable {
  /** A ticket is wanted for an engine with so many cycles left, or fewer. */
  static final int HORIZON_CYCLES = 30;

  private static final int SLACK_CYCLES = 12;
  private static final double TRUCK_SPEED = 9;
  private static final long TRUCK_SLICE_MILLIS = 500;
  private static final long CYCLE_MILLIS = Duration.ofHours(1).toMillis();
  private static final int CYCLES_PER_MESSAGE = 5;
  private static final long ENGINES_MILLIS = 30_000;

  private final Map<String, Integer> ports;
  private final ScheduledExecutorService scheduler;
  private final Executor blocking;
  private final InstantSource clock;
  private final Teller teller;
  private final List<Agent> agents = new ArrayList<>();
  private final AtomicInteger sent = new AtomicInteger();
  private int total;
  private long enginesEnd;
  private Map<Integer, List<double[]>> units = Map.of();

  /** A device's name and secrets. */
  record Identity(String device, String token, String psk) {}

  Recorded(
      Map<String, Integer> ports,
      ScheduledExecutorService scheduler,
      Executor blocking,
      InstantSource clock,
      Teller teller) {
    this.ports = ports;
    this.scheduler = scheduler;
    this.blocking = blocking;
    this.clock = clock;
    this.teller = teller;
  }

  private int port(String name) {
    Integer port = ports.get(name);
    if (port == null) {
      throw new IllegalStateException("no port " + name);
    }
    return port;
  }

  private String mqtt() {
    return "tcp://127.0.0.1:" + port("mqtt");
  }

  private Agent connect(String device, Link link, int window) {
    Agent agent =
        new Agent(
            device,
            link,
            new MemorySpool(100_000),
            scheduler,
            blocking,
            new Agent.Settings(window, 500, 5_000),
            command -> {});
    agents.add(agent);
    agent.start();
    return agent;
  }

  /** Replays the truck's bus, nine times as fast; its event times end when the replay does. */
  CompletableFuture<?> truck(Identity truck) throws IOException {
    long now = clock.millis();
    List<Due> due;
    try (BufferedReader log = Recordings.open(Recordings.TRUCK)) {
      due = CandumpRecording.read(log, TRUCK_SLICE_MILLIS, now, new Numbering(now));
    }
    Agent agent = connect(truck.device(), new MqttLink(mqtt(), truck.device(), truck.token()), 32);
    return play(agent, due, TRUCK_SPEED);
  }

  /** Lets all engines of the test set age together; a gateway speaks for them. */
  CompletableFuture<?> engines(Identity cell) throws IOException {
    long now = clock.millis();
    enginesEnd = now;
    try (BufferedReader table = Recordings.open(Recordings.TURBOFAN_TEST)) {
      units = TurbofanRecording.read(table);
    }
    List<List<Message>> fleet =
        TurbofanRecording.fleet(
            units, Recorded::engine, CYCLE_MILLIS, CYCLES_PER_MESSAGE, now, now);
    List<Due> due = new ArrayList<>();
    int longest = fleet.stream().mapToInt(List::size).max().orElse(1);
    for (List<Message> engine : fleet) {
      // Each engine's last message comes at the end, as the recordings end together.
      for (int i = 0; i < engine.size(); i++) {
        long at = ENGINES_MILLIS * (longest - engine.size() + i) / longest;
        due.add(new Due(at, engine.get(i)));
      }
    }
    due.sort(Comparator.comparingLong(Due::atMillis));
    Link link =
        CoapLink.dtls(
            new InetSocketAddress("127.0.0.1", port("coaps")),
            cell.device(),
            cell.psk().getBytes(StandardCharsets.US_ASCII),
            false);
    return play(connect(cell.device(), link, 2), due, 1);
  }

  private CompletableFuture<?> play(Agent agent, List<Due> due, double speed) {
    total += due.size();
    int[] before = {0};
    return new Replay(
            agent,
            due,
            speed,
            scheduler,
            clock,
            done -> {
              sent.addAndGet(Math.max(0, done - before[0]));
              before[0] = Math.max(before[0], done);
            })
        .start()
        .toCompletableFuture();
  }

  /** Sends what no schema knows; completes with the reason that the server gave. */
  CompletableFuture<String> nonsense(Identity device) {
    Agent agent =
        connect(device.device(), new MqttLink(mqtt(), device.device(), device.token()), 1);
    byte[] body = "{\"engine.coolant\": \"warm\"}".getBytes(StandardCharsets.UTF_8);
    return agent
        .offer(new Message("v1/telemetry", body))
        .thenApply(ack -> "a text where a number belongs")
        .toCompletableFuture();
  }

  /** Shows how far the recordings are; passes its argument on. */
  boolean tellProgress(boolean done) {
    teller.progress(
        "recorded messages " + sent.get() + " of " + total, sent.get(), Math.max(1, total));
    return done;
  }

  /** The device name of a unit. */
  static String engine(int unit) {
    return String.format("engine-%03d", unit);
  }

  /**
   * Says against the published truth what the predictions were worth.
   *
   * <p>right: alarmed with at most {@value #HORIZON_CYCLES} + {@value #SLACK_CYCLES} cycles left;
   * early: alarmed with more; missed: not alarmed, although {@value #HORIZON_CYCLES} or fewer were
   * left at the end; quiet: not alarmed, rightly.
   */
  ObjectNode judge(Map<String, JsonNode> predictions) throws IOException {
    List<Integer> truth = new ArrayList<>();
    try (BufferedReader lines = Recordings.open(Recordings.TURBOFAN_TRUTH)) {
      lines.lines().filter(l -> !l.isBlank()).forEach(l -> truth.add(Integer.parseInt(l.trim())));
    }
    int right = 0;
    int early = 0;
    int missed = 0;
    int quiet = 0;
    for (Integer unit : units.keySet()) {
      int left = truth.get(unit - 1);
      JsonNode prediction = predictions.get(engine(unit));
      if (prediction == null) {
        missed += left <= HORIZON_CYCLES ? 1 : 0;
        quiet += left > HORIZON_CYCLES ? 1 : 0;
      } else {
        long ago = (enginesEnd - prediction.path("at").asLong()) / CYCLE_MILLIS;
        boolean soon = left + ago <= HORIZON_CYCLES + SLACK_CYCLES;
        right += soon ? 1 : 0;
        early += soon ? 0 : 1;
      }
    }
    teller.event(
        "◆",
        String.format(
            "predictions against the published truth: %d right, %d early, %d missed, %d rightly quiet",
            right, early, missed, quiet));
    ObjectNode judged = ApiClient.JSON.createObjectNode();
    judged.put("right", right);
    judged.put("early", early);
    judged.put("missed", missed);
    judged.put("quiet", quiet);
    return judged;
  }

  @Override
  public void close() {
    agents.forEach(Agent::close);
  }
}
