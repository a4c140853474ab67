package io.foretell.agent.coap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.agent.Ack;
import io.foretell.agent.LinkException;
import io.foretell.agent.Message;
import io.foretell.proto.FreePort;
import io.foretell.proto.v1.DeviceCommand;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.observe.ObserveRelation;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CoapLinkTest {
  private static final byte[] KEY = "a key of sixteen".getBytes(UTF_8);

  private final BlockingQueue<String> posted = new LinkedBlockingQueue<>();
  private final BlockingQueue<DeviceCommand> commands = new LinkedBlockingQueue<>();
  private final Semaphore lost = new Semaphore(0);
  private final Semaphore registrations = new Semaphore(0);
  private final Semaphore established = new Semaphore(0);
  private final Semaphore notified = new Semaphore(0);
  private final Commands resource = new Commands();
  private volatile ResponseCode answer = ResponseCode.CHANGED;
  private volatile String diagnostic = "";
  private CoapServer server;
  private CoapLink link;

  @AfterEach
  void stop() {
    if (link != null) {
      link.close();
    }
    if (server != null) {
      server.destroy();
    }
  }

  /** As the server's own: an empty answer, then a notification for each command. */
  private final class Commands extends CoapResource {
    volatile ResponseCode code = ResponseCode.CONTENT;
    volatile byte[] next = new byte[0];
    volatile long maxAge = 3600;

    Commands() {
      super("commands");
      setObservable(true);
      setObserveType(CoAP.Type.CON);
    }

    @Override
    public void handleGET(CoapExchange exchange) {
      registrations.release();
      Response response = new Response(code);
      response.getOptions().setMaxAge(maxAge);
      response.setPayload(next);
      response.addMessageObserver(
          new MessageObserverAdapter() {
            @Override
            public void onAcknowledgement() {
              notified.release();
            }
          });
      exchange.respond(response);
    }

    @Override
    public void addObserveRelation(ObserveRelation relation) {
      super.addObserveRelation(relation);
      established.release();
    }

    void send(DeviceCommand command) {
      next = command.toByteArray();
      changed();
    }

    void end(ResponseCode why) {
      clearAndNotifyObserveRelations(why);
    }
  }

  private final class Posts extends CoapResource {
    Posts(String name) {
      super(name);
    }

    @Override
    public void handlePOST(CoapExchange exchange) {
      posted.add(
          String.join("/", exchange.getRequestOptions().getUriPath())
              + "?"
              + exchange.getRequestOptions().getUriQueryString()
              + " "
              + exchange.getRequestText());
      if (answer == null) {
        exchange.accept();
        return;
      }
      exchange.respond(answer, diagnostic);
    }
  }

  private static Configuration config() {
    CoapConfig.register();
    UdpConfig.register();
    DtlsConfig.register();
    return Configuration.createStandardWithoutFile();
  }

  private InetSocketAddress serve(boolean secure) {
    return serve(secure, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private InetSocketAddress serve(boolean secure, InetSocketAddress any) {
    Configuration config = config();
    config.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 100_000);
    CoapEndpoint.Builder builder = CoapEndpoint.builder().setConfiguration(config);
    if (secure) {
      config.set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.SERVER_ONLY);
      builder.setConnector(
          new DTLSConnector(
              DtlsConnectorConfig.builder(config)
                  .setAddress(any)
                  .setAdvancedPskStore(new AdvancedSinglePskStore("device", KEY))
                  .build()));
    } else {
      builder.setInetSocketAddress(any);
    }
    CoapEndpoint endpoint = builder.build();
    server = new CoapServer(config);
    server.addEndpoint(endpoint);
    CoapResource v1 = new CoapResource("v1");
    v1.add(resource);
    v1.add(new Posts("telemetry"));
    v1.add(new Posts("faults"));
    server.add(v1);
    server.start();
    return endpoint.getAddress();
  }

  /** Connects, and waits until the server's side counts the observer too. */
  private void connectAndObserve() throws InterruptedException {
    link.connect(commands::add, lost::release);
    assertThat(established.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
  }

  private static Message message(String text) {
    return new Message("v1/telemetry", text.getBytes(UTF_8));
  }

  private static Ack get(CompletableFuture<Ack> sent) throws Exception {
    return sent.get(60, TimeUnit.SECONDS);
  }

  private Ack send(String text) throws Exception {
    return get(link.send(message(text)).toCompletableFuture());
  }

  @Test
  void message_over_plain_udp_carries_the_token_and_is_acknowledged() throws Exception {
    link = CoapLink.plain(serve(false), "s3cret/+&=", false);
    link.connect(commands::add, lost::release);
    assertThat(send("one")).isEqualTo(Ack.STORED);
    assertThat(posted.remove()).isEqualTo("v1/telemetry?token=s3cret/+&= one");
  }

  @Test
  void message_and_command_go_over_dtls_with_the_devices_key() throws Exception {
    link = CoapLink.dtls(serve(true), "device", KEY, true);
    connectAndObserve();
    assertThat(send("one")).isEqualTo(Ack.STORED);
    assertThat(posted.remove()).isEqualTo("v1/telemetry? one");
    resource.send(DeviceCommand.newBuilder().setId("c1").build());
    assertThat(commands.poll(60, TimeUnit.SECONDS))
        .satisfies(c -> assertThat(c.getId()).isEqualTo("c1"));
  }

  @Test
  void message_larger_than_a_datagram_goes_blockwise() throws Exception {
    link = CoapLink.plain(serve(false), "t", false);
    link.connect(commands::add, lost::release);
    String large = "0123456789".repeat(5_000);
    assertThat(send(large)).isEqualTo(Ack.STORED);
    assertThat(posted.remove()).endsWith(large);
  }

  @Test
  void message_too_large_for_the_server_is_a_final_refusal() throws Exception {
    link = CoapLink.plain(serve(false), "t", false);
    link.connect(commands::add, lost::release);
    assertThat(send("0123456789".repeat(11_000)).usable()).isFalse();
  }

  @Test
  void server_that_was_restarted_is_found_again_over_dtls() throws Exception {
    InetSocketAddress address =
        serve(true, new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.pick()));
    link = CoapLink.dtls(address, "device", KEY, true).withTimeout(8_000);
    link.connect(commands::add, lost::release);
    server.destroy();
    assertThatThrownBy(() -> send("one")).isInstanceOf(ExecutionException.class);
    serve(true, address);
    link.connect(commands::add, lost::release);
    assertThat(send("two")).isEqualTo(Ack.STORED);
  }

  @Test
  void wrong_key_is_no_connection() {
    link = CoapLink.dtls(serve(true), "device", new byte[16], false).withTimeout(5_000);
    assertThatThrownBy(() -> link.connect(commands::add, lost::release))
        .isInstanceOf(LinkException.class);
  }

  @Test
  void absent_server_is_no_connection() {
    InetSocketAddress nobody = serve(false);
    server.destroy();
    for (boolean observe : new boolean[] {true, false}) {
      link = CoapLink.plain(nobody, "t", observe).withTimeout(500);
      assertThatThrownBy(() -> link.connect(commands::add, lost::release))
          .isInstanceOf(LinkException.class);
    }
  }

  @Test
  void credentials_that_are_refused_are_told() throws Exception {
    InetSocketAddress address = serve(false);
    resource.code = ResponseCode.UNAUTHORIZED;
    link = CoapLink.plain(address, "wrong", true);
    assertThatThrownBy(() -> link.connect(commands::add, lost::release))
        .isInstanceOfSatisfying(LinkException.class, e -> assertThat(e.refused()).isTrue());
    link = CoapLink.plain(address, "wrong", false);
    link.connect(commands::add, lost::release);
    answer = ResponseCode.UNAUTHORIZED;
    assertThatThrownBy(() -> send("one"))
        .cause()
        .isInstanceOfSatisfying(LinkException.class, e -> assertThat(e.refused()).isTrue());
  }

  @Test
  void final_refusal_is_an_answer_and_a_passing_one_a_failure() throws Exception {
    link = CoapLink.plain(serve(false), "t", false);
    link.connect(commands::add, lost::release);
    answer = ResponseCode.UNPROCESSABLE_ENTITY;
    diagnostic = "WRONG_SHAPE";
    assertThat(send("one")).isEqualTo(new Ack(false, "WRONG_SHAPE"));
    diagnostic = "";
    assertThat(send("two").usable()).isFalse();
    for (ResponseCode later :
        new ResponseCode[] {ResponseCode.SERVICE_UNAVAILABLE, ResponseCode.TOO_MANY_REQUESTS}) {
      answer = later;
      assertThatThrownBy(() -> send("three")).hasCauseInstanceOf(LinkException.class);
    }
  }

  @Test
  void message_that_is_received_but_never_answered_fails_after_the_timeout() {
    link = CoapLink.plain(serve(false), "t", false).withTimeout(1_000);
    link.connect(commands::add, lost::release);
    answer = null;
    assertThatThrownBy(() -> send("one")).isInstanceOf(ExecutionException.class);
  }

  @Test
  void observation_that_the_server_ends_is_a_loss_told_once() throws Exception {
    for (ResponseCode why :
        new ResponseCode[] {ResponseCode.UNAUTHORIZED, ResponseCode.NOT_FOUND}) {
      link = CoapLink.plain(server == null ? serve(false) : address(), "t", true);
      connectAndObserve();
      resource.end(why);
      assertThat(lost.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
      resource.end(why);
      assertThat(lost.tryAcquire(200, TimeUnit.MILLISECONDS)).isFalse();
    }
  }

  private InetSocketAddress address() {
    return server.getEndpoints().get(0).getAddress();
  }

  @Test
  void closed_link_hears_and_tells_nothing_more() throws Exception {
    link = CoapLink.plain(serve(false), "t", true);
    connectAndObserve();
    link.close();
    resource.send(DeviceCommand.newBuilder().setId("late").build());
    resource.end(ResponseCode.NOT_FOUND);
    assertThat(commands.poll(200, TimeUnit.MILLISECONDS)).isNull();
    assertThat(lost.availablePermits()).isZero();
    assertThatThrownBy(() -> send("one")).hasCauseInstanceOf(LinkException.class);
  }

  @Test
  void stale_observation_is_registered_again() throws Exception {
    resource.maxAge = 0;
    link = CoapLink.plain(serve(false), "t", true);
    connectAndObserve();
    // The first registration, and two that follow for want of freshness.
    assertThat(registrations.tryAcquire(3, 60, TimeUnit.SECONDS)).isTrue();
    resource.send(DeviceCommand.newBuilder().setId("c1").build());
    assertThat(commands.poll(60, TimeUnit.SECONDS))
        .satisfies(c -> assertThat(c.getId()).isEqualTo("c1"));
    assertThat(lost.availablePermits()).isZero();
  }

  @Test
  void garbage_for_a_command_is_passed_over() throws Exception {
    link = CoapLink.plain(serve(false), "t", true);
    connectAndObserve();
    resource.next = new byte[] {1, 2, 3};
    resource.changed();
    // This server gives notifications that overlap the same number; the later would be stale.
    assertThat(notified.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    resource.send(DeviceCommand.newBuilder().setId("c2").build());
    assertThat(commands.poll(60, TimeUnit.SECONDS))
        .satisfies(c -> assertThat(c.getId()).isEqualTo("c2"));
    assertThat(lost.availablePermits()).isZero();
  }
}
