package io.foretell.app.journey;

import static io.foretell.app.journey.RunningServer.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.cli.Foretell;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer.Identity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Who a device is, from its registration to its revocation, over every protocol. */
final class IdentityIT {
  private static final byte[] GOOD = "{\"engine.coolant\":91.5}".getBytes(UTF_8);
  private static final List<String> SECRETS = new CopyOnWriteArrayList<>();

  @TempDir static Path data;
  private static RunningServer server;
  private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

  @BeforeAll
  static void start() {
    LOG.start();
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(LOG);
    server = RunningServer.in(data.resolve("server"));
  }

  @AfterAll
  static void no_secret_was_logged() {
    server.close();
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(LOG);
    assertThat(SECRETS).hasSizeGreaterThan(10);
    assertThat(List.copyOf(LOG.list)).isNotEmpty();
    for (ILoggingEvent event : List.copyOf(LOG.list)) {
      assertThat(SECRETS).noneMatch(secret -> event.getFormattedMessage().contains(secret));
    }
  }

  private static Identity add(String device) {
    Identity identity = server.add(device);
    SECRETS.add(identity.token());
    SECRETS.add(identity.psk());
    return identity;
  }

  private static JsonNode cli(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data", server.data().toString(), "--json"));
    Foretell.Ran ran = Foretell.run(all.toArray(String[]::new));
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ApiClient.JSON.readTree(ran.out().isBlank() ? "{}" : ran.out());
  }

  private static boolean lets(Sender sender, Identity device) {
    return sender.acknowledged(sender.send(server, device, "telemetry", "application/json", GOOD));
  }

  @Test
  void revocation_cuts_every_live_session_within_a_second() throws Exception {
    Identity device = add("to-be-revoked");
    CountDownLatch mqttLost = new CountDownLatch(1);
    MqttClient mqtt = mqtt(device, mqttLost);
    CompletableFuture<HttpResponse<String>> poll =
        HttpClient.newHttpClient()
            .sendAsync(
                HttpRequest.newBuilder(URI.create(server.url() + "/v1/commands?wait=60"))
                    .header("authorization", "Bearer " + device.token())
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    try (Observation observation = new Observation(device)) {
      assertThat(observation.begun.await(60, TimeUnit.SECONDS)).as("observing").isTrue();
      await("the device there", () -> online("to-be-revoked"));

      try (Stalls busy = new Stalls()) {
        cli("device", "revoke", "to-be-revoked");

        assertThat(mqttLost.await(60, TimeUnit.SECONDS)).as("MQTT").isTrue();
        assertThat(poll.get(60, TimeUnit.SECONDS).statusCode()).as("HTTP").isEqualTo(401);
        assertThat(observation.refused.await(60, TimeUnit.SECONDS)).as("CoAP over DTLS").isTrue();
        assertThat(busy.usedNanos()).isLessThan(TimeUnit.SECONDS.toNanos(4));
      }
    } finally {
      mqtt.close(true);
    }
    for (Sender sender : List.of(Sender.MQTT_5, Sender.COAP, Sender.HTTP)) {
      assertThat(lets(sender, device)).as(sender.name()).isFalse();
    }
  }

  private static boolean online(String device) {
    return server.api().get("/devices/" + device, Map.of()).path("online").asBoolean();
  }

  private static MqttClient mqtt(Identity device, CountDownLatch lost) throws MqttException {
    MqttClient client =
        new MqttClient(
            "tcp://127.0.0.1:" + server.port("mqtt"), device.device(), new MemoryPersistence());
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName(device.device());
    options.setPassword(device.token().toCharArray());
    client.setCallback(
        new MqttCallback() {
          @Override
          public void connectionLost(Throwable cause) {
            lost.countDown();
          }

          @Override
          public void messageArrived(String topic, MqttMessage message) {}

          @Override
          public void deliveryComplete(IMqttDeliveryToken token) {}
        });
    client.connect(options);
    return client;
  }

  @ParameterizedTest
  @EnumSource
  void rotation_with_an_overlap_takes_both_secrets_over(Sender sender) throws IOException {
    String name = "rotating-" + sender.name();
    Identity old = add(name);

    JsonNode issued = cli("device", "rotate", name, "--overlap", "1h");
    Identity fresh = new Identity(name, issued.path("token").asText(), issued.path("psk").asText());
    SECRETS.add(fresh.token());
    SECRETS.add(fresh.psk());

    assertThat(lets(sender, old)).isTrue();
    if (sender != Sender.COAPS) { // one handshake may be lost at the change of keys
      assertThat(lets(sender, fresh)).isTrue();
    }
  }

  @Test
  void claim_code_is_changed_for_credentials_once() throws IOException {
    JsonNode made = cli("device", "add", "claimed", "--claim");
    String code = made.path("claim").asText();
    SECRETS.add(code);

    Tool.Ran first = claim("{\"code\":\"" + code + "\"}");
    JsonNode issued = ApiClient.JSON.readTree(first.said().lines().findFirst().orElse(""));
    Identity device =
        new Identity("claimed", issued.path("token").asText(), issued.path("psk").asText());
    SECRETS.add(device.token());
    SECRETS.add(device.psk());

    assertThat(issued.path("device").asText()).isEqualTo("claimed");
    for (Sender sender : Sender.values()) {
      assertThat(lets(sender, device)).as(sender.name()).isTrue();
    }
    assertThat(claim("{\"code\":\"" + code + "\"}").said()).contains("NOT_AUTHENTICATED");
    assertThat(lets(Sender.HTTP, device)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|MALFORMED_JSON",
        "{|MALFORMED_JSON",
        "{}|NOT_AUTHENTICATED",
        "7|NOT_AUTHENTICATED"
      })
  void claim_that_is_none_gets_its_reason(String body, String reason) {
    assertThat(claim(body == null ? " " : body).said())
        .containsAnyOf(reason, "NOT_AUTHENTICATED")
        .containsPattern("40[01]$");
  }

  private static Tool.Ran claim(String body) {
    return Tool.run(
        "curl",
        "--silent",
        "--max-time",
        "30",
        "--write-out",
        "\n%{http_code}",
        "--header",
        "Content-Type: application/json",
        "--data",
        body,
        server.url() + "/v1/claim");
  }

  @Test
  void certificate_under_a_tenants_authority_brings_its_device_along() throws IOException {
    Path folder = Files.createDirectories(data.resolve("pki"));
    Certificates acme = new Certificates(folder, "Acme Devices");
    JsonNode authority = cli("device", "ca", "add", acme.own().toString(), "--tenant", "acme");
    assertThat(authority.path("subject").asText()).isEqualTo("CN=Acme Devices");
    Certificates.Issued pump = acme.device("pump-7");

    assertThat(publishes(pump)).isTrue();

    assertThat(server.api().get("/devices/pump-7", Map.of("tenant", "acme")).path("id").asText())
        .startsWith("pump-7");
    assertThat(publishes(acme.device("pump-7"))).as("another in its name").isFalse();
    assertThat(publishes(new Certificates(folder, "Acme Devices").device("pump-8")))
        .as("foreign")
        .isFalse();
    assertThat(publishes(pump)).isTrue();

    cli("device", "revoke", "pump-7", "--tenant", "acme");
    assertThat(publishes(pump)).as("revoked").isFalse();
    cli("device", "ca", "remove", authority.path("fingerprint").asText(), "--tenant", "acme");
    assertThat(publishes(acme.device("pump-9"))).as("no authority").isFalse();
  }

  private static boolean publishes(Certificates.Issued device) {
    Tool.Ran ran =
        Tool.run(
            "mosquitto_pub",
            "-V",
            "mqttv5",
            "-h",
            "127.0.0.1",
            "-p",
            server.port("mqtts") + "",
            "--cafile",
            server.data().resolve("tls").resolve("server.crt").toString(),
            "--cert",
            device.certificate().toString(),
            "--key",
            device.key().toString(),
            "-q",
            "1",
            "-t",
            "v1/telemetry",
            "-m",
            "{\"x\":1}");
    return ran.exit() == 0 && ran.said().isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void gateway_speaks_for_its_children_and_for_no_others(Sender sender) {
    Identity gateway = add("gateway-" + sender.name());
    Identity other = add("stranger-" + sender.name());
    String child = "child-" + sender.name();

    Tool.Ran ran =
        sender.send(server, gateway, "d/" + child + "/telemetry", "application/json", GOOD);
    sender.send(server, gateway, "d/" + other.device() + "/telemetry", "application/json", GOOD);

    assertThat(sender.acknowledged(ran)).as(ran.toString()).isTrue();
    await(
        "the child's sample",
        () -> !server.items("/devices/" + child + "/history", Map.of()).isEmpty());
    await("the reject", () -> !server.rejects(gateway.device()).isEmpty());
    assertThat(server.rejects(gateway.device()).get(0).path("reason").asText())
        .isEqualTo("NOT_AUTHORISED");
    assertThat(server.items("/devices/" + other.device() + "/history", Map.of())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void senml_arrives_as_samples(Sender sender) {
    Identity device = add("senml-" + sender.name());
    byte[] pack = "[{\"bn\":\"room.\",\"n\":\"temp\",\"v\":21.5}]".getBytes(UTF_8);

    sender.send(server, device, "telemetry", "application/json", pack);

    await(
        "the sample",
        () ->
            server.items("/devices/" + device.device() + "/history", Map.of()).stream()
                .anyMatch(sample -> sample.path("signal").asText().equals("room.temp")));
  }

  @ParameterizedTest
  @CsvSource({
    "admin.token,''",
    "keys/seal.key,''",
    "keys/seal.key,short",
    "tls/server.key,''",
    "tls/server.crt,garbage"
  })
  void credential_file_that_is_damaged_keeps_the_server_down(
      String file, String content, @TempDir Path folder) throws IOException {
    RunningServer.in(folder).close();
    Files.write(folder.resolve(file), content.getBytes(US_ASCII));

    List<String> arguments = new ArrayList<>(List.of("serve", "--data", folder.toString()));
    for (String listener : List.of("http", "mqtt", "mqtts", "coap", "coaps")) {
      arguments.addAll(List.of("--" + listener + "-port", "0"));
    }
    Foretell.Ran ran = Foretell.process(folder, arguments.toArray(String[]::new));

    assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(1);
    assertThat(ran.out()).doesNotContain("ready");
  }

  /** A device that observes its commands over DTLS. */
  private static final class Observation implements AutoCloseable, CoapHandler {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch refused = new CountDownLatch(1);
    private final CoapEndpoint endpoint;

    Observation(Identity device) {
      Configuration config =
          new Configuration(
              SystemConfig.DEFINITIONS,
              UdpConfig.DEFINITIONS,
              CoapConfig.DEFINITIONS,
              DtlsConfig.DEFINITIONS);
      DtlsConnectorConfig dtls =
          DtlsConnectorConfig.builder(config)
              .setAddress(new InetSocketAddress("127.0.0.1", 0))
              .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
              .setAdvancedPskStore(
                  new AdvancedSinglePskStore(device.device(), device.psk().getBytes(US_ASCII)))
              .build();
      endpoint =
          CoapEndpoint.builder()
              .setConfiguration(config)
              .setConnector(new DTLSConnector(dtls))
              .build();
      CoapClient client =
          new CoapClient("coaps://127.0.0.1:" + server.port("coaps") + "/v1/commands");
      client.setEndpoint(endpoint);
      client.observe(this);
    }

    @Override
    public void onLoad(CoapResponse response) {
      if (response.isSuccess()) {
        begun.countDown();
      } else {
        refused.countDown();
      }
    }

    @Override
    public void onError() {
      refused.countDown();
    }

    @Override
    public void close() {
      endpoint.destroy();
    }
  }
}
