package io.foretell.app.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The stock client of Sparkplug B, Eclipse Tahu, as an edge node of a whole server: births with
 * aliases, data by alias alone, a rebirth that the server asks for, and deaths.
 */
final class SparkplugClientIT {
  private static final String NODE = "press-line";
  private static final String DEVICE = "pump-7";
  private static final String SPEED = "line/speed";

  @TempDir private Path folder;

  @Test
  void tahu_edgeNode_isBornReportsIsRebornAndDies() throws Exception {
    try (RunningServer server = RunningServer.in(folder.resolve("data"))) {
      RunningServer.Identity node = server.add(NODE);
      String url = "tcp://127.0.0.1:" + server.port("mqtt");
      try (TahuEdgeNode tahu = new TahuEdgeNode("plant", NODE, DEVICE, url, node.token())) {
        tahu.start();
        RunningServer.await("birth", () -> tahu.births() == 1);
        RunningServer.await("device", () -> online(server, DEVICE));
        RunningServer.await("what it is born with", () -> !values(server, NODE, SPEED).isEmpty());
        assertThat(values(server, NODE, SPEED)).containsExactly(1.5);

        tahu.report(20.25);
        tahu.report(-7);
        RunningServer.await(
            "data by alias",
            () -> values(server, DEVICE, "flow/rate").equals(List.of(0.0, 20.25, -7.0)));

        tahu.loseOne();
        tahu.report(3);
        RunningServer.await("a rebirth, which the server asks for", () -> tahu.births() >= 2);
        tahu.report(4);
        RunningServer.await(
            "data after the rebirth",
            () -> values(server, DEVICE, "flow/rate").containsAll(List.of(3.0, 4.0)));

        tahu.deviceDies();
        RunningServer.await("the device's death", () -> !online(server, DEVICE));
        assertThat(online(server, NODE)).isTrue();
      }
      RunningServer.await("the node's death", () -> !online(server, NODE));
      assertThat(server.rejects(NODE)).isEmpty();
      assertThat(server.rejects(DEVICE)).isEmpty();
      server.conserved();
    }
  }

  private static boolean online(RunningServer server, String device) {
    return server.items("/devices", Map.of()).stream()
        .anyMatch(one -> one.path("id").asText().equals(device) && one.path("online").asBoolean());
  }

  private static List<Double> values(RunningServer server, String device, String signal) {
    List<Double> values = new ArrayList<>();
    for (JsonNode sample :
        server.items("/devices/" + device + "/history", Map.of("signal", signal))) {
      values.add(sample.path("value").asDouble());
    }
    return values;
  }
}
