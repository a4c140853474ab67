package io.foretell.gateway.coap;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.foretell.gateway.FakeDownlink;
import io.foretell.gateway.FakeIdentities;
import io.foretell.gateway.Releases;
import io.foretell.gateway.fixture.FakeDoor;
import io.foretell.gateway.fixture.FakePresence;
import io.foretell.proto.Blobs;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Digest;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Fuzzing of datagrams that anybody may send to the port of plain CoAP, through the whole stack:
 * parser, guards, OSCORE, block-wise transfer, resources. Without {@code JAZZER_FUZZ=1} each target
 * runs over its kept inputs; with it, for the time that is given: {@code JAZZER_FUZZ=1 ./mvnw -pl
 * gateway -am test -Dtest=CoapFuzzTest}.
 */
class CoapFuzzTest {
  private static final String LONG = "30m";
  private static final Datagrams PORT = new Datagrams();
  private static final FakeDoor DOOR = new FakeDoor();

  private static final CoapListener LISTENER = listener();

  private static CoapListener listener() {
    FakeDownlink downlink = new FakeDownlink();
    downlink.issue(
        new DeviceId("sandbox", "d"),
        new Command("c1", "reboot", "{}", 0, Long.MAX_VALUE / 2, List.of(), "user:anna"));
    return new CoapListener(
        CoapSettings.of("127.0.0.1", 0, CoapSettings.OFF)
            .withMaxBody(4_096)
            .withObserveCheck(Duration.ofHours(1)),
        DOOR,
        new FakeIdentities().sandbox(),
        downlink,
        new FakePresence(),
        new Nothing(),
        new Nothing());
  }

  @BeforeAll
  static void start() {
    LISTENER.startOver(PORT, PORT.protocol());
  }

  @AfterAll
  static void stop() {
    LISTENER.close();
  }

  /**
   * Datagrams of one address, each after its length: an answer can be read, none is an answer to
   * nothing, and none is longer than three times what came, since the address is never proven.
   */
  @FuzzTest(maxDuration = LONG)
  void datagrams(byte[] data) {
    PORT.nextPeer();
    DOOR.messages().clear();
    int sent = 0;
    for (int at = 0; at < data.length && sent < 16; sent++) {
      int end = Math.min(data.length, at + 1 + (data[at] & 0xFF));
      PORT.exchange(Arrays.copyOfRange(data, at + 1, end));
      at = end;
    }
    if (DOOR.messages().size() > sent) {
      throw new IllegalStateException("more messages than datagrams");
    }
  }

  /** No artifacts. */
  private static final class Nothing implements Releases, Blobs {
    @Override
    public boolean offers(String tenant, Digest digest) {
      return false;
    }

    @Override
    public Optional<byte[]> metadata(String tenant, String name) {
      return name.equals("m") ? Optional.of(new byte[3_000]) : Optional.empty();
    }

    @Override
    public Digest put(InputStream bytes, long maxBytes) {
      throw new UnsupportedOperationException("nothing is kept here");
    }

    @Override
    public OptionalLong size(Digest digest) {
      return OptionalLong.empty();
    }

    @Override
    public Optional<SeekableByteChannel> open(Digest digest) {
      return Optional.empty();
    }
  }
}
