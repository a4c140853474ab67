package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.doip.DoipFrame;
import io.foretell.diagnostics.doip.DoipMessage;
import io.foretell.diagnostics.doip.DoipReader;
import io.foretell.diagnostics.trace.Trace;
import io.foretell.diagnostics.uds.Definition;
import io.foretell.diagnostics.uds.UdsReader;
import io.foretell.proto.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * {@code {"data":hex}}, one or more messages, to a line a message; the UDS within a diagnostic
 * message is decoded too, in a field {@code uds}.
 */
final class DoipLines implements LineDecoder {
  private final UdsJson uds;
  private final Definition definition;
  private final boolean explain;

  DoipLines(CodeBook book, DecodeOptions options, JsonNode definition) {
    this.uds = new UdsJson(book, options.all(), true);
    this.definition = UdsDefinitionFile.read(definition);
    this.explain = options.explain();
  }

  @Override
  public void line(String line, Consumer<String> out) {
    byte[] data = Hex.bytes(Json.text(Json.read(line), "data"));
    int at = 0;
    do {
      Explain steps = new Explain(explain);
      byte[] rest = Arrays.copyOfRange(data, at, data.length);
      DoipFrame frame = DoipReader.read(rest, 0, steps.trace());
      ObjectNode node = Json.object();
      node.put("version", frame.version());
      put(node, frame.message());
      steps.put(node, rest);
      out.accept(Json.text(node));
      at += frame.length();
    } while (at < data.length);
  }

  private void put(ObjectNode node, DoipMessage message) {
    ObjectNode content = Json.tree((Record) message);
    content.put("type", message.type().name().toLowerCase(Locale.ROOT));
    node.setAll(content);
    if (message instanceof DoipMessage.Diagnostic diagnostic) {
      ObjectNode answer = node.putObject("uds");
      try {
        uds.put(answer, UdsReader.read(diagnostic.data(), definition, Trace.NONE), definition);
      } catch (InvalidInputException e) {
        answer.put("error", e.reason().name());
        answer.put("detail", e.detail());
      }
    }
  }
}
