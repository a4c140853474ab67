package io.foretell.app.demo;

import io.foretell.agent.Numbering;
import io.foretell.agent.http.HttpFetcher;
import io.foretell.agent.mqtt.MqttLink;
import io.foretell.agent.simulate.Behaviour;
import io.foretell.agent.simulate.SimulatedVehicle;
import io.foretell.agent.simulate.VehicleSession;
import io.foretell.agent.update.Hardware;
import io.foretell.agent.update.SoftwareImage;
import io.foretell.agent.update.Updater;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** Simulated vehicles, each with a folder of its own for its software, connected over MQTT. */
public final class Fleet implements AutoCloseable {
  /** The model that they are registered as. */
  public static final String MODEL = "ev-2026";

  /** Their hardware. */
  public static final String HARDWARE = "B";

  private final Path folder;
  private final URI http;
  private final String mqtt;
  private final ScheduledExecutorService scheduler;
  private final Executor blocking;
  private final InstantSource clock;
  private final VehicleSession.Pace pace;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<VehicleSession> sessions = new ArrayList<>();

  /**
   * An empty fleet.
   *
   * @param folder each vehicle has a folder below it
   * @param mqtt {@code tcp://host:port}
   */
  public Fleet(
      Path folder,
      URI http,
      String mqtt,
      ScheduledExecutorService scheduler,
      Executor blocking,
      InstantSource clock,
      VehicleSession.Pace pace) {
    this.folder = folder;
    this.http = http;
    this.mqtt = mqtt;
    this.scheduler = scheduler;
    this.blocking = blocking;
    this.clock = clock;
    this.pace = pace;
  }

  /**
   * Adds a vehicle and lets it drive off.
   *
   * @param image the software that it leaves the factory with
   */
  public void add(String device, String token, SoftwareImage image, long seed) throws IOException {
    HttpFetcher fetcher = new HttpFetcher(client, http, token);
    Path home = folder.resolve(device);
    byte[] root = root(home, fetcher);
    Numbering numbering = new Numbering(clock.millis());
    SimulatedVehicle vehicle =
        new SimulatedVehicle(Behaviour.of(image), new Random(seed), numbering);
    VehicleSession session =
        new VehicleSession(
            device,
            vehicle,
            numbering,
            new MqttLink(mqtt, device, token),
            progress ->
                new Updater(
                    home,
                    root,
                    new Hardware(MODEL, HARDWARE),
                    fetcher,
                    Fleet::comesUp,
                    progress,
                    clock,
                    new Updater.Limits(1 << 20, 2)),
            scheduler,
            blocking,
            clock,
            pace,
            home.resolve("answers"));
    provision(home, root, fetcher, image);
    sessions.add(session);
    session.start();
  }

  private void provision(Path home, byte[] root, HttpFetcher fetcher, SoftwareImage image)
      throws IOException {
    new Updater(
            home,
            root,
            new Hardware(MODEL, HARDWARE),
            fetcher,
            Fleet::comesUp,
            progress -> {},
            clock,
            Updater.Limits.DEFAULT)
        .provision(image.component(), image.version(), image.bytes());
  }

  /** The root that the device got when it was made: here, from the server that it is made for. */
  private static byte[] root(Path home, HttpFetcher fetcher) throws IOException {
    Path file = home.resolve("trusted-root.json");
    if (!Files.exists(file)) {
      Files.createDirectories(home);
      try (InputStream in =
          fetcher
              .metadata("1.root.json")
              .orElseThrow(() -> new IOException("the server has no signing root yet"))) {
        Files.write(file, in.readAllBytes());
      }
    }
    return Files.readAllBytes(file);
  }

  private static boolean comesUp(String component, String version, Path image) {
    try {
      return SoftwareImage.parse(Files.readAllBytes(image)).comesUpAs(component, version);
    } catch (IOException e) {
      return false;
    }
  }

  /** How many messages the server has not acknowledged. */
  public int backlog() {
    return sessions.stream().mapToInt(VehicleSession::backlog).sum();
  }

  @Override
  public void close() {
    sessions.forEach(VehicleSession::close);
    sessions.clear();
  }
}
