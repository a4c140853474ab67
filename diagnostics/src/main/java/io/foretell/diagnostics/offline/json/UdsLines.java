package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.codes.J2012;
import io.foretell.diagnostics.uds.DataSizes;
import io.foretell.diagnostics.uds.DtcRecord;
import io.foretell.diagnostics.uds.DtcReport;
import io.foretell.diagnostics.uds.DtcReports;
import io.foretell.diagnostics.uds.NegativeResponse;
import io.foretell.diagnostics.uds.StatusBits;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * {@code {"response":hex}} to the decoded answer to 0x19. {@code snapshot_did_sizes} (DID in hex to
 * bytes) and {@code extended_data_size} say what the answer itself does not.
 */
final class UdsLines implements LineDecoder {
  /** Bits 7–5 of a severity byte: when to check. */
  private static final int WHEN_TO_CHECK = 0xE0;

  @Override
  public void line(String line, Consumer<String> out) {
    JsonNode input = Json.read(line);
    byte[] answer = Hex.bytes(Json.text(input, "response"));
    ObjectNode node = Json.object();
    if (DtcReports.isNegative(answer)) {
      put(node, DtcReports.negative(answer));
    } else {
      put(node, DtcReports.read(answer, sizes(input)));
    }
    out.accept(Json.text(node));
  }

  private static DataSizes sizes(JsonNode input) {
    Map<Integer, Integer> dids = new HashMap<>();
    JsonNode given = input.path("snapshot_did_sizes");
    given.fieldNames().forEachRemaining(did -> dids.put(did(did), Json.size(given, did)));
    return new DataSizes(
        dids, input.has("extended_data_size") ? Json.size(input, "extended_data_size") : 0);
  }

  private static int did(String hex) {
    try {
      return Integer.parseInt(hex, 16);
    } catch (NumberFormatException e) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no DID in hex: " + Json.cut(hex));
    }
  }

  private static void put(ObjectNode node, NegativeResponse response) {
    node.put("negative", true);
    node.put("sid", response.service());
    node.put("nrc", response.code());
    node.put("nrc_name", response.name());
  }

  private static void put(ObjectNode node, DtcReport report) {
    node.put("subfunction", report.subFunction());
    node.put("count", report.count());
    if (report.availability().isPresent()) {
      node.put("status_availability", report.availability().getAsInt());
    } else {
      node.putNull("status_availability");
    }
    ArrayNode dtcs = node.putArray("dtcs");
    report.dtcs().forEach(dtc -> put(dtcs.addObject(), dtc));
    report.format().ifPresent(format -> node.put("dtc_format", format));
  }

  private static void put(ObjectNode node, DtcRecord dtc) {
    node.put("dtc", dtc.dtc());
    node.put("code", J2012.lettersWithType(dtc.dtc()));
    node.put("status", dtc.status());
    ArrayNode bits = node.putArray("status_bits");
    StatusBits.names(dtc.status()).forEach(bits::add);
    int when = dtc.severity().orElse(0) & WHEN_TO_CHECK;
    if (when != 0) {
      node.put("severity", when);
    }
    dtc.functionalUnit().ifPresent(unit -> node.put("functional_unit", unit));
    // As on the wire, without its sign: that is the shape others rely on.
    dtc.detectionCounter()
        .ifPresent(counter -> node.put("fault_detection_counter", counter & 0xFF));
    dtc.records().ifPresent(records -> put(node, records));
  }

  private static void put(ObjectNode node, DtcRecord.Records records) {
    boolean extended = records.kind() == DtcRecord.Kind.EXTENDED;
    ArrayNode list = node.putArray(extended ? "extended_data" : "snapshots");
    for (DtcRecord.Data data : records.data()) {
      ObjectNode one = list.addObject();
      one.put("record", data.record());
      if (data.did() >= 0) {
        one.put("did", data.did());
      }
      one.put("data", Hex.of(data.bytes()));
    }
  }
}
