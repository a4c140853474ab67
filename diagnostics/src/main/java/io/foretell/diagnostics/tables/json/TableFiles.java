package io.foretell.diagnostics.tables.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foretell.diagnostics.tables.CodeTable;
import io.foretell.diagnostics.tables.Register;
import io.foretell.diagnostics.tables.TableCode;
import io.foretell.proto.Fault;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Severity;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Tables of makers' codes as JSON.
 *
 * <pre>
 *   {"table": "acme-bms", "version": 1, "maker": "Acme",
 *    "registers": [
 *      {"name": "bms.alarm", "system": "pack", "kind": "bits", "codes": [
 *        {"bit": 0, "code": "A01", "text": "Cell over voltage", "zh": "单体过压",
 *         "urgency": "critical", "causes": ["…"], "check": "…"}]},
 *      {"name": "bms.error", "kind": "values", "mask": "0x00FF", "good": [0, 255], "codes": [
 *        {"value": "0x11", "code": "E17", "text": "…", "urgency": "minor", "lamp": "amber"}]}]}
 * </pre>
 *
 * Required: table, registers, name, kind, codes, bit or value, code, text. Urgency is info, minor
 * (unless given), major or critical; the lamp follows from it unless given.
 */
public final class TableFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_CODES = 65_536;

  private TableFiles() {}

  /**
   * Reads a file.
   *
   * @throws InvalidInputException where it is no table: what is wrong, and where
   */
  public static CodeTable read(Path file) throws IOException {
    try {
      return read(Files.readString(file));
    } catch (CharacterCodingException e) {
      throw wrong("the file is not UTF-8", "");
    }
  }

  /**
   * Reads a file's text.
   *
   * @throws InvalidInputException where it is no table: what is wrong, and where
   */
  public static CodeTable read(String text) {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          ReasonCode.MALFORMED_JSON,
          "line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr()
              + ": "
              + e.getOriginalMessage());
    }
    if (node == null || !node.isObject()) {
      throw wrong("a table is a JSON object", "");
    }
    String name = text(node, "table", "");
    Map<String, Register> registers = new LinkedHashMap<>();
    for (JsonNode register : list(node, "registers", "")) {
      Register read = register(register, "registers[" + registers.size() + "]");
      if (registers.put(read.name(), read) != null) {
        throw wrong("two registers " + read.name(), "registers");
      }
    }
    return new CodeTable(
        name, (int) number(node, "version", 1, ""), node.path("maker").asText(""), registers);
  }

  private static Register register(JsonNode node, String at) {
    Register.Kind kind =
        switch (text(node, "kind", at)) {
          case "bits" -> Register.Kind.BITS;
          case "values" -> Register.Kind.VALUES;
          default -> throw wrong("kind is bits or values", at);
        };
    long mask = node.has("mask") ? whole(node.get("mask"), at + ".mask") : -1;
    if (mask == 0) {
      throw wrong("the mask has no bit", at);
    }
    Map<Long, TableCode> codes = new LinkedHashMap<>();
    for (JsonNode good : node.path("good")) {
      long value = whole(good, at + ".good");
      codes.put(value, code(value, Register.GOOD, Register.GOOD, node));
    }
    String key = kind == Register.Kind.BITS ? "bit" : "value";
    for (JsonNode entry : list(node, "codes", at)) {
      String here = at + ".codes[" + codes.size() + "]";
      long value = number(entry, key, -1, here);
      if (!entry.has(key) || kind == Register.Kind.BITS && (value < 0 || value > 63)) {
        throw wrong("no " + key, here);
      }
      TableCode code = code(value, text(entry, "code", here), text(entry, "text", here), entry);
      if (codes.put(value, code) != null || codes.size() > MOST_CODES) {
        throw wrong("two codes for " + key + " " + value, here);
      }
    }
    return new Register(text(node, "name", at), node.path("system").asText(""), kind, mask, codes);
  }

  private static TableCode code(long value, String code, String text, JsonNode node) {
    Severity urgency = oneOf(Severity.values(), node.path("urgency").asText("minor"));
    List<String> causes = new ArrayList<>();
    node.path("causes").forEach(cause -> causes.add(cause.asText()));
    return new TableCode(
        value,
        code,
        text,
        node.path("zh").asText(""),
        urgency,
        node.has("lamp") ? oneOf(Fault.Lamp.values(), node.get("lamp").asText()) : lamp(urgency),
        causes,
        node.path("check").asText(""));
  }

  private static Fault.Lamp lamp(Severity urgency) {
    return switch (urgency) {
      case CRITICAL -> Fault.Lamp.RED_STOP;
      case MAJOR -> Fault.Lamp.AMBER;
      case MINOR, INFO -> Fault.Lamp.NONE;
    };
  }

  private static <E extends Enum<E>> E oneOf(E[] values, String word) {
    String plain = word.strip().toUpperCase(Locale.ROOT).replace(' ', '_').replace('-', '_');
    return Arrays.stream(values)
        .filter(value -> value.name().equals(plain))
        .findFirst()
        .orElseThrow(() -> wrong("none of " + Arrays.toString(values) + ": " + cut(word), ""));
  }

  private static JsonNode list(JsonNode node, String field, String at) {
    JsonNode list = node.get(field);
    if (list == null || !list.isArray()) {
      throw wrong("no list " + field, at);
    }
    return list;
  }

  private static String text(JsonNode node, String field, String at) {
    JsonNode value = node.get(field);
    if (value == null || !value.isTextual() || value.textValue().isBlank()) {
      throw wrong("no text " + field, at);
    }
    return cut(value.textValue().strip());
  }

  private static long number(JsonNode node, String field, long otherwise, String at) {
    return node.has(field) ? whole(node.get(field), at + "." + field) : otherwise;
  }

  /** A whole number, or one as text: 0x in front of hex. */
  private static long whole(JsonNode node, String at) {
    if (node.isIntegralNumber()) {
      return node.bigIntegerValue().longValue();
    }
    try {
      String text = node.asText().strip().toLowerCase(Locale.ROOT);
      return text.startsWith("0x")
          ? Long.parseUnsignedLong(text.substring(2), 16)
          : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw wrong("no whole number", at);
    }
  }

  private static String cut(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200);
  }

  private static InvalidInputException wrong(String what, String at) {
    return new InvalidInputException(
        ReasonCode.WRONG_SHAPE, at.isEmpty() ? what : at + ": " + what);
  }
}
