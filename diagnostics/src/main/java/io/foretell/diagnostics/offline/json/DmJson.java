package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.j1939.DiagnosticMessage;
import io.foretell.diagnostics.j1939.Dm;
import io.foretell.diagnostics.j1939.J1939Dtc;
import io.foretell.diagnostics.j1939.LampStates;

/** A diagnostic message as JSON: {@code {"lamp","flash","dtcs":[{"spn","fmi","oc"}]}}. */
final class DmJson {
  private DmJson() {}

  static void put(ObjectNode node, DiagnosticMessage message, boolean conversionMethod) {
    lamps(node.putObject("lamp"), message.lamp());
    lamps(node.putObject("flash"), message.flash());
    ArrayNode dtcs = node.putArray("dtcs");
    for (J1939Dtc dtc : message.dtcs()) {
      ObjectNode one = dtcs.addObject();
      one.put("spn", dtc.spn());
      one.put("fmi", dtc.fmi());
      one.put("oc", dtc.occurrences());
      if (conversionMethod) {
        one.put("cm", dtc.conversionMethod());
      }
    }
  }

  /** Any diagnostic message, with its name first. */
  static ObjectNode tree(Dm dm) {
    ObjectNode node = Json.object();
    node.put("dm", dm.kind().name());
    node.put("title", dm.kind().title());
    if (dm instanceof Dm.Codes codes) {
      put(node, codes.content(), true);
    } else {
      ObjectNode content = Json.tree((Record) dm);
      content.remove("kind");
      node.setAll(content);
    }
    return node;
  }

  private static void lamps(ObjectNode node, LampStates lamps) {
    node.put("protect", lamps.protect());
    node.put("amber", lamps.amber());
    node.put("red", lamps.red());
    node.put("mil", lamps.mil());
  }
}
