package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.tables.CodeTable;
import io.foretell.diagnostics.tables.Register;
import io.foretell.proto.Fault;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * {@code {register: value, …}}, or the same under {@code registers}, to the faults that a maker's
 * table finds in them. Values are numbers or hex text with 0x.
 */
final class TableLines implements LineDecoder {
  private final CodeTable table;

  TableLines(CodeTable table) {
    this.table = table;
  }

  @Override
  public void line(String line, Consumer<String> out) {
    JsonNode input = Json.read(line);
    JsonNode registers = input.path("registers").isObject() ? input.get("registers") : input;
    List<Fault> faults = new ArrayList<>();
    boolean any = false;
    for (Map.Entry<String, JsonNode> field : registers.properties()) {
      Register register = table.registers().get(field.getKey());
      if (register != null) {
        faults.addAll(register.faults(value(field.getKey(), field.getValue())));
        any = true;
      }
    }
    if (!any) {
      throw new InvalidInputException(
          ReasonCode.NOT_FOUND, "no register of the table; it has " + table.registers().keySet());
    }
    ObjectNode node = Json.object();
    node.put("table", table.name());
    node.put("version", table.version());
    node.put("maker", table.maker());
    ArrayNode list = node.putArray("faults");
    FaultJson.put(list, faults);
    for (int i = 0; i < faults.size(); i++) {
      ObjectNode one = (ObjectNode) list.get(i);
      table
          .find(faults.get(i).code())
          .ifPresent(
              code -> {
                one.put("urgency", code.urgency().name().toLowerCase(Locale.ROOT));
                one.put("first_check", code.check());
                code.causes().forEach(one.withArray("causes")::add);
                if (!code.chinese().isEmpty()) {
                  one.put("zh", code.chinese());
                }
              });
    }
    out.accept(Json.text(node));
  }

  private static long value(String name, JsonNode value) {
    if (value.isIntegralNumber()) {
      return value.bigIntegerValue().longValue();
    }
    String text = value.asText().strip().toLowerCase(Locale.ROOT);
    try {
      return text.startsWith("0x")
          ? Long.parseUnsignedLong(text.substring(2), 16)
          : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no number in register " + name);
    }
  }
}
