package io.foretell.app.demo;

import io.foretell.agent.Link;
import io.foretell.agent.Numbering;
import io.foretell.agent.coap.CoapFetcher;
import io.foretell.agent.coap.CoapLink;
import io.foretell.agent.http.HttpFetcher;
import io.foretell.agent.mqtt.MqttLink;
import io.foretell.agent.simulate.Behaviour;
import io.foretell.agent.simulate.SimulatedVehicle;
import io.foretell.agent.simulate.VehicleSession;
import io.foretell.agent.update.Fetcher;
import io.foretell.agent.update.Hardware;
import io.foretell.agent.update.SoftwareImage;
import io.foretell.agent.update.Updater;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Simulated vehicles, each with a folder of its own for its software. Some are connected over MQTT
 * and fetch their updates over HTTP; others do everything over CoAP with DTLS.
 */
public final class Fleet implements AutoCloseable {
  /** The model that they are registered as. */
  public static final String MODEL = "ev-2026";

  /** Their hardware. */
  public static final String HARDWARE = "B";

  private final Path folder;
  private final Doors doors;
  private final ScheduledExecutorService scheduler;
  private final Executor blocking;
  private final InstantSource clock;
  private final VehicleSession.Pace pace;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<VehicleSession> sessions = new ArrayList<>();
  private final List<CoapFetcher> fetchers = new ArrayList<>();

  /**
   * Where the server listens.
   *
   * @param mqtt {@code tcp://host:port}
   * @param coaps CoAP over DTLS
   */
  public record Doors(URI http, String mqtt, InetSocketAddress coaps) {}

  /** How a vehicle talks to the server. */
  public enum Way {
    /** Reports and commands over MQTT, updates over HTTP. */
    MQTT,
    /** Everything over CoAP with DTLS. */
    COAP
  }

  /** A vehicle's name and secrets, as the server has issued them. */
  public record Identity(String device, String token, String psk) {}

  /**
   * An empty fleet.
   *
   * @param folder each vehicle has a folder below it
   */
  public Fleet(
      Path folder,
      Doors doors,
      ScheduledExecutorService scheduler,
      Executor blocking,
      InstantSource clock,
      VehicleSession.Pace pace) {
    this.folder = folder;
    this.doors = doors;
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
  public void add(Identity identity, Way way, SoftwareImage image, long seed) throws IOException {
    Fetcher fetcher = fetcher(identity, way);
    Path home = folder.resolve(identity.device());
    byte[] root = root(home, fetcher);
    Numbering numbering = new Numbering(clock.millis());
    SimulatedVehicle vehicle =
        new SimulatedVehicle(Behaviour.of(image), new Random(seed), numbering);
    VehicleSession session =
        new VehicleSession(
            identity.device(),
            vehicle,
            numbering,
            link(identity, way),
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

  private Link link(Identity identity, Way way) {
    return switch (way) {
      case MQTT -> new MqttLink(doors.mqtt(), identity.device(), identity.token());
      case COAP -> CoapLink.dtls(doors.coaps(), identity.device(), key(identity), true);
    };
  }

  private Fetcher fetcher(Identity identity, Way way) {
    if (way == Way.MQTT) {
      return new HttpFetcher(client, doors.http(), identity.token());
    }
    CoapFetcher fetcher = CoapFetcher.dtls(doors.coaps(), identity.device(), key(identity));
    fetchers.add(fetcher);
    return fetcher;
  }

  private static byte[] key(Identity identity) {
    return identity.psk().getBytes(StandardCharsets.US_ASCII);
  }

  private void provision(Path home, byte[] root, Fetcher fetcher, SoftwareImage image)
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
  private static byte[] root(Path home, Fetcher fetcher) throws IOException {
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
    fetchers.forEach(CoapFetcher::close);
    fetchers.clear();
  }
}
