package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One command of an OBDb signal set.
 *
 * @param header identifier it is sent to, in hex
 * @param answerer identifier that answers; empty: any
 * @param extension address byte of extended addressing, in hex; empty: none
 * @param code service and what is asked for, in hex: {@code 010C}, {@code 22F407}
 * @param from first model year that has it; 0: any
 * @param to last model year that has it; 9999: any
 */
record ObdbCommand(
    String header,
    String answerer,
    String extension,
    String code,
    int from,
    int to,
    List<ObdbSignal> signals) {
  static final int LAST_YEAR = 9999;

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
        node.path("filter").path("from").asInt(0),
        node.path("filter").path("to").asInt(LAST_YEAR),
        signals);
  }

  /** Whether a model year has it; an unknown year (0) has all. */
  boolean in(int year) {
    return year == 0 || from <= year && year <= to;
  }

  /**
   * Whether an identifier is meant by the hex digits of an answerer: with two of them, the source
   * address of a 29-bit identifier (ISO 15765-2 normal fixed addressing).
   */
  static boolean answers(int id, String answerer) {
    int plain = id & Integer.MAX_VALUE;
    return answerer.length() == 2
        ? String.format(Locale.ROOT, "%02X", plain & 0xFF).equalsIgnoreCase(answerer)
        : String.format(Locale.ROOT, "%03X", plain).equalsIgnoreCase(answerer);
  }
}
