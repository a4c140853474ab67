package io.foretell.gateway.coap;

import io.foretell.gateway.Door;
import io.foretell.gateway.Downlink;
import io.foretell.gateway.Identities;
import io.foretell.gateway.ListenerException;
import io.foretell.gateway.Presence;
import io.foretell.gateway.Releases;
import io.foretell.proto.Blobs;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Health;
import io.foretell.proto.Part;
import io.foretell.proto.UplinkKind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Endpoint;
import org.eclipse.californium.core.network.EndpointContextMatcherFactory;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.core.network.stack.Layer;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.util.ExecutorsUtil;
import org.eclipse.californium.elements.util.Filter;
import org.eclipse.californium.elements.util.NamedThreadFactory;
import org.eclipse.californium.scandium.DTLSConnector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CoAP (RFC 7252) for devices: plain on one port, over DTLS 1.2 with pre-shared keys, raw public
 * keys (RFC 7250) or X.509 certificates, and connection id (RFC 9146), on another; on the plain
 * port also OSCORE (RFC 8613, see {@link OscoreContexts}).
 *
 * <pre>
 * POST /v1/{telemetry,faults,frames,replies,updates}   2.04 when it is on disk
 * POST /v1/d/{child}/…                                 the same, for a child
 * GET  /v1/commands                                    one command, or with Observe all as they come
 * GET  /v1/artifacts/{digest}                          block-wise
 * GET  /v1/metadata/{name}                             block-wise
 * </pre>
 *
 * <p>Refusals carry the reason code's name as diagnostic payload.
 */
public final class CoapListener implements Part {
  static final String VIA = "coap";

  private static final Logger log = LoggerFactory.getLogger(CoapListener.class);
  private static final int READERS = 2;

  /** Until then the last notification, which says why, is on its way: it needs the session. */
  private static final long NOTICE_MILLIS = 200;

  /** A handshake that was under way while a device was revoked has ended by then. */
  private static final long SECOND_CUT_SECONDS = 30;

  private final CoapSettings settings;
  private final Identities identities;
  private final Callers callers;
  private final Door door;
  private final Releases releases;
  private final Blobs blobs;
  private final KnownOnly known;
  private final CommandResource commands;
  private final ProvenAddresses proven = new ProvenAddresses(System::nanoTime);
  private final Echo echo = new Echo(System::nanoTime);
  private final Admission admission;
  private final OscoreContexts oscore;
  private @Nullable Running running;

  /** Made without I/O; {@link #start} opens the ports. */
  public CoapListener(
      CoapSettings settings,
      Door door,
      Identities identities,
      Downlink downlink,
      Presence presence,
      Releases releases,
      Blobs blobs) {
    this.settings = settings;
    this.identities = identities;
    this.callers = new Callers(identities);
    this.door = door;
    this.releases = releases;
    this.blobs = blobs;
    this.known = new KnownOnly(callers, presence);
    this.commands = new CommandResource(known, downlink, presence, proven);
    this.admission = new Admission(settings.maxInFlight());
    this.oscore = new OscoreContexts(identities, System::nanoTime);
  }

  /**
   * Opens the ports.
   *
   * @throws ListenerException where one cannot be opened
   */
  @Override
  public synchronized void start() {
    Configuration config = CoapConfiguration.of(settings);
    Running starting = new Running(config, protocolThreads());
    try {
      if (settings.port() != CoapSettings.OFF) {
        starting.openPlain(CoapConfiguration.plain(settings, config), config);
      }
      if (settings.securePort() != CoapSettings.OFF) {
        DTLSConnector connector =
            new DTLSConnector(CoapConfiguration.secure(settings, config, identities));
        starting.dtls = connector;
        starting.secure = starting.open(connector, config, "CoAP over DTLS", List.of(blockGuard()));
      }
    } catch (ListenerException e) {
      starting.close();
      throw e;
    }
    starting.begin();
    running = starting;
  }

  /**
   * Serves plain CoAP alone, over datagrams that come and go some other way than by a socket.
   *
   * @param protocol on which everything runs; the listener ends it
   */
  synchronized void startOver(Connector datagrams, ScheduledExecutorService protocol) {
    Configuration config = CoapConfiguration.of(settings);
    Running starting = new Running(config, protocol);
    starting.openPlain(datagrams, config);
    starting.begin();
    running = starting;
  }

  private static ScheduledExecutorService protocolThreads() {
    return ExecutorsUtil.newScheduledThreadPool(
        Runtime.getRuntime().availableProcessors(), new NamedThreadFactory("coap-"));
  }

  /** The port of plain CoAP; {@link CoapSettings#OFF} where there is none. */
  public synchronized int port() {
    return running == null ? CoapSettings.OFF : portOf(running.plain);
  }

  /** The port of CoAP over DTLS; {@link CoapSettings#OFF} where there is none. */
  public synchronized int securePort() {
    return running == null ? CoapSettings.OFF : portOf(running.secure);
  }

  /** Ends a device's observations and DTLS sessions: its secrets are void. */
  public synchronized void cut(DeviceId device) {
    callers.cut(device);
    oscore.forget(device);
    if (running != null) {
      running.dropSessions(device, commands.cut(device) ? NOTICE_MILLIS : 0);
    }
  }

  @Override
  public synchronized Health health() {
    return running != null
        ? Health.good(VIA)
        : Health.bad(VIA, "COAP_STOPPED", "CoAP is not served.", "Start the server");
  }

  @Override
  public synchronized void close() {
    if (running != null) {
      commands.close();
      running.close();
      running = null;
    }
  }

  private BlockGuard blockGuard() {
    return new BlockGuard(
        callers, settings.maxBody(), CoapConfiguration.BLOCKWISE_LIFETIME_SECONDS);
  }

  /** How many messages were answered 5.03 because too many others were waiting for the disk. */
  public long overloaded() {
    return admission.refused();
  }

  private static int portOf(@Nullable Endpoint endpoint) {
    return endpoint == null ? CoapSettings.OFF : endpoint.getAddress().getPort();
  }

  private CoapResource tree(ScheduledExecutorService readers) {
    CoapResource v1 =
        new CoapResource("v1", false) {
          private final Resource other = new UplinkResource("", false, known, door, admission);

          @Override
          public Resource getChild(String name) {
            Resource child = super.getChild(name);
            return child == null ? other : child;
          }
        };
    for (UplinkKind kind : UplinkKind.values()) {
      if (!kind.route().isEmpty()) {
        v1.add(new UplinkResource(kind.route(), true, known, door, admission));
      }
    }
    v1.add(commands);
    v1.add(new ArtifactResource(known, releases, blobs, readers));
    v1.add(new MetadataResource(known, releases, readers));
    return v1;
  }

  /** The open ports with their threads. */
  private final class Running {
    private final ScheduledExecutorService protocol;
    private final ScheduledThreadPoolExecutor timers;
    private final ScheduledExecutorService readers;
    private final CoapServer server;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private @Nullable Endpoint plain;
    private @Nullable Endpoint secure;
    private @Nullable DTLSConnector dtls;

    Running(Configuration config, ScheduledExecutorService protocol) {
      this.protocol = protocol;
      timers = ExecutorsUtil.newDefaultSecondaryScheduler("coap-timer-");
      readers =
          ExecutorsUtil.newScheduledThreadPool(READERS, new NamedThreadFactory("coap-artifacts-"));
      server = new ForetellServer(config);
      server.setExecutors(protocol, timers, true);
      server.add(tree(readers));
    }

    void openPlain(Connector connector, Configuration config) {
      AddressGuard addresses = new AddressGuard(echo, proven);
      OscoreLayer secrets = new OscoreLayer(oscore, echo);
      plain = open(connector, config, "CoAP", List.of(blockGuard(), addresses, secrets));
    }

    Endpoint open(Connector connector, Configuration config, String what, List<Layer> guards) {
      CoapEndpoint endpoint = guarded(connector, config, guards);
      server.addEndpoint(endpoint);
      endpoints.add(endpoint);
      try {
        endpoint.start();
      } catch (IOException e) {
        InetSocketAddress at = endpoint.getAddress();
        throw new ListenerException(
            what
                + " cannot listen on udp "
                + settings.host()
                + ":"
                + at.getPort()
                + ": "
                + e.getMessage(),
            e);
      }
      log.info("{} listens on udp {}", what, endpoint.getAddress());
      return endpoint;
    }

    private CoapEndpoint guarded(Connector connector, Configuration config, List<Layer> guards) {
      EndpointContextMatcher matcher = EndpointContextMatcherFactory.create(connector, config);
      return CoapEndpoint.builder()
          .setConfiguration(config)
          .setConnector(connector)
          .setEndpointContextMatcher(matcher)
          .setDataSerializerAndParser(new UdpDataSerializer(), new TerseParser(config))
          .setCoapStackFactory(
              (protocol, tag, standard, outbox, custom) ->
                  BlockGuard.stack(tag, standard, matcher, outbox, guards))
          .build();
    }

    void begin() {
      server.start();
      long period = settings.observeCheck().toMillis();
      ScheduledFuture<?> unused =
          timers.scheduleWithFixedDelay(commands::check, period, period, TimeUnit.MILLISECONDS);
    }

    void dropSessions(DeviceId device, long soon) {
      if (dtls == null) {
        return;
      }
      DTLSConnector connector = dtls;
      for (long millis : List.of(soon, TimeUnit.SECONDS.toMillis(SECOND_CUT_SECONDS))) {
        ScheduledFuture<?> unused =
            timers.schedule(() -> drop(connector, device), millis, TimeUnit.MILLISECONDS);
      }
    }

    private static void drop(DTLSConnector connector, DeviceId device) {
      Future<Void> unused =
          connector.startTerminateConnectionsForPrincipal(
              (Filter<Principal>)
                  principal -> Callers.deviceOf(principal).equals(Optional.of(device)));
    }

    void close() {
      server.destroy();
      ExecutorsUtil.shutdownExecutorGracefully(1000, readers, protocol, timers);
    }
  }
}
