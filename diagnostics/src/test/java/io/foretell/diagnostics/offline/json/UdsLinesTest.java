package io.foretell.diagnostics.offline.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UdsLinesTest {
  @Test
  void answers_decode_as_expected() {
    List<String> lines = Vectors.lines("uds_vectors/udsoncan_0x19_expected.jsonl.gz");
    List<JsonNode> expected =
        Vectors.json(lines).stream().map(node -> node.get("expected")).toList();

    List<JsonNode> decoded = Vectors.decode(Kind.UDS, lines);

    assertThat(decoded).hasSize(3822).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "590fffd0e1b42f, 1, U10E1-B4",
    "5911ff010003, 3, ",
    "5903d0e1b401, 1, U10E1-B4",
    "5916010301142f, 1, P0301-14",
    "591aff03030114080000000000, 1, P0301-14",
    "591aff03, 0, ",
    "591aff, 0, ",
    "5955330f04030114080000, 1, P0301-14",
    "5956330f0401030114080000, 1, P0301-14",
    "59181003011408, 1, P0301-14"
  })
  void sub_functions_of_other_editions_are_read(String answer, int count, String code) {
    JsonNode decoded = Vectors.decode(Kind.UDS, "{\"response\":\"" + answer + "\"}");

    assertThat(decoded.get("count").asInt()).isEqualTo(count);
    assertThat(decoded.path("dtcs").path(0).path("code").asText(null)).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({
    "59, WRONG_SHAPE", "5902, TRUNCATED_FRAME", "5902ff0301, TRUNCATED_FRAME",
    "59fe, WRONG_SHAPE", "7f19, TRUNCATED_FRAME", "5902f, WRONG_SHAPE"
  })
  void broken_answer_gets_a_reason(String answer, String reason) {
    JsonNode decoded = Vectors.decode(Kind.UDS, "{\"response\":\"" + answer + "\"}");

    assertThat(decoded.get("error").asText()).isEqualTo(reason);
  }
}
