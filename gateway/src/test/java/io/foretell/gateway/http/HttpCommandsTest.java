package io.foretell.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.Downlink.State;
import io.foretell.gateway.fixture.House;
import io.foretell.proto.Telemetry.Outcome;
import io.foretell.proto.v1.DeviceCommand;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpCommandsTest {
  @TempDir Path folder;

  private House house;
  private HttpHouse http;

  @BeforeEach
  void open() throws Exception {
    house = new House(folder, false);
    http = new HttpHouse(house);
  }

  @AfterEach
  void close() throws Exception {
    http.close();
    house.close();
  }

  @Test
  void commands_that_wait_come_at_once_in_order_and_again_until_answered() throws Exception {
    house.issue("c1", "c2", "c3");

    assertThat(ids(get("/v1/commands?wait=30"))).containsExactly("c1", "c2", "c3");
    assertThat(house.states()).containsOnly(State.DELIVERED);
    house.reply("c1", Outcome.ACCEPTED);
    house.reply("c2", Outcome.DONE);
    assertThat(ids(get("/v1/commands"))).containsExactly("c3");
  }

  @Test
  void nothing_to_do_is_204() throws Exception {
    assertThat(get("/v1/commands").statusCode()).isEqualTo(204);
    assertThat(get("/v1/commands?wait=1").statusCode()).isEqualTo(204);
  }

  @Test
  void poll_ends_when_a_command_comes() throws Exception {
    CompletableFuture<HttpResponse<byte[]>> poll =
        http.sendAsync(http.device("/v1/commands?wait=50"));
    assertThat(poll).failsWithin(Duration.ofMillis(300));

    house.issue("c1");

    assertThat(ids(poll.get(60, TimeUnit.SECONDS))).containsExactly("c1");
  }

  @Test
  void protobuf_comes_length_delimited() throws Exception {
    house.issue("c1", "c2");

    for (String type : new String[] {"application/x-protobuf", "application/protobuf"}) {
      HttpResponse<byte[]> response = http.send(http.device("/v1/commands").header("Accept", type));

      assertThat(response.headers().firstValue("content-type")).contains(type);
      ByteArrayInputStream in = new ByteArrayInputStream(response.body());
      assertThat(DeviceCommand.parseDelimitedFrom(in).getId()).isEqualTo("c1");
      assertThat(DeviceCommand.parseDelimitedFrom(in).getId()).isEqualTo("c2");
      assertThat(in.available()).isZero();
    }
  }

  @Test
  void device_that_hangs_up_leaves_its_commands_waiting() throws Exception {
    CompletableFuture<HttpResponse<byte[]>> poll =
        http.sendAsync(http.device("/v1/commands?wait=50"));
    assertThat(poll).failsWithin(Duration.ofMillis(300));
    poll.cancel(true);
    assertThat(ids(afterIssuing("c1"))).containsExactly("c1");
  }

  private HttpResponse<byte[]> afterIssuing(String id) throws Exception {
    house.issue(id);
    return get("/v1/commands?wait=30");
  }

  @Test
  void more_than_one_answer_holds_comes_with_the_next_polls() throws Exception {
    for (int i = 0; i < CommandPoll.MOST + 1; i++) {
      house.issue("c" + i);
    }

    assertThat(ids(get("/v1/commands"))).hasSize(CommandPoll.MOST).startsWith("c0", "c1");
  }

  @Test
  void revocation_ends_the_poll() throws Exception {
    CompletableFuture<HttpResponse<byte[]>> poll =
        http.sendAsync(http.device("/v1/commands?wait=50"));
    assertThat(poll).failsWithin(Duration.ofMillis(300));

    house.registry.revoke(House.TRUCK);

    assertThat(poll.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(401);
  }

  @Test
  void bad_requests_are_told_so() throws Exception {
    assertThat(get("/v1/commands?wait=soon").statusCode()).isEqualTo(422);
    assertThat(http.rawGet("/v1/commands?wait=%zz")).contains("HTTP/1.1 422");
    assertThat(get("/v1/commands?wait=-5").statusCode()).isEqualTo(204);
    assertThat(http.send(http.request("/v1/commands")).statusCode()).isEqualTo(401);
    assertThat(http.send(http.device("/v1/commands").header("Accept", "text/html")).statusCode())
        .isEqualTo(406);
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return http.send(http.device(path));
  }

  private static List<String> ids(HttpResponse<byte[]> response) {
    assertThat(response.statusCode()).isEqualTo(200);
    JsonArray array = new JsonArray(new String(response.body(), StandardCharsets.UTF_8));
    return array.stream().map(command -> ((JsonObject) command).getString("id")).toList();
  }
}
