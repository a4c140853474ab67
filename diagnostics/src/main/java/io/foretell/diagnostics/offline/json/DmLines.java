package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.j1939.DiagnosticMessage;
import io.foretell.diagnostics.j1939.SpnConversion;
import java.util.function.Consumer;

/** {@code {"version":1-4,"payload":hex}} to lamps and codes. */
final class DmLines implements LineDecoder {
  @Override
  public void line(String line, Consumer<String> out) {
    JsonNode input = Json.read(line);
    byte[] payload = Hex.bytes(Json.text(input, "payload"));
    SpnConversion conversion = SpnConversion.of(Json.number(input, "version", 4));
    ObjectNode node = Json.object();
    DmJson.put(node, DiagnosticMessage.read(payload, 0, payload.length, conversion), false);
    out.accept(Json.text(node));
  }
}
