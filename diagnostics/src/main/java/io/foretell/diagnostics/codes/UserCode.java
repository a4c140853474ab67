package io.foretell.diagnostics.codes;

import io.foretell.proto.Severity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user's own table says of a code. Empty texts and lists: it does not say.
 *
 * @param make whose code it is; empty: anyone's
 * @param severity null: as the rules say
 * @param drive null: as the rules say
 */
record UserCode(
    String make,
    Advice.Words english,
    Advice.Words chinese,
    String text,
    String chineseText,
    String system,
    @Nullable Severity severity,
    @Nullable Drive drive) {
  Advice.Words in(Language language) {
    boolean own = !chinese.firstCheck().isEmpty() || !chinese.causes().isEmpty();
    return language == Language.CHINESE && own ? chinese : english;
  }

  String text(Language language) {
    return language == Language.CHINESE && !chineseText.isEmpty() ? chineseText : text;
  }

  static List<String> list(String cell) {
    return cell.isBlank() ? List.of() : List.of(cell.strip().split("\\s*\\|\\s*"));
  }
}
