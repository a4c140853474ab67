package io.foretell.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Client certificates in the TLS handshake of MQTT. */
final class CertificateTest {
  private static final DeviceId TRUCK = DeviceId.parse("truck");

  @TempDir static Path folder;

  @BeforeAll
  static void certificates() throws Exception {
    for (String name : List.of("server", "truck", "stranger")) {
      Process openssl =
          new ProcessBuilder(
                  ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
                          + " -days 2 -addext subjectAltName=DNS:localhost -subj /CN="
                          + (name.equals("server") ? "localhost" : name)
                          + " -keyout "
                          + folder.resolve(name + ".key")
                          + " -out "
                          + folder.resolve(name + ".crt"))
                      .split(" "))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("openssl.log").toFile())
              .start();
      assertThat(finished(openssl)).isZero();
    }
  }

  private static TestGateway gateway() {
    TestGateway gateway =
        TestGateway.open(
            s -> s.withTls(0, folder.resolve("server.crt"), folder.resolve("server.key")));
    gateway.identities.certificate("CN=truck", "truck");
    return gateway;
  }

  @ParameterizedTest
  @CsvSource({"tlsv1.2, mqttv311", "tlsv1.3, mqttv311", "tlsv1.3, mqttv5"})
  void mosquitto_pub_with_a_certificate_needs_no_password(String tls, String version)
      throws Exception {
    try (TestGateway gateway = gateway()) {
      assertThat(publish(gateway, "truck", "--tls-version", tls, "-V", version)).isZero();
      assertThat(gateway.uplinks.next().key()).isEqualTo(TRUCK);
    }
  }

  @Test
  void certificate_that_nobody_vouches_for_is_refused_whatever_the_password() throws Exception {
    try (TestGateway gateway = gateway()) {
      assertThat(publish(gateway, "stranger")).isNotZero();
      assertThat(publish(gateway, "stranger", "-u", "truck", "-P", "secret")).isNotZero();
      assertThat(gateway.uplinks.end(0)).isZero();
      assertThat(gateway.listener.stats().refused()).isEqualTo(2);
    }
  }

  @Test
  void user_name_beside_a_certificate_must_name_the_same_device() throws Exception {
    try (TestGateway gateway = gateway()) {
      gateway.identities.device("other", "pw");
      assertThat(publish(gateway, "truck", "-u", "other", "-P", "pw")).isNotZero();
      assertThat(publish(gateway, "truck", "-u", "truck")).isZero();
      assertThat(gateway.uplinks.end(0)).isEqualTo(1);
    }
  }

  @Test
  void another_certificate_takes_no_session_over() throws Exception {
    try (TestGateway gateway = gateway();
        ScriptedPeer first = gateway.peer()) {
      gateway.identities.certificate("CN=stranger", "stranger");
      first.connect(4, "unit", "truck", "secret");
      assertThat(first.read().hex()).isEqualTo("200000");
      assertThat(publish(gateway, "stranger", "-i", "unit")).isNotZero();
      assertThat(first.alive()).isTrue();
      assertThat(publish(gateway, "truck", "-i", "unit")).isZero();
      assertThat(first.closed()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1", "TLSv1.1"})
  void old_versions_of_tls_are_not_spoken(String version) throws Exception {
    try (TestGateway gateway = gateway();
        SSLSocket socket =
            (SSLSocket)
                SSLContext.getDefault()
                    .getSocketFactory()
                    .createSocket("127.0.0.1", gateway.listener.tlsPort().orElseThrow())) {
      socket.setSoTimeout(ScriptedPeer.TIMEOUT_MILLIS);
      socket.setEnabledProtocols(new String[] {version});
      org.assertj.core.api.Assertions.assertThatThrownBy(socket::startHandshake)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void handshake_that_does_not_end_is_ended() throws Exception {
    try (TestGateway gateway =
        TestGateway.open(
            s ->
                s.withTls(0, folder.resolve("server.crt"), folder.resolve("server.key"))
                    .withLimits(TestGateway.limits(java.time.Duration.ofMillis(300), 8)))) {
      try (java.net.Socket socket =
          new java.net.Socket("127.0.0.1", gateway.listener.tlsPort().orElseThrow())) {
        ScriptedPeer peer = new ScriptedPeer(socket);
        peer.send("16 0301 0200 01");
        assertThat(peer.closed()).isTrue();
      }
    }
  }

  private static int publish(TestGateway gateway, String certificate, String... more)
      throws Exception {
    Path binary = Path.of("/usr/bin/mosquitto_pub");
    assertThat(binary).as("install it: apt-get install mosquitto-clients").isExecutable();
    List<String> line = new ArrayList<>(List.of(binary + "", "-h", "localhost", "-q", "1"));
    line.addAll(List.of("-p", gateway.listener.tlsPort().orElseThrow() + ""));
    line.addAll(List.of("--cafile", folder.resolve("server.crt") + "", "-t", "v1/faults"));
    line.addAll(List.of("--cert", folder.resolve(certificate + ".crt") + "", "-m", "x"));
    line.addAll(List.of("--key", folder.resolve(certificate + ".key") + ""));
    line.addAll(List.of(more));
    Path said = folder.resolve("pub.log");
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    int exit = finished(process);
    org.slf4j.LoggerFactory.getLogger(CertificateTest.class)
        .debug("{}: {}", exit, Files.readString(said));
    return exit;
  }

  private static int finished(Process process) throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running after 60 s");
    }
    return process.exitValue();
  }
}
