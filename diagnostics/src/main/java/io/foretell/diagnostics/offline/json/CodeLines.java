package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.Explanation;
import io.foretell.diagnostics.codes.Language;
import io.foretell.diagnostics.codes.Notation;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A code in any notation to what it means: in one language, or in English with Chinese under {@code
 * zh}.
 */
final class CodeLines implements LineDecoder {
  private final CodeBook book;
  private final @Nullable Language only;

  /**
   * @param only the one language; null: both
   */
  CodeLines(CodeBook book, @Nullable Language only) {
    this.book = book;
    this.only = only;
  }

  @Override
  public void line(String line, Consumer<String> out) {
    String written = line.startsWith("{") ? Json.text(Json.read(line), "code") : line;
    Notation code = Notation.of(written);
    Language language = only == null ? Language.ENGLISH : only;
    Explanation explanation = book.explain(code, language);
    ObjectNode node = Json.object();
    node.put("code", code.written());
    node.put("family", code.family());
    node.put("known", explanation.known());
    words(node, explanation);
    if (!explanation.makerTexts().isEmpty()) {
      ObjectNode makers = node.putObject("makers");
      explanation.makerTexts().forEach(makers::put);
    }
    node.put("urgency", explanation.severity().name().toLowerCase(Locale.ROOT));
    node.put("drive", explanation.drive().name().toLowerCase(Locale.ROOT));
    if (only == null) {
      words(node.putObject("zh"), book.explain(code, Language.CHINESE));
    }
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
