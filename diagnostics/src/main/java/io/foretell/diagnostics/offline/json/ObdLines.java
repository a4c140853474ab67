package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.J2012;
import io.foretell.diagnostics.codes.Notation;
import io.foretell.diagnostics.obd.ElmAnswer;
import io.foretell.diagnostics.obd.ObdDecoder;
import io.foretell.diagnostics.obd.ObdRequest;
import io.foretell.diagnostics.obd.ObdValue;
import io.foretell.diagnostics.obd.Readiness;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** {@code {"request","lines":[…]}} to {@code {"value":…}}. */
final class ObdLines implements LineDecoder {
  private static final String VALUE = "value";

  private final CodeBook book;

  ObdLines(CodeBook book) {
    this.book = book;
  }

  @Override
  public void line(String line, Consumer<String> out) {
    JsonNode input = Json.read(line);
    ObdRequest request = ObdRequest.of(Json.text(input, "request"));
    List<String> printed = new ArrayList<>();
    Json.list(input, "lines").forEach(one -> printed.add(one.asText()));
    ObjectNode node = Json.object();
    put(node, ObdDecoder.decode(request, ElmAnswer.of(request, printed)));
    out.accept(Json.text(node));
  }

  private void put(ObjectNode node, ObdValue value) {
    if (value instanceof ObdValue.Quantity quantity) {
      ObjectNode one = node.putObject(VALUE);
      one.put(VALUE, quantity.value());
      one.put("unit", quantity.unit());
    } else if (value instanceof ObdValue.Supported supported) {
      node.put(VALUE, supported.bits());
    } else if (value instanceof ObdValue.Status status) {
      put(node.putObject(VALUE), status.readiness());
    } else if (value instanceof ObdValue.Codes codes) {
      ArrayNode list = node.putArray(VALUE);
      codes.codes().forEach(code -> code(list.addArray(), code));
    } else if (value instanceof ObdValue.FreezeCode freeze) {
      code(node.putArray(VALUE), freeze.code());
    } else if (value instanceof ObdValue.Identification identification) {
      node.put(VALUE, Hex.of(identification.bytes()));
    } else if (value instanceof ObdValue.Switch state) {
      node.put(VALUE, state.on());
    } else {
      lists(node, value);
    }
  }

  private static void lists(ObjectNode node, ObdValue value) {
    if (value instanceof ObdValue.Sensors sensors) {
      ArrayNode banks = node.putArray(VALUE);
      // Banks count from 1; the list keeps an empty place for 0.
      banks.addArray();
      for (List<Boolean> bank : sensors.banks()) {
        ArrayNode one = banks.addArray();
        bank.forEach(one::add);
      }
    } else if (value instanceof ObdValue.Words words && words.words().size() == 1) {
      node.put(VALUE, words.words().get(0));
    } else if (value instanceof ObdValue.Words words) {
      ArrayNode list = node.putArray(VALUE);
      words.words().forEach(list::add);
    } else if (value instanceof ObdValue.Several several) {
      ObjectNode one = node.putObject(VALUE);
      several.values().forEach(one::put);
    } else if (value instanceof ObdValue.Counters counters) {
      ArrayNode list = node.putArray(VALUE);
      counters.counters().forEach(list::add);
    } else {
      node.putNull(VALUE);
    }
  }

  private void code(ArrayNode node, int code) {
    String letters = J2012.letters(code);
    node.add(letters);
    node.add(book.title(Notation.of(letters)));
  }

  private static void put(ObjectNode node, Readiness readiness) {
    node.put("mil", readiness.mil());
    node.put("dtc_count", readiness.codes());
    node.put("ignition", readiness.compression() ? "compression" : "spark");
    for (String name : Readiness.allNames()) {
      node.putArray(name).add(false).add(false);
    }
    for (Readiness.Monitor monitor : readiness.monitors()) {
      node.putArray(monitor.name()).add(monitor.supported()).add(monitor.complete());
    }
  }
}
