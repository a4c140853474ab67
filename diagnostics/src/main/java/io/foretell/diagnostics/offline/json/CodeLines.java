package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.Explanation;
import io.foretell.diagnostics.codes.Language;
import io.foretell.diagnostics.codes.Notation;
import java.util.Locale;
import java.util.function.Consumer;

/** A code in any notation to what it means, in English and, under {@code zh}, in Chinese. */
final class CodeLines implements LineDecoder {
  private final CodeBook book;

  CodeLines(CodeBook book) {
    this.book = book;
  }

  @Override
  public void line(String line, Consumer<String> out) {
    String written = line.startsWith("{") ? Json.text(Json.read(line), "code") : line;
    Notation code = Notation.of(written);
    Explanation english = book.explain(code, Language.ENGLISH);
    ObjectNode node = Json.object();
    node.put("code", code.written());
    node.put("family", code.family());
    node.put("known", english.known());
    words(node, english);
    if (!english.makerTexts().isEmpty()) {
      ObjectNode makers = node.putObject("makers");
      english.makerTexts().forEach(makers::put);
    }
    node.put("urgency", english.severity().name().toLowerCase(Locale.ROOT));
    node.put("drive", english.drive().name().toLowerCase(Locale.ROOT));
    words(node.putObject("zh"), book.explain(code, Language.CHINESE));
    out.accept(Json.text(node));
  }

  private static void words(ObjectNode node, Explanation explanation) {
    node.put("text", explanation.text());
    node.put("system", explanation.system());
    if (!explanation.failureType().isEmpty()) {
      node.put("failure_type", explanation.failureType());
    }
    ArrayNode causes = node.putArray("causes");
    explanation.causes().forEach(causes::add);
    node.put("first_check", explanation.firstCheck());
  }
}
