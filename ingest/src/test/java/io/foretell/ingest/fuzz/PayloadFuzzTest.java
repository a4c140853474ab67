package io.foretell.ingest.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.foretell.proto.UplinkKind;
import java.util.Arrays;

/**
 * Fuzzing of the payloads that devices send, through the stage that decodes them. Without {@code
 * JAZZER_FUZZ=1} each target runs over its kept inputs; with it, for the time that is given: {@code
 * JAZZER_FUZZ=1 ./mvnw -pl ingest -am test -Dtest=PayloadFuzzTest#protobuf}.
 */
class PayloadFuzzTest {
  private static final String LONG = "30m";
  private static final UplinkKind[] KINDS = UplinkKind.values();
  private static final String[] SPARKPLUG = {
    "NBIRTH", "NDATA", "NDEATH", "DBIRTH", "DDATA", "DDEATH", "STATE", ""
  };

  /** The first byte says which kind of uplink, for every target but Sparkplug's. */
  @FuzzTest(maxDuration = LONG)
  void json(byte[] data) {
    take("application/json", data);
  }

  @FuzzTest(maxDuration = LONG)
  void protobuf(byte[] data) {
    take("application/protobuf", data);
  }

  @FuzzTest(maxDuration = LONG)
  void senmlJson(byte[] data) {
    take("application/senml+json", data);
  }

  @FuzzTest(maxDuration = LONG)
  void senmlCbor(byte[] data) {
    take("application/senml+cbor", data);
  }

  /** A body whose notation nobody states. */
  @FuzzTest(maxDuration = LONG)
  void unstated(byte[] data) {
    take("", data);
  }

  /** Messages of one edge node: type, length, body. */
  @FuzzTest(maxDuration = LONG)
  void sparkplug(byte[] data) {
    Device device = new Device();
    Device again = new Device();
    for (int at = 0; at + 2 <= data.length; ) {
      int length = Math.min(data[at + 1] & 0xFF, data.length - at - 2);
      String type = "application/x-sparkplug-b; type=" + SPARKPLUG[data[at] & 7];
      byte[] body = Arrays.copyOfRange(data, at + 2, at + 2 + length);
      device.sameTwice(again, UplinkKind.TELEMETRY, type, body);
      at += 2 + length;
    }
  }

  private static void take(String contentType, byte[] data) {
    if (data.length > 0) {
      UplinkKind kind = KINDS[(data[0] & 0xFF) % KINDS.length];
      byte[] body = Arrays.copyOfRange(data, 1, data.length);
      new Device().sameTwice(new Device(), kind, contentType, body);
    }
  }
}
