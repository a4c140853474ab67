package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.proto.Fault;
import java.util.List;
import java.util.Locale;

/** Faults in normal form as JSON. */
final class FaultJson {
  private FaultJson() {}

  static void put(ArrayNode list, List<Fault> faults) {
    for (Fault fault : faults) {
      ObjectNode one = list.addObject();
      one.put("code", fault.code());
      one.put("system", fault.system());
      one.put("sub_type", fault.subType());
      one.put("status", fault.status());
      one.put("lamp", fault.lamp().name().toLowerCase(Locale.ROOT));
      one.put("text", fault.title());
      one.put("identity", fault.identity());
    }
  }
}
