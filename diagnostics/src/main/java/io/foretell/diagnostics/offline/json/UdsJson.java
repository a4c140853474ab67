package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.Explanation;
import io.foretell.diagnostics.codes.J2012;
import io.foretell.diagnostics.codes.Language;
import io.foretell.diagnostics.codes.Notation;
import io.foretell.diagnostics.uds.DataValue;
import io.foretell.diagnostics.uds.Definition;
import io.foretell.diagnostics.uds.DtcRecord;
import io.foretell.diagnostics.uds.DtcReport;
import io.foretell.diagnostics.uds.Dtcs;
import io.foretell.diagnostics.uds.NegativeResponse;
import io.foretell.diagnostics.uds.StatusBits;
import io.foretell.diagnostics.uds.UdsMessage;
import java.util.List;

/** UDS messages as JSON. */
final class UdsJson {
  /** Bits 7–5 of a severity byte: when to check. */
  private static final int WHEN_TO_CHECK = 0xE0;

  private final CodeBook book;
  private final boolean all;
  private final boolean named;

  /**
   * @param all whether codes have their texts, severities their words, counters their sign
   * @param named whether data has its name and values
   */
  UdsJson(CodeBook book, boolean all, boolean named) {
    this.book = book;
    this.all = all;
    this.named = named;
  }

  void put(ObjectNode node, UdsMessage message, Definition definition) {
    if (message instanceof UdsMessage.Negative negative) {
      put(node, negative.response());
    } else if (message instanceof UdsMessage.Codes codes) {
      put(node, codes.report(), definition);
    } else if (message instanceof UdsMessage.Framed framed) {
      put(node, framed);
    }
  }

  private static void put(ObjectNode node, NegativeResponse response) {
    node.put("negative", true);
    node.put("sid", response.service());
    node.put("nrc", response.code());
    node.put("nrc_name", response.name());
  }

  private static void put(ObjectNode node, UdsMessage.Framed framed) {
    node.put("sid", framed.sid());
    node.put("service", framed.service());
    node.put("request", framed.request());
    framed.subFunction().ifPresent(sub -> node.put("subfunction", sub));
    if (framed.suppress()) {
      node.put("suppress_answer", true);
    }
    ArrayNode parts = node.putArray("parts");
    for (UdsMessage.Part part : framed.parts()) {
      ObjectNode one = parts.addObject();
      one.put("name", part.name());
      one.put("bytes", Hex.of(part.bytes()));
      if (!part.meaning().isEmpty()) {
        one.put("meaning", part.meaning());
      }
      values(one, part.values());
    }
  }

  private static void values(ObjectNode node, List<DataValue> values) {
    if (values.isEmpty()) {
      return;
    }
    ObjectNode named = node.putObject("values");
    for (DataValue value : values) {
      if (Double.isNaN(value.number())) {
        named.put(value.name(), value.text());
      } else {
        named.put(value.name(), value.number());
      }
    }
  }

  private void put(ObjectNode node, DtcReport report, Definition definition) {
    node.put("subfunction", report.subFunction());
    node.put("count", report.count());
    if (report.availability().isPresent()) {
      node.put("status_availability", report.availability().getAsInt());
    } else {
      node.putNull("status_availability");
    }
    ArrayNode dtcs = node.putArray("dtcs");
    report.dtcs().forEach(dtc -> put(dtcs.addObject(), dtc, definition));
    report.format().ifPresent(format -> node.put("dtc_format", format));
    if (all) {
      report.format().ifPresent(format -> node.put("dtc_format_name", Dtcs.format(format)));
      report.group().ifPresent(group -> node.put("group", Dtcs.group(group)));
      report.memory().ifPresent(memory -> node.put("memory", memory));
      report.record().ifPresent(record -> node.put("record", record));
      report.severityMask().ifPresent(mask -> node.put("severity_availability", mask));
    }
  }

  private void put(ObjectNode node, DtcRecord dtc, Definition definition) {
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
    dtc.records().ifPresent(records -> put(node, records, definition));
    if (all) {
      meaning(node, dtc);
    }
  }

  private void meaning(ObjectNode node, DtcRecord dtc) {
    Explanation text = book.explain(Notation.uds(dtc.dtc()), Language.ENGLISH);
    node.put("text", text.text());
    node.put("failure_type", text.failureType());
    dtc.severity()
        .ifPresent(
            severity -> {
              node.put("severity_byte", severity);
              ArrayNode words = node.putArray("severity_words");
              Dtcs.severity(severity).forEach(words::add);
            });
    dtc.detectionCounter().ifPresent(counter -> node.put("detection", Dtcs.detection(counter)));
  }

  private void put(ObjectNode node, DtcRecord.Records records, Definition definition) {
    boolean extended = records.kind() == DtcRecord.Kind.EXTENDED;
    ArrayNode list = node.putArray(extended ? "extended_data" : "snapshots");
    for (DtcRecord.Data data : records.data()) {
      ObjectNode one = list.addObject();
      one.put("record", data.record());
      if (data.did() >= 0) {
        one.put("did", data.did());
      }
      one.put("data", Hex.of(data.bytes()));
      Definition.Item item =
          extended ? definition.extended().get(data.record()) : definition.dids().get(data.did());
      if (named && item != null && !item.name().isEmpty()) {
        one.put("name", item.name());
        values(one, DataValue.of(item, data.bytes()));
      }
    }
  }
}
