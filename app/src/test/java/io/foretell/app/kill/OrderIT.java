package io.foretell.app.kill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.agent.Agent;
import io.foretell.agent.MemorySpool;
import io.foretell.agent.Message;
import io.foretell.agent.Numbering;
import io.foretell.agent.mqtt.MqttLink;
import io.foretell.agent.recording.CandumpRecording;
import io.foretell.agent.recording.Due;
import io.foretell.agent.recording.Recordings;
import io.foretell.agent.simulate.Behaviour;
import io.foretell.agent.simulate.SimulatedVehicle;
import io.foretell.app.journey.RunningServer;
import io.foretell.app.journey.Sender;
import io.foretell.proto.v1.FaultCode;
import io.foretell.proto.v1.FaultReport;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.Series;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A minute of a truck's bus and of a vehicle's faults means the same in whatever order it comes.
 */
final class OrderIT {
  private static final Logger log = LoggerFactory.getLogger(OrderIT.class);
  private static final long SEED = 20_260_731;
  private static final Duration LATENESS = Duration.ofMinutes(2);
  private static final int SPAN_SECONDS = 60;
  private static final int SECOND_OF_CURE = 30;
  private static final String TRUCK = "truck-2016";
  private static final String VEHICLE = "ev-1";
  // No device of the test sets it otherwise: once it has a ticket, so has all that came before it.
  private static final String LAST_WORD = "P0999";

  @TempDir private Path folder;

  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private final long end = InstantSource.system().millis() - Duration.ofMinutes(4).toMillis();

  @AfterEach
  void stop() {
    scheduler.shutdownNow();
    blocking.shutdownNow();
  }

  @Test
  void uplinks_inAnyOrderOfArrival_giveTheSameEpisodesFindingsAndTickets() throws Exception {
    Map<String, List<Message>> recorded = new LinkedHashMap<>();
    recorded.put(TRUCK, truck());
    recorded.put(VEHICLE, vehicle());
    Outcome inOrder = outcome("in-order", recorded);
    log.info("in order: {}", inOrder.figures());
    assertThat(inOrder.episodes()).isNotEmpty();
    assertThat(inOrder.findings()).anyMatch(finding -> finding.contains("CLEARED"));
    assertThat(inOrder.tickets())
        .anyMatch(ticket -> ticket.startsWith(TRUCK))
        .anyMatch(ticket -> ticket.startsWith(VEHICLE + " VERIFIED"));
    Random random = new Random(SEED);
    for (int shuffle = 1; shuffle <= 3; shuffle++) {
      Map<String, List<Message>> shuffled = new LinkedHashMap<>();
      recorded.forEach(
          (device, messages) -> {
            List<Message> some = new ArrayList<>(messages);
            Collections.shuffle(some, random);
            shuffled.put(device, some);
          });
      Outcome outcome = outcome("shuffle-" + shuffle, shuffled);
      log.info("shuffle {}: {}", shuffle, outcome.figures());
      assertThat(outcome.episodes()).isEqualTo(inOrder.episodes());
      assertThat(outcome.findings()).isEqualTo(inOrder.findings());
      assertThat(outcome.tickets()).isEqualTo(inOrder.tickets());
    }
  }

  /**
   * What a server makes of it.
   *
   * @param episodes as the API shows them
   * @param findings as the events tell them, with their ids
   * @param tickets device, state, urgency, cause and title
   */
  private record Outcome(Set<String> episodes, Set<String> findings, Set<String> tickets) {
    String figures() {
      return String.format(
          "%d episodes, %d findings, %d tickets", episodes.size(), findings.size(), tickets.size());
    }
  }

  private Outcome outcome(String name, Map<String, List<Message>> order) throws Exception {
    String[] flags = {
      "diagnostics.lateness",
      LATENESS.toMillis() + "ms",
      "diagnostics.buffer-bytes",
      Integer.toString(8 << 20),
      "diagnostics.healing-period",
      "10s"
    };
    try (RunningServer server = RunningServer.in(folder.resolve(name), flags)) {
      ConcurrentLinkedQueue<JsonNode> findings = new ConcurrentLinkedQueue<>();
      ConcurrentLinkedQueue<String> types = new ConcurrentLinkedQueue<>();
      server
          .api()
          .follow(
              Map.of("tenant", "default"),
              (type, data) -> {
                types.add(type);
                if (type.equals("finding")) {
                  findings.add(data);
                }
              });
      awaitStream(server, types);
      for (Map.Entry<String, List<Message>> device : order.entrySet()) {
        send(server, device.getKey(), device.getValue());
      }
      RunningServer.await(
          "the last words", () -> lastWords(findings) == order.size() && ticketed(server) == 2);
      server.conserved();
      assertThat(types).as("the stream of events has gaps").doesNotContain("missed");
      assertThat(findings.stream().map(f -> f.path("id").asText())).doesNotHaveDuplicates();
      return new Outcome(
          episodes(server, order.keySet()),
          findings.stream().map(JsonNode::toString).collect(Collectors.toCollection(TreeSet::new)),
          tickets(server));
    }
  }

  /** Somebody comes again and again, until the stream of events tells of one. */
  private static void awaitStream(RunningServer server, ConcurrentLinkedQueue<String> types) {
    int[] callers = {0};
    RunningServer.await(
        "the stream of events",
        () -> {
          RunningServer.Identity caller = server.add("caller-" + ++callers[0]);
          Sender.HTTP.send(server, caller, "telemetry", "application/json", new byte[] {'{', '}'});
          return types.contains("presence");
        });
  }

  private void send(RunningServer server, String device, List<Message> messages) throws Exception {
    RunningServer.Identity identity = server.add(device);
    try (Agent agent =
        new Agent(
            device,
            new MqttLink("tcp://127.0.0.1:" + server.port("mqtt"), device, identity.token()),
            new MemorySpool(messages.size() + 2),
            scheduler,
            blocking,
            Agent.Settings.DEFAULT,
            command -> {})) {
      agent.start();
      List<CompletableFuture<?>> acknowledged = new ArrayList<>();
      for (Message message : messages) {
        acknowledged.add(agent.offer(message).toCompletableFuture());
      }
      for (Message message : lastWord()) {
        acknowledged.add(agent.offer(message).toCompletableFuture());
      }
      CompletableFuture.allOf(acknowledged.toArray(CompletableFuture[]::new))
          .get(120, TimeUnit.SECONDS);
    }
  }

  private static long lastWords(ConcurrentLinkedQueue<JsonNode> findings) {
    return findings.stream().filter(f -> f.path("cause").asText().contains(LAST_WORD)).count();
  }

  private static long ticketed(RunningServer server) {
    return server.items("/tickets", Map.of("limit", "1000")).stream()
        .filter(ticket -> ticket.path("cause").asText().contains(LAST_WORD))
        .count();
  }

  private static Set<String> episodes(RunningServer server, Set<String> devices) {
    Set<String> episodes = new TreeSet<>();
    for (String device : devices) {
      server
          .items("/devices/" + device + "/faults", Map.of())
          .forEach(episode -> episodes.add(episode.toString()));
    }
    return episodes;
  }

  private static Set<String> tickets(RunningServer server) {
    Set<String> tickets = new TreeSet<>();
    for (JsonNode ticket : server.items("/tickets", Map.of("limit", "1000"))) {
      ObjectNode told = (ObjectNode) ticket;
      tickets.add(
          List.of("device", "state", "urgency", "cause", "title", "reopened").stream()
              .map(field -> told.path(field).asText())
              .collect(Collectors.joining(" ")));
    }
    return tickets;
  }

  /** The first minute of the log, two messages a second. */
  private List<Message> truck() throws IOException {
    StringBuilder minute = new StringBuilder();
    try (BufferedReader log = Recordings.open(Recordings.TRUCK)) {
      String line = log.readLine();
      double until = seconds(line) + SPAN_SECONDS;
      for (; line != null && seconds(line) < until; line = log.readLine()) {
        minute.append(line).append('\n');
      }
    }
    BufferedReader lines = new BufferedReader(new StringReader(minute.toString()));
    return CandumpRecording.read(lines, 500, end, new Numbering(7)).stream()
        .map(Due::message)
        .toList();
  }

  private static double seconds(String line) {
    return Double.parseDouble(line.substring(1, line.indexOf(')')));
  }

  /** A minute of a vehicle: its inverter overheats, and is cured after half of the time. */
  private List<Message> vehicle() {
    SimulatedVehicle vehicle =
        new SimulatedVehicle(
            Behaviour.of(Behaviour.image("1.0.0", 0.2, true)), new Random(1), new Numbering(8));
    List<Message> messages = new ArrayList<>();
    for (int second = 0; second < SPAN_SECONDS; second++) {
      if (second == SECOND_OF_CURE) {
        vehicle.run(Behaviour.of(Behaviour.image("1.1.0", 0.9, true)));
      }
      messages.addAll(vehicle.step(end - (SPAN_SECONDS - second) * 1000L, 1));
    }
    return messages;
  }

  /** A fault after the end of the recording, and a report so much later that it must be judged. */
  private List<Message> lastWord() {
    long at = end + 20_000;
    FaultReport fault =
        FaultReport.newBuilder()
            .setTime(at)
            .setSource("test")
            .addFaults(FaultCode.newBuilder().setCode(LAST_WORD).setStatus(0x0B))
            .build();
    Report later =
        Report.newBuilder()
            .setBaseTime(at + LATENESS.toMillis() + 1_000)
            .addSeries(Series.newBuilder().setSignal("test.end").addValue(1))
            .build();
    return List.of(Message.own("faults", fault), Message.own("telemetry", later));
  }
}
