package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.industrial.CanOpenEmergency;
import io.foretell.diagnostics.industrial.Cip;
import io.foretell.diagnostics.industrial.DeviceStatus;
import io.foretell.diagnostics.industrial.Hart;
import io.foretell.diagnostics.industrial.IoLink;
import io.foretell.diagnostics.industrial.Modbus;
import io.foretell.diagnostics.industrial.Ne107;
import io.foretell.diagnostics.industrial.Ne107Status;
import io.foretell.diagnostics.industrial.OpcUaStatus;
import io.foretell.diagnostics.industrial.ProfibusPa;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The status of an instrument, drive or controller to faults in normal form: {@code
 * {"family","ne107","faults":[{"code","system","sub_type","status","lamp","text","identity"}],
 * "fields":{…},"explain":[{"at","bytes","rule","clause"}]}}. The field {@code system} of the input
 * names the device.
 */
final class StatusLines implements LineDecoder {
  private final Function<JsonNode, DeviceStatus> decoder;

  private StatusLines(Function<JsonNode, DeviceStatus> decoder) {
    this.decoder = decoder;
  }

  /** The decoder of a kind of status. */
  static StatusLines of(Kind kind) {
    return new StatusLines(
        switch (kind) {
          case NE107 -> StatusLines::ne107;
          case HART -> in -> Hart.read(bytes(in, "status"), system(in));
          case PROFIBUS -> StatusLines::profibus;
          case IOLINK -> StatusLines::ioLink;
          case OPCUA -> in -> OpcUaStatus.read((int) number(in, "status"), system(in));
          case EMCY -> in -> CanOpenEmergency.read((int) number(in, "id"), bytes(in, "data"));
          case MODBUS -> in -> Modbus.read(bytes(in, "response"), system(in));
          case CIP -> in -> Cip.read(bytes(in, "response"), system(in));
          default -> throw new IllegalArgumentException(kind.word());
        });
  }

  @Override
  public void line(String line, Consumer<String> out) {
    JsonNode input = Json.read(line);
    DeviceStatus status = decoder.apply(input);
    ObjectNode node = Json.object();
    node.put("family", status.family());
    node.put("ne107", status.signal().letter());
    FaultJson.put(node.putArray("faults"), status.faults());
    ObjectNode fields = node.putObject("fields");
    status.fields().forEach(fields::put);
    explain(node.putArray("explain"), status.steps());
    out.accept(Json.text(node));
  }

  private static void explain(ArrayNode list, List<DeviceStatus.Step> steps) {
    for (DeviceStatus.Step step : steps) {
      ObjectNode one = list.addObject();
      one.put("at", step.at());
      one.put("length", step.length());
      one.put("rule", step.rule());
      one.put("clause", step.clause());
    }
  }

  /** {@code {"status":"F"}}, several in one text, or a mask. */
  private static DeviceStatus ne107(JsonNode input) {
    JsonNode status = input.path("status");
    if (status.isIntegralNumber()) {
      return Ne107Status.ofMask(status.intValue(), system(input));
    }
    List<Ne107> signals = new ArrayList<>();
    for (String word : Json.text(input, "status").split("[,;|+]")) {
      signals.add(Ne107.of(word));
    }
    return Ne107Status.of(signals, system(input));
  }

  private static DeviceStatus profibus(JsonNode input) {
    int status = (int) number(input, "status") & 0xFF;
    return input.path("condensed").asBoolean(false)
        ? ProfibusPa.condensed(status, system(input))
        : ProfibusPa.classic(status, system(input));
  }

  /** {@code {"event":hex of 3 bytes}} or {@code {"qualifier","code"}}. */
  private static DeviceStatus ioLink(JsonNode input) {
    if (input.has("event")) {
      byte[] event = bytes(input, "event");
      if (event.length != 3) {
        throw new InvalidInputException(
            ReasonCode.WRONG_SHAPE, "an event has 3 bytes, not " + event.length);
      }
      int code = (event[1] & 0xFF) << 8 | event[2] & 0xFF;
      return IoLink.read(event[0] & 0xFF, code, system(input));
    }
    return IoLink.read(
        (int) number(input, "qualifier"), (int) number(input, "code"), system(input));
  }

  private static String system(JsonNode input) {
    return Json.cut(input.path("system").asText(""));
  }

  private static byte[] bytes(JsonNode input, String field) {
    return Hex.bytes(Json.text(input, field));
  }

  /** A whole number of at most 32 bits, or one as text; hex with 0x or two digits a byte. */
  private static long number(JsonNode input, String field) {
    JsonNode value = input.path(field);
    if (value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >>> 32 == 0) {
      return value.longValue();
    }
    String text = Json.text(input, field).strip().toLowerCase(Locale.ROOT);
    try {
      long number = Long.parseLong(text.startsWith("0x") ? text.substring(2) : text, 16);
      if (number >>> 32 == 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The same answer as for a number that is too large.
    }
    throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no number in field " + field);
  }
}
