package io.foretell.diagnostics.offline.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class IsoTpLinesTest {
  @Test
  void captures_decode_to_expected_payloads_and_defects() {
    List<String> lines = Vectors.lines("isotp_vectors/isotp_sessions.jsonl.gz");
    List<JsonNode> expected =
        Vectors.json(lines).stream().map(node -> node.get("expected")).toList();

    List<JsonNode> decoded = Vectors.decode(Kind.ISOTP, lines);

    assertThat(decoded).hasSize(600).isEqualTo(expected);
  }
}
