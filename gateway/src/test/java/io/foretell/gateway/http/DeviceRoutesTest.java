package io.foretell.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.Door.Receipt;
import io.foretell.gateway.fixture.FakeDoor.Message;
import io.foretell.gateway.fixture.House;
import io.foretell.gateway.fixture.Tool;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Position;
import io.foretell.proto.ReasonCode;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceRoutesTest {
  private static final byte[] BODY = "{\"engine.coolant\": 91.5}".getBytes(UTF_8);

  @TempDir Path folder;

  private House house;
  private HttpHouse http;

  @BeforeEach
  void open() throws Exception {
    house = new House(folder, true);
    http = new HttpHouse(house);
  }

  @AfterEach
  void close() throws Exception {
    http.close();
    house.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/telemetry",
        "/v1/faults",
        "/v1/frames",
        "/v1/replies",
        "/v1/updates",
        "/v1/d/sensor-1/telemetry"
      })
  void post_reaches_the_door_and_is_answered_204(String path) throws Exception {
    HttpResponse<byte[]> response = post(path, BODY);

    assertThat(response.statusCode()).isEqualTo(204);
    Message message = house.door.messages().get(0);
    assertThat(message.speaker()).isEqualTo(House.TRUCK);
    assertThat(message.path()).isEqualTo(path);
    assertThat(message.contentType()).isEqualTo("application/json");
    assertThat(message.via()).isEqualTo("http");
    assertThat(message.payload()).isEqualTo(BODY);
  }

  @Test
  void escaped_colon_in_a_childs_name_is_a_colon() throws Exception {
    assertThat(post("/v1/d/a%3Ab/telemetry", BODY).statusCode()).isEqualTo(204);

    assertThat(house.door.messages().get(0).path()).isEqualTo("/v1/d/a:b/telemetry");
  }

  @Test
  void curl_posts_with_bearer_and_basic() throws Exception {
    String url = http.base() + "/v1/telemetry";

    Tool.Ran bearer =
        Tool.curl("-si", "-H", "Authorization: Bearer " + house.truck.token(), "-d", "{}", url);
    Tool.Ran basic = Tool.curl("-si", "-u", "truck-1@acme:" + house.truck.token(), "-d", "{}", url);

    assertThat(bearer.out()).startsWith("HTTP/1.1 204");
    assertThat(basic.out()).startsWith("HTTP/1.1 204");
    assertThat(house.door.messages()).hasSize(2);
  }

  @Test
  void answer_waits_until_the_message_is_on_disk() throws Exception {
    CompletableFuture<Receipt> onDisk = new CompletableFuture<>();
    house.door.answers(onDisk);

    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(http.device("/v1/telemetry").POST(BodyPublishers.ofByteArray(BODY)));
    assertThat(answer).failsWithin(Duration.ofMillis(400));
    onDisk.complete(new Receipt.Stored(new Position("uplink", 0, 0)));

    assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
  }

  @ParameterizedTest
  @EnumSource(ReasonCode.class)
  void reject_is_a_problem_with_its_reason(ReasonCode reason) throws Exception {
    house.door.answers(new Receipt.Rejected(reason, "because"));

    HttpResponse<byte[]> response = post("/v1/telemetry", BODY);

    assertThat(response.statusCode()).isEqualTo(reason.httpStatus());
    assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
    JsonObject problem = problem(response);
    assertThat(problem.getString("reason")).isEqualTo(reason.name());
    assertThat(problem.getInteger("status")).isEqualTo(reason.httpStatus());
    assertThat(problem.getString("title")).isEqualTo(reason.meaning());
    assertThat(problem.getString("detail")).isEqualTo("because");
  }

  @Test
  void unavailable_storage_is_503_with_retry_after() throws Exception {
    house.door.answers(new Receipt.Unavailable(ReasonCode.STORAGE_UNAVAILABLE, "disk full"));

    HttpResponse<byte[]> response = post("/v1/telemetry", BODY);

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("retry-after")).contains("10");
  }

  @Test
  void unknown_path_is_a_reject_of_the_door() throws Exception {
    HttpResponse<byte[]> response = post("/v1/nonsense", BODY);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(problem(response).getString("reason")).isEqualTo("UNKNOWN_TOPIC");
    assertThat(house.door.messages()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer guess",
        "Basic guess",
        "Basic dHJ1Y2stMUBhY21l",
        "Digest x",
        "Basic dHJ1Y2stMUBhY21lOmd1ZXNz"
      })
  void credentials_that_are_absent_or_wrong_are_401(String header) throws Exception {
    var request = http.request("/v1/telemetry").POST(BodyPublishers.ofByteArray(BODY));
    if (!header.isEmpty()) {
      request.header("Authorization", header);
    }

    HttpResponse<byte[]> response = http.send(request);

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.headers().allValues("www-authenticate"))
        .anyMatch(value -> value.startsWith("Bearer "))
        .anyMatch(value -> value.startsWith("Basic "));
    assertThat(problem(response).getString("reason")).isEqualTo("NOT_AUTHENTICATED");
    assertThat(house.door.messages()).isEmpty();
  }

  @Test
  void token_of_another_device_under_this_name_is_401() throws Exception {
    String pair = "truck-2@acme:" + house.truck.token();
    String basic = Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));

    assertThat(
            http.send(
                    http.request("/v1/telemetry")
                        .header("Authorization", "Basic " + basic)
                        .POST(BodyPublishers.ofByteArray(BODY)))
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void revoked_token_is_401_at_once() throws Exception {
    assertThat(post("/v1/telemetry", BODY).statusCode()).isEqualTo(204);

    house.registry.revoke(House.TRUCK);

    assertThat(post("/v1/telemetry", BODY).statusCode()).isEqualTo(401);
  }

  @Test
  void sandbox_guest_is_taken_by_name_but_not_through_a_proxy_or_from_a_page() throws Exception {
    String path = "/v1/telemetry?device=d1";

    assertThat(guest(path, "X-Nothing").statusCode()).isEqualTo(204);
    assertThat(guest(path, "X-Forwarded-For").statusCode()).isEqualTo(401);
    assertThat(guest(path, "Forwarded").statusCode()).isEqualTo(401);
    assertThat(guest(path, "Origin").statusCode()).isEqualTo(401);
    assertThat(guest("/v1/telemetry?device=a%2Fb", "X-Nothing").statusCode()).isEqualTo(400);
    assertThat(house.door.messages().get(0).speaker()).isEqualTo(new DeviceId("sandbox", "d1"));
    assertThat(house.door.messages()).hasSize(1);
  }

  @Test
  void body_at_the_limit_is_taken_and_above_it_is_413() throws Exception {
    assertThat(post("/v1/frames", new byte[1 << 20]).statusCode()).isEqualTo(204);

    Path file = folder.resolve("large.bin");
    Files.write(file, new byte[(1 << 20) + 1]);
    for (String chunked : new String[] {"X-Plain: 1", "Transfer-Encoding: chunked"}) {
      Tool.Ran ran =
          Tool.curl(
              "-si",
              "-H",
              "Authorization: Bearer " + house.truck.token(),
              "-H",
              chunked,
              "--data-binary",
              "@" + file,
              http.base() + "/v1/frames");

      assertThat(ran.out()).contains("HTTP/1.1 413").contains("\"reason\":\"TOO_LARGE\"");
    }
    assertThat(house.door.messages()).hasSize(1);
  }

  @Test
  void gzip_body_is_unpacked_and_a_bomb_is_413() throws Exception {
    assertThat(postEncoded(gzip(BODY), "gzip").statusCode()).isEqualTo(204);
    assertThat(house.door.messages().get(0).payload()).isEqualTo(BODY);

    byte[] bomb = gzip(new byte[200 << 20]);
    assertThat(bomb.length).isLessThan(1 << 20);
    assertThat(postEncoded(bomb, "gzip").statusCode()).isEqualTo(413);
    assertThat(postEncoded(BODY, "gzip").statusCode()).isEqualTo(422);
    assertThat(postEncoded(BODY, "br").statusCode()).isEqualTo(415);
    assertThat(house.door.messages()).hasSize(1);
  }

  @Test
  void other_methods_and_paths_are_not_ours() throws Exception {
    assertThat(http.send(http.device("/v1/telemetry").GET()).statusCode()).isEqualTo(405);
    assertThat(http.send(http.device("/v2/telemetry").GET()).statusCode()).isEqualTo(404);
  }

  private HttpResponse<byte[]> guest(String path, String header) throws Exception {
    return http.send(http.request(path).header(header, "x").POST(BodyPublishers.ofByteArray(BODY)));
  }

  private HttpResponse<byte[]> post(String path, byte[] body) throws Exception {
    return http.send(
        http.device(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body)));
  }

  private HttpResponse<byte[]> postEncoded(byte[] body, String encoding) throws Exception {
    return http.send(
        http.device("/v1/telemetry")
            .header("Content-Encoding", encoding)
            .POST(BodyPublishers.ofByteArray(body)));
  }

  private static JsonObject problem(HttpResponse<byte[]> response) {
    return new JsonObject(new String(response.body(), UTF_8));
  }

  private static byte[] gzip(byte[] plain) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(plain);
    }
    return out.toByteArray();
  }
}
