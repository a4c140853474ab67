package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.J2012;
import io.foretell.diagnostics.uds.Definition;
import io.foretell.diagnostics.uds.DtcReport;
import io.foretell.diagnostics.uds.StatusHistory;
import io.foretell.diagnostics.uds.UdsMessage;
import io.foretell.diagnostics.uds.UdsReader;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * {@code {"response":hex}} to the decoded answer; a {@code "request"} likewise. {@code
 * snapshot_did_sizes} (DID in hex to bytes) and {@code extended_data_size} say what the answer
 * itself does not; so does a definition. With {@code all}, codes have their texts, and the answers
 * of one {@code "ecu"} what changed since the one before.
 */
final class UdsLines implements LineDecoder {
  private static final int MOST_UNITS = 256;

  private final UdsJson json;
  private final Definition definition;
  private final boolean explain;
  private final boolean all;
  private final Map<String, StatusHistory> histories = new HashMap<>();

  UdsLines(CodeBook book, DecodeOptions options, JsonNode definition) {
    this.json = new UdsJson(book, options.all(), options.all() || options.definition().isPresent());
    this.definition = UdsDefinitionFile.read(definition);
    this.explain = options.explain();
    this.all = options.all();
  }

  @Override
  public void line(String line, Consumer<String> out) {
    JsonNode input = Json.read(line);
    byte[] bytes = Hex.bytes(Json.text(input, input.has("request") ? "request" : "response"));
    ObjectNode node = Json.object();
    Explain steps = new Explain(explain);
    Definition sizes = sizes(input);
    UdsMessage message = UdsReader.read(bytes, sizes, steps.trace());
    json.put(node, message, sizes);
    if (message instanceof UdsMessage.Negative negative && (explain || all)) {
      node.put("wait", negative.response().isWait());
    }
    if (all && message instanceof UdsMessage.Codes codes) {
      changes(node, input, codes.report());
    }
    steps.put(node, bytes);
    out.accept(Json.text(node));
  }

  private Definition sizes(JsonNode input) {
    if (!input.has("snapshot_did_sizes") && !input.has("extended_data_size")) {
      return definition;
    }
    Map<Integer, Definition.Item> dids = new HashMap<>();
    JsonNode given = input.path("snapshot_did_sizes");
    for (Map.Entry<String, JsonNode> entry : given.properties()) {
      int did = UdsDefinitionFile.hex(entry.getKey(), 0xFFFF);
      Definition.Item known = definition.dids().get(did);
      dids.put(
          did,
          new Definition.Item(
              known == null ? "" : known.name(),
              Json.size(given, entry.getKey()),
              known == null ? java.util.List.of() : known.fields()));
    }
    int extended = input.has("extended_data_size") ? Json.size(input, "extended_data_size") : 0;
    return definition.with(new Definition(dids, Map.of(), extended, Map.of()));
  }

  private void changes(ObjectNode node, JsonNode input, DtcReport report) {
    boolean statuses =
        switch (report.subFunction()) {
          case 0x02, 0x0A, 0x17 -> true;
          default -> false;
        };
    String unit = input.path("ecu").asText("");
    if (!statuses || !histories.containsKey(unit) && histories.size() == MOST_UNITS) {
      return;
    }
    StatusHistory history = histories.computeIfAbsent(unit, name -> new StatusHistory());
    var list = node.putArray("changes");
    for (StatusHistory.Change change : history.next(report, report.subFunction() == 0x0A)) {
      ObjectNode one = list.addObject();
      one.put("code", J2012.lettersWithType(change.dtc()));
      if (change.from() >= 0) {
        one.put("from", change.from());
      }
      if (change.to() >= 0) {
        one.put("to", change.to());
      }
      var events = one.putArray("events");
      change.events().forEach(event -> events.add(event.name().toLowerCase(Locale.ROOT)));
    }
  }
}
