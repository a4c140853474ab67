package io.foretell.app.journey;

import static io.foretell.app.journey.RunningServer.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.app.journey.RunningServer.Identity;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The largest message of a device is what the configuration says, on every protocol. */
final class MessageSizeIT {
  private static final String JSON = "application/json";
  private static final Set<Sender> ALL = EnumSet.allOf(Sender.class);

  @TempDir Path data;

  @ParameterizedTest
  @ValueSource(ints = {5000, 1_500_000})
  void message_asLargeAsConfigured_isTaken_andOneByteMoreIsNot(int limit) {
    try (RunningServer server = RunningServer.in(data, "max-message-bytes", limit + "")) {
      for (Sender sender : ALL) {
        Identity device = server.add("size-" + sender);
        byte[] fits = padded(limit);

        Tool.Ran taken = sender.send(server, device, "telemetry", JSON, fits);

        assertThat(sender.acknowledged(taken)).as(sender + " " + taken).isTrue();
        await(
            sender + " is stored",
            () -> !server.items("/devices/" + device.device() + "/signals", Map.of()).isEmpty());
      }
      for (Sender sender : ALL) {
        Identity device = server.add("more-" + sender);

        sender.send(server, device, "telemetry", JSON, padded(limit + 1));

        boolean mqtt = sender == Sender.MQTT_311 || sender == Sender.MQTT_5;
        if (mqtt) {
          await(sender + " is told why", () -> kept(server, device));
        }
        server.conserved();
        assertThat(kept(server, device)).as(sender + "").isEqualTo(mqtt);
      }
    }
  }

  private static boolean kept(RunningServer server, Identity device) {
    return server.rejects(device.device()).stream()
        .anyMatch(reject -> reject.path("reason").asText().equals("TOO_LARGE"));
  }

  private static byte[] padded(int length) {
    byte[] json = "{\"engine.coolant\":91.5}".getBytes(UTF_8);
    byte[] body = Arrays.copyOf(json, length);
    Arrays.fill(body, json.length, length, (byte) ' ');
    return body;
  }
}
