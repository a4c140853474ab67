package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.J2012;
import io.foretell.diagnostics.codes.Notation;
import io.foretell.diagnostics.obd.ElmAnswer;
import io.foretell.diagnostics.obd.MonitorStatus;
import io.foretell.diagnostics.obd.MonitorTest;
import io.foretell.diagnostics.obd.ObdAnswer;
import io.foretell.diagnostics.obd.ObdDecoder;
import io.foretell.diagnostics.obd.ObdRequest;
import io.foretell.diagnostics.obd.ObdSignal;
import io.foretell.diagnostics.obd.ObdValue;
import io.foretell.diagnostics.obd.UnitAnswer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** {@code {"request","lines":[…]}} to {@code {"value":…}}. */
final class ObdLines implements LineDecoder {
  private static final String VALUE = "value";

  private final CodeBook book;

  private final boolean explain;
  private final boolean all;

  ObdLines(CodeBook book, DecodeOptions options) {
    this.book = book;
    this.explain = options.explain();
    this.all = options.all();
  }

  @Override
  public void line(String line, Consumer<String> out) {
    JsonNode input = Json.read(line);
    ObdRequest request = ObdRequest.of(Json.text(input, "request"));
    List<String> printed = new ArrayList<>();
    Json.list(input, "lines").forEach(one -> printed.add(one.asText()));
    Explain steps = new Explain(explain);
    List<UnitAnswer> sent = ElmAnswer.of(request, printed);
    List<ObdAnswer> answers = ObdDecoder.decode(request, sent, steps.trace());
    ObjectNode node = Json.object();
    put(node, whole(answers));
    if (all) {
      more(node, answers.get(0));
      sent.stream()
          .filter(answer -> !answer.doubt().isEmpty())
          .forEach(answer -> node.put("doubt", answer.unit() + ": " + answer.doubt()));
    }
    if (!request.more().isEmpty()) {
      pids(node, answers);
    } else if (answers.size() > 1) {
      ArrayNode units = node.putArray("units");
      for (ObdAnswer answer : answers) {
        ObjectNode one = units.addObject();
        one.put("unit", answer.unit());
        put(one, answer.value());
        if (all) {
          more(one, answer);
        }
      }
    }
    steps.put(node, first(request, sent));
    out.accept(Json.text(node));
  }

  /** The values of a request of several PIDs, as the first unit has them. */
  private void pids(ObjectNode node, List<ObdAnswer> answers) {
    ObjectNode pids = node.putObject("pids");
    for (ObdAnswer answer : answers) {
      String pid = String.format(Locale.ROOT, "%02X", answer.pid());
      if (!pids.has(pid)) {
        ObjectNode one = pids.putObject(pid);
        put(one, answer.value());
        if (all) {
          more(one, answer);
        }
      }
    }
  }

  /** The bytes that are explained: those of the first answer that counts. */
  private static byte[] first(ObdRequest request, List<UnitAnswer> sent) {
    return sent.stream()
        .map(UnitAnswer::bytes)
        .filter(bytes -> bytes.length > 0 && (bytes[0] & 0xFF) == request.service() + 0x40)
        .findFirst()
        .orElseGet(() -> new byte[0]);
  }

  /** The codes of all units; of all else the first unit's value. */
  private static ObdValue whole(List<ObdAnswer> answers) {
    if (!(answers.get(0).value() instanceof ObdValue.Codes)) {
      return answers.get(0).value();
    }
    List<Integer> codes = new ArrayList<>();
    for (ObdAnswer answer : answers) {
      if (answer.value() instanceof ObdValue.Codes some) {
        codes.addAll(some.codes());
      }
    }
    return new ObdValue.Codes(codes);
  }

  private static void more(ObjectNode node, ObdAnswer answer) {
    if (!answer.signals().isEmpty()) {
      signals(node.putObject("signals"), answer.signals(), true);
    }
    if (answer.value() instanceof ObdValue.Identification identification) {
      byte[] bytes = identification.bytes();
      boolean printable = bytes.length > 0;
      for (byte b : bytes) {
        printable &= b >= ' ' && b < 0x7F || b == 0;
      }
      if (printable) {
        node.put("text", new String(bytes, StandardCharsets.US_ASCII).replace('\0', ' ').strip());
      }
    }
  }

  private static void signals(ObjectNode node, List<ObdSignal> signals, boolean withUnit) {
    for (ObdSignal signal : signals) {
      if (signal.unit().equals(ObdSignal.FLAG)) {
        node.put(signal.id(), signal.number() != 0);
      } else if (Double.isNaN(signal.number())) {
        node.put(signal.id(), signal.text());
      } else if (withUnit) {
        node.putObject(signal.id()).put(VALUE, signal.number()).put("unit", signal.unit());
      } else {
        node.put(signal.id(), signal.number());
      }
    }
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
      ObjectNode one = node.putObject(VALUE);
      counters.counters().forEach(one::put);
    } else if (value instanceof ObdValue.Signals signals) {
      signals(node.putObject(VALUE), signals.signals(), false);
    } else if (value instanceof ObdValue.Tests tests) {
      ArrayNode list = node.putArray(VALUE);
      tests.tests().forEach(test -> test(list.addObject(), test));
    } else {
      node.putNull(VALUE);
    }
  }

  private static void test(ObjectNode node, MonitorTest test) {
    node.put("monitor", test.monitor());
    node.put("monitor_name", test.monitorName());
    node.put("test", test.test());
    node.put("test_name", test.testName());
    node.put(VALUE, test.value());
    if (!Double.isNaN(test.minimum())) {
      node.put("minimum", test.minimum());
    }
    if (!Double.isNaN(test.maximum())) {
      node.put("maximum", test.maximum());
    }
    node.put("unit", test.unit());
    node.put("passed", test.passed());
  }

  private void code(ArrayNode node, int code) {
    String letters = J2012.letters(code);
    node.add(letters);
    node.add(book.title(Notation.of(letters)));
  }

  private static void put(ObjectNode node, MonitorStatus readiness) {
    node.put("mil", readiness.mil());
    node.put("dtc_count", readiness.codes());
    node.put("ignition", readiness.compression() ? "compression" : "spark");
    for (String name : MonitorStatus.allNames()) {
      node.putArray(name).add(false).add(false);
    }
    for (MonitorStatus.Line monitor : readiness.monitors()) {
      node.putArray(monitor.name()).add(monitor.supported()).add(monitor.complete());
    }
  }
}
