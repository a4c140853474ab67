package io.foretell.app.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of reason codes says what the code says. */
final class ErrorsPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("foretell.root", "..")).resolve("docs/errors.md");

  @Test
  void table_isThatOfTheCode() throws IOException {
    List<String> rows =
        Files.readAllLines(PAGE).stream().filter(line -> line.startsWith("| `")).toList();

    assertThat(rows)
        .as("rows of docs/errors.md; these are to be there:%n%s", String.join("\n", expected()))
        .isEqualTo(expected());
  }

  private static List<String> expected() {
    return Stream.of(ReasonCode.values())
        .map(r -> "| `" + r + "` | " + r.httpStatus() + " | " + r.meaning() + " |")
        .toList();
  }
}
