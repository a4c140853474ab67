package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One command of an OBDb signal set.
 *
 * @param header identifier it is sent to, in hex
 * @param answerer identifier that answers; empty: any
 * @param extension address byte of extended addressing, in hex; empty: none
 * @param code service and what is asked for, in hex: {@code 010C}, {@code 22F407}
 */
record ObdbCommand(
    String header, String answerer, String extension, String code, List<ObdbSignal> signals) {
  static ObdbCommand of(JsonNode node) {
    StringBuilder code = new StringBuilder();
    for (Map.Entry<String, JsonNode> part : node.path("cmd").properties()) {
      code.append(part.getKey()).append(part.getValue().asText());
    }
    List<ObdbSignal> signals = new ArrayList<>();
    for (JsonNode signal : node.path("signals")) {
      signals.add(new ObdbSignal(signal.path("id").asText(), signal.path("fmt")));
    }
    return new ObdbCommand(
        node.path("hdr").asText(),
        node.path("rax").asText(""),
        node.path("eax").asText(""),
        code.toString(),
        signals);
  }
}
