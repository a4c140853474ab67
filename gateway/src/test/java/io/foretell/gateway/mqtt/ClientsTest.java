package io.foretell.gateway.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.v1.DeviceCommand;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of other hands: Mosquitto's and Paho's. */
final class ClientsTest {
  private static final DeviceId TRUCK = DeviceId.parse("truck");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"mqttv31, 0", "mqttv31, 2", "mqttv311, 0", "mqttv311, 1", "mqttv5, 1", "mqttv5, 2"})
  void mosquitto_pub_publishes(String version, String qos) throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      Process pub =
          mosquitto(
              gateway.listener.port(),
              "mosquitto_pub",
              version,
              List.of("-q", qos, "-r", "-t", "v1/telemetry", "-m", "{\"x\":1}"));
      assertThat(finished(pub)).isZero();
      var append = gateway.uplinks.next();
      assertThat(append.key()).isEqualTo(TRUCK);
      assertThat(append.value().payload()).isEqualTo("{\"x\":1}".getBytes(UTF_8));
    }
  }

  @Test
  void mosquitto_pub_over_tls_publishes() throws Exception {
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("cert.pem");
    Process openssl =
        new ProcessBuilder(
                ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
                        + " -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout "
                        + key
                        + " -out "
                        + certificate)
                    .split(" "))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start();
    assertThat(finished(openssl)).as(Files.readString(folder.resolve("openssl.log"))).isZero();
    try (TestGateway gateway = TestGateway.open(s -> s.withTls(0, certificate, key))) {
      Process pub =
          mosquitto(
              gateway.listener.tlsPort().orElseThrow(),
              "mosquitto_pub",
              "mqttv5",
              List.of("--cafile", certificate.toString(), "-q", "1", "-t", "v1/faults", "-m", "x"));
      int exit = finished(pub);
      assertThat(exit).as(Files.readString(folder.resolve("mosquitto_pub.err"))).isZero();
      assertThat(gateway.uplinks.next().key()).isEqualTo(TRUCK);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mqttv311", "mqttv5"})
  void mosquitto_sub_receives_a_command(String version) throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      Process sub =
          mosquitto(
              gateway.listener.port(),
              "mosquitto_sub",
              version,
              List.of("-q", "1", "-t", "v1/commands/json", "-C", "1"));
      assertThat(gateway.downlink.listened.poll(60, TimeUnit.SECONDS)).isEqualTo(TRUCK);
      assertThat(gateway.downlink.issue(TRUCK, command())).isTrue();
      assertThat(finished(sub)).isZero();
      assertThat(new String(sub.getInputStream().readAllBytes(), UTF_8)).contains("\"id\":\"c1\"");
    }
  }

  @Test
  void paho_of_version_3_publishes_and_receives() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        var client = new org.eclipse.paho.client.mqttv3.MqttClient(gateway.uri(), "p3", null)) {
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName("truck");
      options.setPassword("secret".toCharArray());
      client.connect(options);
      LinkedBlockingQueue<byte[]> commands = new LinkedBlockingQueue<>();
      client.subscribe("v1/commands", 1, (topic, m) -> commands.add(m.getPayload()));
      assertThat(gateway.downlink.listened.poll(60, TimeUnit.SECONDS)).isEqualTo(TRUCK);
      gateway.downlink.issue(TRUCK, command());
      byte[] received = commands.poll(60, TimeUnit.SECONDS);
      assertThat(DeviceCommand.parseFrom(received).getId()).isEqualTo("c1");

      client.publish("v1/telemetry", "a".getBytes(UTF_8), 2, false);
      client.publish("v1/telemetry", "b".getBytes(UTF_8), 1, true);
      assertThat(gateway.uplinks.end(0)).isEqualTo(2);
      client.disconnect();
    }
  }

  @Test
  void paho_of_version_5_publishes_receives_and_reads_reason_codes() throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      var client = new org.eclipse.paho.mqttv5.client.MqttClient(gateway.uri(), "p5", null);
      MqttConnectionOptions options = new MqttConnectionOptions();
      options.setUserName("truck");
      options.setPassword("secret".getBytes(UTF_8));
      client.connect(options);
      client.publish("v1/telemetry", "a".getBytes(UTF_8), 2, false);
      client.publish("v1/replies", "b".getBytes(UTF_8), 1, false);
      assertThat(gateway.uplinks.end(0)).isEqualTo(2);
      client.disconnect();
      client.close();
    }
  }

  @Test
  void paho_of_version_5_reads_why_a_message_was_rejected() throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      var client = new MqttAsyncClient(gateway.uri(), "p5", null);
      MqttConnectionOptions options = new MqttConnectionOptions();
      options.setUserName("truck");
      options.setPassword("secret".getBytes(UTF_8));
      client.connect(options).waitForCompletion(60_000);
      var token = client.publish("other/topic", "c".getBytes(UTF_8), 1, false);
      token.waitForCompletion(60_000);
      assertThat(token.getReasonCodes()).containsExactly(Code.TOPIC_NAME_INVALID);
      assertThat(gateway.rejects.end(0)).isEqualTo(1);
      client.disconnect().waitForCompletion(60_000);
      client.close();
    }
  }

  @Test
  void paho_with_a_wrong_password_learns_so() throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      var client = new org.eclipse.paho.mqttv5.client.MqttClient(gateway.uri(), "p5", null);
      MqttConnectionOptions options = new MqttConnectionOptions();
      options.setUserName("truck");
      options.setPassword("guess".getBytes(UTF_8));
      assertThatThrownBy(() -> client.connect(options))
          .isInstanceOf(MqttException.class)
          .extracting(e -> ((MqttException) e).getReasonCode())
          .isEqualTo(Code.BAD_USER_OR_PASSWORD);
      client.close();
    }
  }

  private static Command command() {
    long now = System.currentTimeMillis();
    return new Command("c1", "reboot", "{}", now, now + 60_000, List.of(), "user:eva");
  }

  private Process mosquitto(int port, String program, String version, List<String> arguments)
      throws Exception {
    Path binary = Path.of("/usr/bin", program);
    assertThat(binary).as("install it: apt-get install mosquitto-clients").isExecutable();
    List<String> line = new ArrayList<>(List.of(binary.toString(), "-h", "localhost"));
    line.addAll(List.of("-p", "" + port, "-V", version, "-i", "mq", "-u", "truck", "-P", "secret"));
    line.addAll(arguments);
    File errors = folder.resolve(program + ".err").toFile();
    return new ProcessBuilder(line).redirectError(errors).start();
  }

  private static int finished(Process process) throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running after 60 s");
    }
    return process.exitValue();
  }
}
