package io.foretell.app.journey;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.agent.coap.CoapFetcher;
import io.foretell.agent.update.Hardware;
import io.foretell.agent.update.InstallOrder;
import io.foretell.agent.update.UpdateProgress;
import io.foretell.agent.update.Updater;
import io.foretell.app.journey.RunningServer.Identity;
import io.foretell.proto.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device that speaks CoAP alone installs what the server has signed. */
final class UpdateOverCoapIT {
  private static final int SIZE = 200_000;
  private static final int BLOCKS = SIZE / 1024;

  /** A server that is held up for a while is not cut off. */
  private static final long PATIENCE_MILLIS = 8_000;

  @TempDir Path folder;

  private final List<UpdateProgress> told = new CopyOnWriteArrayList<>();

  @Test
  void update_overDtls_isInstalled_andGoesOnWhereItWasCutOff() throws IOException {
    try (RunningServer server = RunningServer.in(folder.resolve("server"));
        Relay relay = new Relay(server.port("coaps"))) {
      Identity device = server.add("coap-only");
      byte[] image = new byte[SIZE];
      new Random(11).nextBytes(image);
      JsonNode artifact =
          server
              .api()
              .upload(
                  "/artifacts",
                  Map.of("name", "pump-1.0.1", "component", "pump", "version", "1.0.1"),
                  image);
      try (CoapFetcher fetcher =
          CoapFetcher.dtls(relay.address(), device.device(), device.psk().getBytes(US_ASCII))
              .withPatience(PATIENCE_MILLIS)) {
        Updater updater = updater(fetcher);
        updater.provision("pump", "1.0.0", new byte[] {1});

        relay.cutAfter(BLOCKS / 2);
        assertThat(updater.install(order(artifact))).isEqualTo(Updater.Result.INTERRUPTED);
        assertThat(updater.software()).containsEntry("pump", "1.0.0");

        relay.mend();
        int before = relay.answers();
        assertThat(updater.resume()).contains(Updater.Result.RESTART_NEEDED);
        assertThat(relay.answers() - before).as("datagrams of the second half").isLessThan(BLOCKS);

        updater.boot();
        assertThat(updater.software()).containsEntry("pump", "1.0.1");
        assertThat(updater.image("pump").map(UpdateOverCoapIT::bytes)).contains(image);
      }
    }
  }

  private Updater updater(CoapFetcher fetcher) throws IOException {
    byte[] root = fetcher.metadata("1.root.json").orElseThrow().readAllBytes();
    return new Updater(
        folder.resolve("device"),
        root,
        new Hardware("journey", "B"),
        fetcher,
        (component, version, image) -> true,
        told::add,
        InstantSource.system(),
        Updater.Limits.DEFAULT);
  }

  private static InstallOrder order(JsonNode artifact) {
    return new InstallOrder(
        "c-1",
        "campaign",
        "pump",
        "1.0.1",
        Digest.parse(artifact.path("digest").asText()),
        artifact.path("name").asText(),
        false,
        System.currentTimeMillis() + 3_600_000);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
