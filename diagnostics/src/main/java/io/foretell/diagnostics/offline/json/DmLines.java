package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.j1939.Dm;
import io.foretell.diagnostics.j1939.DmKind;
import io.foretell.diagnostics.j1939.DmReader;
import io.foretell.diagnostics.j1939.SpnConversion;
import io.foretell.diagnostics.j1939.SpnConversions;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * {@code {"version":1-4,"payload":hex}} to lamps and codes. With {@code "dm":"DM20"} or {@code
 * "pgn"} any other diagnostic message. Without a version the likeliest one is taken, and named.
 */
final class DmLines implements LineDecoder {
  private final SpnConversions conversions;
  private final boolean explain;

  DmLines(CodeBook book, DecodeOptions options) {
    this.conversions = new SpnConversions(options.conversions(), book::knowsSpn);
    this.explain = options.explain();
  }

  @Override
  public void line(String line, Consumer<String> out) {
    JsonNode input = Json.read(line);
    byte[] payload = Hex.bytes(Json.text(input, "payload"));
    DmKind kind = kind(input);
    boolean given = input.has("version");
    SpnConversion conversion =
        given
            ? SpnConversion.of(Json.number(input, "version", 4))
            : conversions.of(kind, Json.number(input, "sa", -1), payload, payload.length);
    ObjectNode node = Json.object();
    Explain steps = new Explain(explain);
    Dm dm = DmReader.read(kind, payload, payload.length, conversion, steps.trace());
    if (dm instanceof Dm.Codes codes) {
      DmJson.put(node, codes.content(), false);
      if (!given) {
        node.put("conversion", conversion.version());
      }
    } else {
      node.setAll(DmJson.tree(dm));
    }
    steps.put(node, payload);
    out.accept(Json.text(node));
  }

  private static DmKind kind(JsonNode input) {
    if (input.has("dm")) {
      try {
        return DmKind.valueOf(Json.text(input, "dm").toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new InvalidInputException(ReasonCode.NOT_FOUND, "no such diagnostic message");
      }
    }
    DmKind kind = DmKind.ofPgn(Json.number(input, "pgn", DmKind.DM1.pgn()));
    if (kind == null) {
      throw new InvalidInputException(ReasonCode.NOT_FOUND, "the PGN is no diagnostic message");
    }
    return kind;
  }
}
