package io.foretell.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody is told who adds software while its store does not answer. */
final class ArtifactStoreAwayTest {
  @TempDir Path data;

  @Test
  void artifact_that_cannot_be_stored_is_refused_as_something_to_try_again() throws Exception {
    try (Socket nobody = new Socket()) { // has a port, and does not listen there
      nobody.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
      refused(nobody.getLocalPort());
    }
  }

  private void refused(int closedPort) throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put("data", data.toString());
    List.of("mqtt-port", "mqtts-port", "coap-port", "coaps-port", "http-port")
        .forEach(port -> settings.put(port, "0"));
    settings.put("artifacts.s3.url", "http://127.0.0.1:" + closedPort);
    settings.put("artifacts.s3.bucket", "fleet");
    settings.put("artifacts.s3.access-key", "key");
    settings.put("artifacts.s3.secret-key", "the-secret");
    Config config = Config.of(Optional.empty(), Map.of(), settings);
    try (Server server = new Server(config, InstantSource.system()).start()) {
      String token = Files.readString(data.resolve("admin.token")).strip();
      URI artifacts =
          URI.create(
              "http://127.0.0.1:"
                  + server.ports().get("http")
                  + "/api/v1/artifacts?name=a.bin&component=bms&version=1.0.0");

      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(artifacts)
                      .header("Authorization", "Bearer " + token)
                      .POST(HttpRequest.BodyPublishers.ofString("image"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body())
          .contains("STORAGE_UNAVAILABLE", "the store of artifacts fails")
          .doesNotContain("the-secret");
      assertThat(server.health())
          .flatExtracting(part -> part.notices())
          .extracting(notice -> notice.code())
          .contains("ARTIFACTS_UNAVAILABLE");
    }
  }
}
