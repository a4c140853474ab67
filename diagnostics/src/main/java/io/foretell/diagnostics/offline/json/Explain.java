package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.trace.Steps;
import io.foretell.diagnostics.trace.Trace;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The field {@code explain} of an answer: {@code [{"at","bytes","rule","clause"}]}. */
final class Explain {
  private final @Nullable Steps steps;

  /**
   * @param wanted whether there will be such a field at all
   */
  Explain(boolean wanted) {
    steps = wanted ? new Steps() : null;
  }

  /** What a decoder tells. */
  Trace trace() {
    return steps == null ? Trace.NONE : steps;
  }

  void put(ObjectNode node, byte[] data) {
    if (steps == null) {
      return;
    }
    ArrayNode list = node.putArray("explain");
    for (Steps.Step step : steps.steps()) {
      ObjectNode one = list.addObject();
      one.put("at", step.at());
      int end = Math.min(data.length, step.at() + step.length());
      one.put("bytes", HexFormat.of().formatHex(data, Math.min(step.at(), end), end));
      one.put("rule", step.rule());
      one.put("clause", step.clause());
    }
  }
}
