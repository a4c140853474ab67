package io.foretell.agent.coap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.foretell.proto.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CoapFetcherTest {
  private static final Digest DIGEST = new Digest("ab".repeat(32));
  private static final byte[] BYTES = new byte[10_000];

  static {
    new Random(7).nextBytes(BYTES);
  }

  /** The blocks that were asked for, as number and exponent of their size. */
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private volatile int largest = 6;
  private volatile int tags = 1;
  private volatile int silentAfter = Integer.MAX_VALUE;
  private volatile boolean lying;
  private CoapServer server;
  private CoapFetcher fetcher;

  @BeforeEach
  void start() {
    CoapConfig.register();
    UdpConfig.register();
    Configuration config = Configuration.createStandardWithoutFile();
    config.set(CoapConfig.MAX_MESSAGE_SIZE, 1024);
    config.set(CoapConfig.PREFERRED_BLOCK_SIZE, 1024);
    server = new CoapServer(config);
    CoapEndpoint endpoint =
        CoapEndpoint.builder()
            .setConfiguration(config)
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .build();
    server.addEndpoint(endpoint);
    server.add(new CoapResource("v1").add(new Files("artifacts")).add(new Files("metadata")));
    server.start();
    fetcher =
        CoapFetcher.plain(
            new InetSocketAddress("127.0.0.1", endpoint.getAddress().getPort()), "secret");
  }

  @AfterEach
  void stop() {
    fetcher.close();
    server.destroy();
  }

  /** Gives one block at a time and remembers nothing, as the server does. */
  private final class Files extends CoapResource {
    Files(String name) {
      super(name);
    }

    @Override
    public Resource getChild(String name) {
      return this;
    }

    @Override
    public void handleGET(CoapExchange exchange) {
      String name = exchange.getRequestOptions().getUriPath().get(2);
      if (!exchange.getRequestOptions().getUriQueryString().equals("token=secret")) {
        exchange.respond(ResponseCode.UNAUTHORIZED, "NOT_AUTHENTICATED");
      } else if (name.equals(DIGEST.hex()) || name.equals("1.root.json")) {
        block(exchange, exchange.getRequestOptions().getBlock2());
      } else {
        exchange.respond(ResponseCode.NOT_FOUND, "NOT_FOUND");
      }
    }

    private void block(CoapExchange exchange, BlockOption wanted) {
      asked.add(wanted.getNum() + "/" + wanted.getSzx());
      if (asked.size() > silentAfter) {
        exchange.accept();
        return;
      }
      int szx = Math.min(wanted.getSzx(), largest);
      int from = wanted.getOffset();
      int to = Math.min(BYTES.length, from + (16 << szx));
      Response response = new Response(ResponseCode.CONTENT);
      response.setPayload(Arrays.copyOfRange(BYTES, from, to));
      int number = (from >> (szx + 4)) + (lying ? 1 : 0);
      response.getOptions().setBlock2(szx, to < BYTES.length, number);
      response.getOptions().addETag(new byte[] {(byte) (asked.size() < tags ? 1 : tags)});
      exchange.respond(response);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 6", "1, 6", "1023, 6", "1024, 6", "5000, 6", "9999, 6", "0, 2", "5000, 2"})
  void artifact_fromAnyByte_arrivesToItsEnd(int offset, int serverLargest) throws IOException {
    largest = serverLargest;

    assertThat(read(offset)).isEqualTo(Arrays.copyOfRange(BYTES, offset, BYTES.length));
    assertThat(asked.get(0)).isEqualTo(offset / 1024 + "/6");
    assertThat(asked).hasSizeLessThanOrEqualTo((BYTES.length - offset) / (16 << serverLargest) + 2);
  }

  @Test
  void transfer_thatBreaks_goesOnWithTheBlockThatItNeeds() throws IOException {
    silentAfter = 4;
    byte[] got = new byte[10_000];
    int n = 0;
    try (CoapFetcher hasty = fetcher.withPatience(6_000);
        InputStream body = hasty.artifact(DIGEST, 0)) {
      n = body.readNBytes(got, 0, 4096);
      assertThatIOException().isThrownBy(body::read).withMessageContaining("no answer");
    }
    silentAfter = Integer.MAX_VALUE;
    asked.clear();

    byte[] rest = read(n);

    assertThat(n).isEqualTo(4096);
    assertThat(rest).isEqualTo(Arrays.copyOfRange(BYTES, n, BYTES.length));
    assertThat(asked).startsWith("4/6").hasSize(6);
  }

  @Test
  void body_thatChangesOnTheWay_isNotMixed() throws IOException {
    tags = 3;

    assertThatIOException().isThrownBy(() -> read(0)).withMessageContaining("changed");
  }

  @Test
  void block_thatWasNotAskedFor_isRefused() {
    lying = true;

    assertThatIOException().isThrownBy(() -> read(0)).withMessageContaining("asked for byte 0");
  }

  @Test
  void metadata_thatIsNotThere_isEmpty_andWhatIsThereArrives() throws IOException {
    assertThat(fetcher.metadata("9.root.json")).isEmpty();
    assertThat(fetcher.metadata("1.root.json").orElseThrow().readAllBytes()).isEqualTo(BYTES);
  }

  @Test
  void artifact_thatIsRefused_saysWhy() {
    CoapFetcher stranger =
        CoapFetcher.plain(
            new InetSocketAddress("127.0.0.1", server.getEndpoints().get(0).getAddress().getPort()),
            "wrong");

    assertThatIOException()
        .isThrownBy(() -> stranger.artifact(DIGEST, 0))
        .withMessageContaining("NOT_AUTHENTICATED");
    assertThatIOException()
        .isThrownBy(() -> fetcher.artifact(new Digest("cd".repeat(32)), 0))
        .withMessageContaining("not there");
    stranger.close();
  }

  @Test
  void byte_beyondTheLastBlockNumber_isSaid() {
    assertThatIOException()
        .isThrownBy(() -> fetcher.artifact(DIGEST, 1L << 31))
        .withMessageContaining("beyond");
  }

  @Test
  void server_withAnotherKey_isNoServer() {
    CoapFetcher secure =
        CoapFetcher.dtls(
                new InetSocketAddress(
                    "127.0.0.1", server.getEndpoints().get(0).getAddress().getPort()),
                "device",
                "a key of sixteen".getBytes(UTF_8))
            .withPatience(500);

    assertThatIOException().isThrownBy(() -> secure.metadata("1.root.json"));
    secure.close();
  }

  private byte[] read(long offset) throws IOException {
    try (InputStream body = fetcher.artifact(DIGEST, offset)) {
      return body.readAllBytes();
    }
  }
}
