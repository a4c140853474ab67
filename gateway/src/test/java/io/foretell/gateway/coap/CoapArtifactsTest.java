package io.foretell.gateway.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.fixture.House;
import io.foretell.gateway.fixture.Tool;
import io.foretell.proto.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoapArtifactsTest {
  @TempDir Path folder;

  private House house;
  private CoapListener listener;
  private CoapPeer device;
  private String auth;

  @BeforeEach
  void open() throws Exception {
    house = new House(folder, false);
    listener =
        new CoapListener(
            CoapSettings.of("127.0.0.1", 0, CoapSettings.OFF),
            house.door,
            house.registry,
            house.downlink,
            house.presence,
            house.releases,
            house.blobs);
    listener.start();
    device = CoapPeer.plain(listener.port());
    auth = "?token=" + house.truck.token();
  }

  @AfterEach
  void close() {
    device.close();
    listener.close();
    house.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1023, 1024, 1025, 2048, 1_500_001})
  void artifact_arrives_whole(int size) throws Exception {
    byte[] bytes = bytes(size);
    Digest digest = house.artifact(bytes);

    CoapResponse response = device.get("/v1/artifacts/" + digest.hex() + auth);

    assertThat(response.getCode()).isEqualTo(ResponseCode.CONTENT);
    assertThat(response.getPayload()).isEqualTo(bytes);
    assertThat(response.getOptions().getETags().get(0))
        .isEqualTo(Arrays.copyOf(HexFormat.of().parseHex(digest.hex()), 8));
  }

  @Test
  void libcoap_fetches_a_large_artifact_also_in_small_blocks() throws Exception {
    byte[] bytes = bytes(200_123);
    Digest digest = house.artifact(bytes);
    String url = "coap://127.0.0.1:" + listener.port() + "/v1/artifacts/" + digest.hex() + auth;

    for (String block : new String[] {"1024", "64"}) {
      Path file = folder.resolve("fetched-" + block);
      Tool.Ran ran = Tool.coapClient("-b", block, "-o", file.toString(), url);

      assertThat(ran.err()).isEmpty();
      assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }
  }

  @Test
  void single_block_from_the_middle_is_given_without_the_ones_before() throws Exception {
    byte[] bytes = bytes(10_000);
    Digest digest = house.artifact(bytes);
    Request request = Request.newGet();
    request.getOptions().setBlock2(4, false, 7);

    CoapResponse response = device.send(request, "/v1/artifacts/" + digest.hex() + auth);

    assertThat(response.getPayload()).isEqualTo(Arrays.copyOfRange(bytes, 7 * 256, 8 * 256));
    assertThat(response.getOptions().getBlock2().getNum()).isEqualTo(7);
    assertThat(response.getOptions().getBlock2().isM()).isTrue();
  }

  @Test
  void block_behind_the_end_is_4_02() throws Exception {
    Digest digest = house.artifact(bytes(1000));
    Request request = Request.newGet();
    request.getOptions().setBlock2(6, false, 1);

    assertThat(device.send(request, "/v1/artifacts/" + digest.hex() + auth).getCode())
        .isEqualTo(ResponseCode.BAD_OPTION);
  }

  @Test
  void known_etag_is_2_03() throws Exception {
    Digest digest = house.artifact(bytes(5000));
    Request request = Request.newGet();
    request.getOptions().addETag(Arrays.copyOf(HexFormat.of().parseHex(digest.hex()), 8));

    CoapResponse response = device.send(request, "/v1/artifacts/" + digest.hex() + auth);

    assertThat(response.getCode()).isEqualTo(ResponseCode.VALID);
    assertThat(response.getPayload()).isEmpty();
  }

  @Test
  void stranger_wrong_name_and_unknown_digest_are_refused() throws Exception {
    Digest digest = house.artifact(bytes(5000));

    assertThat(device.get("/v1/artifacts/" + digest.hex()).getCode())
        .isEqualTo(ResponseCode.UNAUTHORIZED);
    assertThat(device.get("/v1/artifacts/passwd" + auth).getResponseText())
        .isEqualTo("WRONG_SHAPE");
    assertThat(device.get("/v1/artifacts/" + "0".repeat(64) + auth).getCode())
        .isEqualTo(ResponseCode.NOT_FOUND);
    assertThat(device.get("/v1/artifacts" + auth).getCode()).isEqualTo(ResponseCode.NOT_FOUND);
  }

  @Test
  void artifact_of_another_tenant_is_not_there() throws Exception {
    Digest theirs = house.artifactOf("rival", bytes(5000));
    Request known = Request.newGet();
    known.getOptions().addETag(Arrays.copyOf(HexFormat.of().parseHex(theirs.hex()), 8));
    Request middle = Request.newGet();
    middle.getOptions().setBlock2(6, false, 2);

    for (Request request : new Request[] {Request.newGet(), known, middle}) {
      CoapResponse response = device.send(request, "/v1/artifacts/" + theirs.hex() + auth);

      assertThat(response.getCode()).isEqualTo(ResponseCode.NOT_FOUND);
      assertThat(response.getResponseText()).isEqualTo("NOT_FOUND");
      assertThat(response.getOptions().getETagCount()).isZero();
    }
  }

  @Test
  void metadata_of_the_tenant_arrives_whole_and_no_other() throws Exception {
    byte[] root = bytes(3000);
    house.metadata("acme", "1.root.json", root);
    house.metadata("rival", "2.root.json", root);

    CoapResponse response = device.get("/v1/metadata/1.root.json" + auth);

    assertThat(response.getCode()).isEqualTo(ResponseCode.CONTENT);
    assertThat(response.getPayload()).isEqualTo(root);
    assertThat(response.getOptions().getContentFormat()).isEqualTo(50);
    assertThat(response.getOptions().getMaxAge()).isZero();
    for (String other : new String[] {"/2.root.json", "/passwd", "", "/1.root.json/x"}) {
      assertThat(device.get("/v1/metadata" + other + auth).getCode())
          .isEqualTo(ResponseCode.NOT_FOUND);
    }
    assertThat(device.get("/v1/metadata/1.root.json").getCode())
        .isEqualTo(ResponseCode.UNAUTHORIZED);
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
