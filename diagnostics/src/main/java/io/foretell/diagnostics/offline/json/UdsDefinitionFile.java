package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.diagnostics.uds.Definition;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A maker's definition of UDS data as a JSON file.
 *
 * <pre>
 *   {"dids": {"F40D": {"name": "vehicle speed", "length": 1, "fields": [FIELD, …]}, …},
 *    "extended_data": {"01": {"name": "occurrences", "length": 1, "fields": […]}, "default": 5},
 *    "routines": {"0203": "self test"}}
 *   FIELD  {"name", "bit", "bits", "signed", "factor", "offset", "unit", "states": {"0": "off"}}
 *          or {"name", "text": true}
 * </pre>
 */
final class UdsDefinitionFile {
  private static final int LONGEST = 0xFFFF;
  private static final String DEFAULT = "default";

  private UdsDefinitionFile() {}

  /**
   * Reads a file's content on top of what the standard defines.
   *
   * @throws InvalidInputException where something is of another shape
   */
  static Definition read(JsonNode file) {
    Map<Integer, Definition.Item> extended = new HashMap<>();
    int size = 0;
    for (Map.Entry<String, JsonNode> entry : file.path("extended_data").properties()) {
      if (entry.getKey().equals(DEFAULT)) {
        size = bounded(entry.getValue(), "default", LONGEST);
      } else {
        extended.put(hex(entry.getKey(), 0xFF), item(entry.getValue()));
      }
    }
    Map<Integer, Definition.Item> dids = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : file.path("dids").properties()) {
      dids.put(hex(entry.getKey(), 0xFFFF), item(entry.getValue()));
    }
    Map<Integer, String> routines = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : file.path("routines").properties()) {
      routines.put(hex(entry.getKey(), 0xFFFF), entry.getValue().asText());
    }
    return Definition.STANDARD.with(new Definition(dids, extended, size, routines));
  }

  private static Definition.Item item(JsonNode node) {
    List<Definition.Field> fields = new ArrayList<>();
    for (JsonNode field : node.path("fields")) {
      fields.add(field(field));
    }
    int length = node.has("length") ? bounded(node.get("length"), "length", LONGEST) : 0;
    return new Definition.Item(node.path("name").asText(""), length, fields);
  }

  private static Definition.Field field(JsonNode node) {
    Map<Long, String> states = new HashMap<>();
    for (Map.Entry<String, JsonNode> state : node.path("states").properties()) {
      try {
        states.put(Long.valueOf(state.getKey()), state.getValue().asText());
      } catch (NumberFormatException e) {
        throw wrong("a state's key must be a whole number, not " + Json.cut(state.getKey()));
      }
    }
    boolean text = node.path("text").asBoolean(false);
    int bit = node.has("bit") ? bounded(node.get("bit"), "bit", 8 * LONGEST) : 0;
    int bits = text ? 0 : bounded(node.path("bits"), "bits", 64);
    if (!text && bits == 0) {
      throw wrong("a field needs its bits");
    }
    return new Definition.Field(
        Json.text(node, "name"),
        bit,
        bits,
        node.path("signed").asBoolean(false),
        finite(node, "factor", 1),
        finite(node, "offset", 0),
        node.path("unit").asText(""),
        states);
  }

  private static double finite(JsonNode node, String what, double otherwise) {
    double value = node.path(what).asDouble(otherwise);
    if (!Double.isFinite(value)) {
      throw wrong(what + " must be a finite number");
    }
    return value;
  }

  private static int bounded(JsonNode node, String what, int most) {
    if (!node.isIntegralNumber() || node.asLong() < 0 || node.asLong() > most) {
      throw wrong(what + " must be a number up to " + most);
    }
    return node.intValue();
  }

  static int hex(String text, int most) {
    try {
      int value = Integer.parseInt(text, 16);
      if (value >= 0 && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw wrong("no identifier in hex: " + Json.cut(text));
  }

  private static InvalidInputException wrong(String what) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, "definition: " + what);
  }
}
