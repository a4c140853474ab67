package io.foretell.diagnostics.offline.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObdbLinesTest {
  @Test
  void captured_answers_decode_to_the_expected_signals() throws IOException {
    List<String> lines = Vectors.lines("obdb/test_cases.jsonl.gz");
    OfflineDecoder decoder = new OfflineDecoder(Kind.OBDB, Vectors.path("obdb"));
    List<JsonNode> decoded = Vectors.decode(decoder, lines);
    int same = 0;
    for (int i = 0; i < lines.size(); i++) {
      JsonNode expected = Vectors.json(lines.get(i)).get("expected");
      same += same(expected, decoded.get(i).path("signals")) ? 1 : 0;
    }

    // 244 of the others name signals that none of the folder's sets has; the rest contradict the
    // sets as they stand there.
    assertThat(lines).hasSize(14_609);
    assertThat(same).isGreaterThanOrEqualTo(14_250);
  }

  @Test
  void signal_is_scaled_held_within_its_range_or_named(@TempDir Path folder) throws IOException {
    Path sets = Files.createDirectories(folder.resolve("SAEJ1979/signalsets/v3"));
    Files.writeString(
        sets.resolve("default.json"),
        """
        {"commands":[{"hdr":"7E0","rax":"7E8","cmd":{"01":"06"},"signals":[
          {"id":"TRIM","fmt":{"len":8,"max":99.2,"min":-100,"mul":100,"div":128,"add":-128}},
          {"id":"LOW","fmt":{"bix":8,"len":8,"max":5}},
          {"id":"GEAR","fmt":{"bix":16,"len":4,"map":{"3":{"value":"third"}}}},
          {"id":"BEYOND","fmt":{"bix":24,"len":8}}]}]}
        """);
    OfflineDecoder decoder = new OfflineDecoder(Kind.OBDB, folder);

    List<JsonNode> decoded =
        Vectors.decode(
            decoder,
            List.of(
                "{\"car\":\"Any-Car\",\"command_id\":\"7E0.0106\",\"response\":\"0106\\n7E8 05 41 06"
                    + " 81 FF 30\\n>\"}",
                "{\"car\":\"Any-Car\",\"command_id\":\"7E0.2211\",\"response\":\"\"}",
                "{\"car\":\"../etc\",\"command_id\":\"7E0.0106\",\"response\":\"\"}"));

    assertThat(decoded.get(0).toString())
        .isEqualTo("{\"signals\":{\"TRIM\":0.78125,\"LOW\":5.0,\"GEAR\":\"third\"}}");
    assertThat(decoded.get(1).get("error").asText()).isEqualTo("NOT_FOUND");
    assertThat(decoded.get(2).get("error").asText()).isEqualTo("INVALID_NAME");
  }

  private static boolean same(JsonNode expected, JsonNode signals) {
    for (var signal : expected.properties()) {
      JsonNode value = signals.path(signal.getKey());
      boolean equal =
          signal.getValue().isNumber() && value.isNumber()
              ? Math.abs(signal.getValue().asDouble() - value.asDouble())
                  <= 1e-4 * Math.max(1, Math.abs(value.asDouble()))
              : signal.getValue().asText().equals(value.asText());
      if (!equal) {
        return false;
      }
    }
    return true;
  }
}
