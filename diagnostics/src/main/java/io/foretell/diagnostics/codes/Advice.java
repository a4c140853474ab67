package io.foretell.diagnostics.codes;

import io.foretell.proto.Severity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of {@code advice.tsv}.
 *
 * @param severity null: this row leaves it to the next one
 * @param drive null: likewise
 */
record Advice(@Nullable Severity severity, @Nullable Drive drive, Words english, Words chinese) {
  /** Causes and first check in one language. */
  record Words(List<String> causes, String firstCheck) {}

  Words in(Language language) {
    return language == Language.CHINESE ? chinese : english;
  }

  static Advice of(String[] columns) {
    return new Advice(
        columns[1].equals("-") ? null : Severity.valueOf(columns[1]),
        columns[2].equals("-") ? null : Drive.valueOf(columns[2]),
        new Words(List.of(columns[3].split("\\|")), columns[4]),
        new Words(List.of(columns[5].split("\\|")), columns[6]));
  }
}
