package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.trace.Trace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A user's list of parameter groups in the JSON form of canboat: names, which are fast packets, and
 * numeric and looked-up fields. Empty where the user has none.
 */
final class PgnList {
  private static final int MOST_BITS = 64;

  private final Map<Integer, List<JsonNode>> pgns = new HashMap<>();
  private final Map<String, Map<Long, String>> lookups = new HashMap<>();

  PgnList(JsonNode file) {
    for (JsonNode pgn : file.path("PGNs")) {
      if (!pgn.path("Fallback").asBoolean(false)) {
        pgns.computeIfAbsent(pgn.path("PGN").asInt(), n -> new ArrayList<>()).add(pgn);
      }
    }
    for (JsonNode lookup : file.path("LookupEnumerations")) {
      Map<Long, String> values = new HashMap<>();
      for (JsonNode value : lookup.path("EnumValues")) {
        values.put(value.path("Value").asLong(), value.path("Name").asText());
      }
      lookups.put(lookup.path("Name").asText(), values);
    }
  }

  boolean isFast(int pgn, boolean otherwise) {
    List<JsonNode> known = pgns.get(pgn);
    return known == null ? otherwise : known.get(0).path("Type").asText().equals("Fast");
  }

  void put(ObjectNode node, int pgn, byte[] data, Trace trace) {
    for (JsonNode candidate : pgns.getOrDefault(pgn, List.of())) {
      if (matches(candidate, data)) {
        node.put("name", candidate.path("Description").asText());
        ObjectNode fields = node.putObject("fields");
        int next = 0;
        for (JsonNode field : candidate.path("Fields")) {
          // Behind a field of any length the list has no places: one begins where one ends.
          int at = bounded(field.path("BitOffset").asInt(next), data);
          int length = field.path("BitLength").asInt();
          String type = field.path("FieldType").asText();
          if (type.startsWith("STRING")) {
            PgnText text = PgnText.read(type, data, at, bounded(length, data));
            text.put(fields, field.path("Id").asText());
            trace.step(
                at / 8,
                (text.next() - at) / 8,
                field.path("Id").asText() + ", " + type,
                "the user's PGN list");
            next = text.next();
          } else {
            put(fields, field, at, data, trace);
            next = at + bounded(length, data);
          }
        }
        return;
      }
    }
  }

  /** A place or a length that no message has is the message's end, wherever the list says it is. */
  private static int bounded(int bits, byte[] data) {
    return bits < 0 ? 8 * data.length : Math.min(bits, 8 * data.length);
  }

  /** Several makers use one PGN: fields that must have a value tell them apart. */
  private static boolean matches(JsonNode pgn, byte[] data) {
    for (JsonNode field : pgn.path("Fields")) {
      if (field.has("Match")) {
        int at = field.path("BitOffset").asInt(-1);
        int bits = field.path("BitLength").asInt();
        if (!within(at, bits, data) || raw(data, at, bits) != field.get("Match").asLong()) {
          return false;
        }
      }
    }
    return true;
  }

  private void put(ObjectNode to, JsonNode field, int at, byte[] data, Trace trace) {
    int bits = field.path("BitLength").asInt();
    String type = field.path("FieldType").asText();
    if (!within(at, bits, data) || type.equals("RESERVED") || type.equals("SPARE")) {
      return;
    }
    long raw = raw(data, at, bits);
    boolean signed = field.path("Signed").asBoolean(false);
    long none = signed ? (1L << bits - 1) - 1 : bits == MOST_BITS ? -1 : (1L << bits) - 1;
    String name = field.path("Id").asText();
    trace.step(at / 8, (at % 8 + bits + 7) / 8, name + ", little endian", "the user's PGN list");
    if (bits > 1 && raw == none) {
      to.putNull(name);
    } else if (type.equals("LOOKUP")) {
      String word =
          lookups.getOrDefault(field.path("LookupEnumeration").asText(), Map.of()).get(raw);
      if (word == null) {
        to.put(name, raw);
      } else {
        to.put(name, word);
      }
    } else if (!type.equals("BINARY") && !type.equals("VARIABLE")) {
      number(to, name, field, signed && bits < MOST_BITS && raw > none ? raw | -1L << bits : raw);
    }
  }

  private static void number(ObjectNode to, String name, JsonNode field, long raw) {
    double resolution = field.path("Resolution").asDouble(1);
    if (resolution == 1 && !field.has("Offset")) {
      to.put(name, raw);
    } else {
      double value = raw * resolution + field.path("Offset").asDouble(0) * resolution;
      if (Double.isFinite(value)) {
        to.put(name, value);
      }
    }
  }

  private static boolean within(int at, int bits, byte[] data) {
    return at >= 0 && bits > 0 && bits <= MOST_BITS && (long) at + bits <= 8L * data.length;
  }

  private static long raw(byte[] data, int at, int bits) {
    long raw = 0;
    for (int i = bits - 1; i >= 0; i--) {
      raw = raw << 1 | data[(at + i) / 8] >>> (at + i) % 8 & 1;
    }
    return raw;
  }
}
