package io.foretell.servicedesk.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedPostTest {
  private static final char[] PASSWORD = "for-this-test".toCharArray();
  private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

  @TempDir Path dir;

  private final PinnedPost plain = plain(Duration.ofSeconds(60));

  private static PinnedPost plain(Duration deadline) {
    return new PinnedPost(
        (SSLSocketFactory) SSLSocketFactory.getDefault(), Duration.ofSeconds(60), deadline);
  }

  @Test
  void certificate_is_checked_against_the_name_not_the_address() throws Exception {
    SSLContext tls = selfSigned("hook.example");
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    PinnedPost post =
        new PinnedPost(tls.getSocketFactory(), Duration.ofSeconds(60), Duration.ofSeconds(60));
    try (Receiver receiver = new Receiver(server)) {
      PinnedPost.Answer answer = send(post, "https://hook.example:" + receiver.port() + "/in");
      assertThat(answer.status()).isEqualTo(204);
      assertThat(receiver.got.get(0).path()).isEqualTo("/in");

      SSLException refused =
          catchThrowableOfType(
              SSLException.class,
              () -> send(post, "https://other.example:" + receiver.port() + "/in"));
      assertThat(refused).isNotNull();
      assertThat(receiver.got).hasSize(1);
    }
  }

  private static PinnedPost.Answer send(PinnedPost post, String url) throws IOException {
    return post.post(
        URI.create(url), InetAddress.getLoopbackAddress(), Map.of("User-Agent", "x"), BODY);
  }

  private SSLContext selfSigned(String name)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = dir.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "hook",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:" + name,
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory key = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    key.init(keys, PASSWORD);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(key.getKeyManagers(), trust.getTrustManagers(), null);
    return tls;
  }

  @Test
  void interim_answer_is_skipped_and_retry_after_is_read() throws Exception {
    try (ServerSocket server =
        scripted("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After: 7\r\n\r\n")) {
      PinnedPost.Answer answer = send(plain, "http://hook.example:" + server.getLocalPort());
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.retryAfter()).hasValue(7);
    }
  }

  @Test
  void answer_that_is_no_http_is_a_failure() throws Exception {
    try (ServerSocket server = scripted("220 smtp ready\r\n")) {
      assertFails(server, IOException.class, "no HTTP");
    }
  }

  @Test
  void endless_head_is_a_failure() throws Exception {
    try (ServerSocket server = scripted("HTTP/1.1 200 OK\r\nX: " + "a".repeat(20_000))) {
      assertFails(server, IOException.class, "too long");
    }
  }

  @Test
  void silence_ends_at_the_deadline() throws Exception {
    try (ServerSocket server = scripted("")) {
      assertFails(plain(Duration.ofMillis(400)), server, SocketTimeoutException.class, "");
    }
  }

  private void assertFails(ServerSocket server, Class<? extends IOException> type, String why) {
    assertFails(plain, server, type, why);
  }

  private static void assertFails(
      PinnedPost post, ServerSocket server, Class<? extends IOException> type, String why) {
    IOException failed =
        catchThrowableOfType(
            type, () -> send(post, "http://hook.example:" + server.getLocalPort()));
    assertThat(failed).hasMessageContaining(why);
  }

  /** A server that says the same to the first who comes, and then holds the line. */
  private static ServerSocket scripted(String answer) throws IOException {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    CompletableFuture<Void> said =
        CompletableFuture.runAsync(
            () -> {
              try (Socket peer = server.accept()) {
                OutputStream out = peer.getOutputStream();
                out.write(answer.getBytes(StandardCharsets.US_ASCII));
                out.flush();
                peer.getInputStream().transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                // The other side has gone away, which ends the script.
                return;
              }
            });
    assertThat(said).isNotNull();
    return server;
  }
}
