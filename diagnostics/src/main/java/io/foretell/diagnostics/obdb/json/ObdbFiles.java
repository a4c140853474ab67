package io.foretell.diagnostics.obdb.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foretell.diagnostics.obdb.ObdbCommand;
import io.foretell.diagnostics.obdb.ObdbSignal;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A signal set of OBDb (version 3): {@code {"commands":[{"hdr","rax","eax","cmd":{service: what},
 * "filter":{"from","to"},"signals":[{"id","fmt"}]}]}}; a signal's {@code fmt} has {@code bix} first
 * bit, {@code len} bits, {@code blsb} lowest byte first, {@code sign}, {@code mul}, {@code div},
 * {@code add}, {@code min}, {@code max}, {@code nullmin}, {@code nullmax}, {@code map}.
 */
public final class ObdbFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern CODE = Pattern.compile("(?:[0-9A-Fa-f]{2}){1,8}");
  private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f]{2,8}");

  private ObdbFiles() {}

  /**
   * The commands of a file, in its order.
   *
   * @throws InvalidInputException MALFORMED_JSON with line and column, or WRONG_SHAPE
   */
  public static List<ObdbCommand> read(Path file) throws IOException {
    JsonNode set;
    try {
      set = JSON.readTree(Files.readString(file));
    } catch (CharacterCodingException e) {
      throw wrong("not UTF-8");
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
    if (set == null || !set.path("commands").isArray()) {
      throw wrong("a signal set has a list of commands");
    }
    List<ObdbCommand> commands = new ArrayList<>();
    for (JsonNode command : set.get("commands")) {
      commands.add(command(command, "commands[" + commands.size() + "]"));
    }
    return commands;
  }

  private static ObdbCommand command(JsonNode node, String at) {
    StringBuilder code = new StringBuilder();
    for (Map.Entry<String, JsonNode> part : node.path("cmd").properties()) {
      code.append(part.getKey()).append(part.getValue().asText());
    }
    if (!CODE.matcher(code).matches()) {
      throw wrong(at + ".cmd: no service and bytes in hex");
    }
    List<ObdbSignal> signals = new ArrayList<>();
    for (JsonNode signal : node.path("signals")) {
      String id = signal.path("id").asText();
      if (id.isBlank()) {
        throw wrong(at + ".signals[" + signals.size() + "]: no id");
      }
      signals.add(signal(id, signal.path("fmt")));
    }
    return new ObdbCommand(
        address(node, "hdr", at),
        node.has("rax") ? address(node, "rax", at) : "",
        node.has("eax") ? address(node, "eax", at) : "",
        code.toString(),
        node.path("filter").path("from").asInt(0),
        node.path("filter").path("to").asInt(ObdbCommand.LAST_YEAR),
        signals);
  }

  private static String address(JsonNode node, String field, String at) {
    String text = node.path(field).asText();
    if (!ADDRESS.matcher(text).matches()) {
      throw wrong(at + "." + field + ": no address in hex");
    }
    return text;
  }

  private static ObdbSignal signal(String id, JsonNode fmt) {
    Map<Long, String> states = new HashMap<>();
    for (Map.Entry<String, JsonNode> state : fmt.path("map").properties()) {
      JsonNode value = state.getValue().get("value");
      if (value != null && state.getKey().matches("-?\\d{1,18}")) {
        states.put(Long.valueOf(state.getKey()), value.asText());
      }
    }
    return new ObdbSignal(
        id,
        fmt.path("bix").asInt(0),
        fmt.path("len").asInt(0),
        fmt.path("blsb").asBoolean(false),
        fmt.path("sign").asBoolean(false),
        new ObdbSignal.Scaling(
            fmt.path("mul").asDouble(1),
            fmt.path("div").asDouble(1),
            fmt.path("add").asDouble(0),
            fmt.path("min").asDouble(0),
            fmt.path("max").asDouble(Double.MAX_VALUE),
            fmt.path("nullmin").asDouble(Double.NEGATIVE_INFINITY),
            fmt.path("nullmax").asDouble(Double.POSITIVE_INFINITY)),
        states,
        fmt.has("map"));
  }

  private static InvalidInputException wrong(String what) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, what);
  }
}
