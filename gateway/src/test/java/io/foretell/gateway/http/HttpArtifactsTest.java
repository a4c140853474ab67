package io.foretell.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.fixture.House;
import io.foretell.gateway.fixture.Tool;
import io.foretell.proto.Digest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpArtifactsTest {
  @TempDir Path folder;

  private House house;
  private HttpHouse http;
  private byte[] bytes;
  private String path;
  private String etag;

  @BeforeEach
  void open() throws Exception {
    house = new House(folder, false);
    http = new HttpHouse(house);
    bytes = new byte[1_000_003];
    new Random(5).nextBytes(bytes);
    Digest digest = house.artifact(bytes);
    path = "/v1/artifacts/" + digest.hex();
    etag = "\"" + digest.hex() + "\"";
  }

  @AfterEach
  void close() throws Exception {
    http.close();
    house.close();
  }

  @Test
  void whole_artifact_comes_with_its_etag() throws Exception {
    HttpResponse<byte[]> response = http.send(http.device(path));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(bytes);
    assertThat(response.headers().firstValue("etag")).contains(etag);
    assertThat(response.headers().firstValue("accept-ranges")).contains("bytes");
  }

  @Test
  void head_tells_the_size_alone() throws Exception {
    HttpResponse<byte[]> response =
        http.send(http.device(path).method("HEAD", BodyPublishers.noBody()));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-length")).contains("1000003");
    assertThat(response.body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 1",
    "bytes=100-199, 100, 100",
    "bytes=1000000-, 1000000, 3",
    "bytes=1000000-9999999, 1000000, 3",
    "bytes=-5, 999998, 5",
  })
  void single_range_is_206(String range, int from, int length) throws Exception {
    HttpResponse<byte[]> response = http.send(http.device(path).header("Range", range));

    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(response.body()).isEqualTo(Arrays.copyOfRange(bytes, from, from + length));
    assertThat(response.headers().firstValue("content-range"))
        .contains("bytes " + from + "-" + (from + length - 1) + "/1000003");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=1000003-", "bytes=-0"})
  void range_behind_the_end_is_416(String range) throws Exception {
    HttpResponse<byte[]> response = http.send(http.device(path).header("Range", range));

    assertThat(response.statusCode()).isEqualTo(416);
    assertThat(response.headers().firstValue("content-range")).contains("bytes */1000003");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bytes=0-1,5-6", "lines=1-2", "bytes=5-1", "bytes=-", "bytes=x", "bytes=0-1x"})
  void range_that_need_not_be_heeded_is_the_whole(String range) throws Exception {
    assertThat(http.send(http.device(path).header("Range", range)).statusCode()).isEqualTo(200);
  }

  @Test
  void range_of_another_version_is_the_whole() throws Exception {
    assertThat(
            http.send(http.device(path).header("Range", "bytes=0-1").header("If-Range", "\"x\""))
                .statusCode())
        .isEqualTo(200);
    assertThat(
            http.send(http.device(path).header("Range", "bytes=0-1").header("If-Range", etag))
                .statusCode())
        .isEqualTo(206);
  }

  @Test
  void known_etag_is_304() throws Exception {
    HttpResponse<byte[]> response =
        http.send(http.device(path).header("If-None-Match", "\"x\", " + etag));

    assertThat(response.statusCode()).isEqualTo(304);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void curl_goes_on_where_it_was_cut_off() throws Exception {
    Path file = folder.resolve("part.bin");
    Files.write(file, Arrays.copyOf(bytes, 400_000));

    Tool.Ran ran =
        Tool.curl(
            "-sf",
            "-C",
            "-",
            "-H",
            "Authorization: Bearer " + house.truck.token(),
            "-o",
            file.toString(),
            http.base() + path);

    assertThat(ran.exit()).isZero();
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  @Test
  void artifact_of_a_remote_store_comes_piece_by_piece() throws Exception {
    house.artifactsAreRemote();

    assertThat(http.send(http.device(path)).body()).isEqualTo(bytes);
    assertThat(http.send(http.device(path).header("Range", "bytes=500-300499")).body())
        .isEqualTo(Arrays.copyOfRange(bytes, 500, 300_500));
  }

  @Test
  void empty_artifact_is_empty() throws Exception {
    Digest empty = house.artifact(new byte[0]);

    HttpResponse<byte[]> response = http.send(http.device("/v1/artifacts/" + empty.hex()));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void stranger_wrong_name_and_unknown_digest_are_refused() throws Exception {
    assertThat(http.send(http.request(path)).statusCode()).isEqualTo(401);
    assertThat(http.send(http.device("/v1/artifacts/passwd")).statusCode()).isEqualTo(422);
    assertThat(http.send(http.device("/v1/artifacts/" + "0".repeat(64))).statusCode())
        .isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD"})
  void artifact_of_another_tenant_is_not_there(String method) throws Exception {
    Digest theirs = house.artifactOf("rival", new byte[] {1, 2, 3});

    HttpResponse<byte[]> response =
        http.send(
            http.device("/v1/artifacts/" + theirs.hex())
                .method(method, BodyPublishers.noBody())
                .header("If-None-Match", "\"" + theirs.hex() + "\""));

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("etag")).isEmpty();
  }
}
