package io.foretell.diagnostics.offline.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class J1939LinesTest {
  @ParameterizedTest
  @CsvSource({
    "nmfta_truck_2016, 684",
    "csu_conditioner_normal_2020, 793",
    "eti_j1939_840_2021, 21"
  })
  void recorded_bus_decodes_to_every_expected_message(String log, int messages) {
    List<JsonNode> expected =
        Vectors.json(Vectors.lines("j1939_logs/" + log + ".expected.jsonl.gz")).stream()
            .filter(node -> node.get("kind").asText().equals("msg"))
            .map(node -> (JsonNode) ((ObjectNode) node).without("kind"))
            .toList();

    List<JsonNode> decoded =
        Vectors.decode(Kind.J1939, Vectors.lines("j1939_logs/" + log + ".candump.log.gz"));

    assertThat(decoded).hasSize(messages).isEqualTo(expected);
  }

  @Test
  void dm_vectors_of_four_conversion_versions_decode_all() {
    List<String> lines = Vectors.lines("j1939_logs/dm_vectors_4_conversion_versions.jsonl.gz");
    List<JsonNode> expected =
        Vectors.json(lines).stream()
            .map(node -> (JsonNode) ((ObjectNode) node).without(List.of("version", "payload")))
            .toList();

    assertThat(Vectors.decode(Kind.DM, lines)).hasSize(2000).isEqualTo(expected);
  }

  @Test
  void corpus_of_real_frames_decodes_as_recorded() throws IOException {
    List<String> frames =
        Vectors.lines(getClass().getResourceAsStream("/corpus/j1939-truck.candump"));
    List<String> expected =
        Vectors.lines(getClass().getResourceAsStream("/corpus/j1939-truck.expected.jsonl"));

    assertThat(Vectors.decode(Kind.J1939, frames)).isEqualTo(Vectors.json(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(1477899735.000002) can0 18FECA00#40FF66000301FFFF",
        "(2016-10-31 07:42:15.000002)  can0  18FECA00   [8]  40 FF 66 00 03 01 FF FF",
        "(1477899735.000002) can0 18FECA00##140FF66000301FFFF",
        "(1477899735.000002) can0 18FECA00#40FF66000301FFFF_B",
        "(1477899735.000002) can0 18FECA00#40FF66000301FFFF R",
        "(1477899735.000002) can0 18FECA00#40FF66000301FFFF T",
        " (1477899735.000002)  can0  RX - -  18FECA00   [8]  40 FF 66 00 03 01 FF FF",
        " (1477899735.000002)  can0  TX B E  18FECA00  [08]  40 FF 66 00 03 01 FF FF",
        " (1477899735.000002)  can0  18FECA00   [8]  40 FF 66 00 03 01 FF FF   '@.f.....'"
      })
  void frame_in_any_candump_form_is_the_same_message(String line) {
    JsonNode message = Vectors.decode(Kind.J1939, line);

    assertThat(message.get("t").decimalValue()).isEqualTo("1477899735.000002");
    assertThat(message.get("dm").get("dtcs").toString())
        .isEqualTo("[{\"spn\":102,\"fmi\":3,\"oc\":1,\"cm\":0}]");
  }

  @Test
  void line_without_a_frame_is_no_error() {
    List<JsonNode> out =
        Vectors.decode(
            Kind.J1939,
            List.of(
                "# a comment",
                "; another",
                "(1.0) can0 20000004#0004000000000000",
                " (1.0)  can0  20000088   [8]  00 00 80 19 00 00 00 00   ERRORFRAME",
                "(1.0) can0 18FECA00#R8",
                "can0  18FECA00   [0]  remote request",
                "(1.0) can0 7DF#R",
                "(1.0) can0 18EBFF00#R"));

    assertThat(out).isEmpty();
  }

  @Test
  void bad_line_gets_a_reason_and_costs_no_other() {
    List<JsonNode> out =
        Vectors.decode(
            Kind.J1939,
            List.of("(1.0) can0 18FECA00#40FF6", "hello", "(1.0) can0 18FECA00#00FF00000000FFFF"));

    assertThat(out).hasSize(3);
    assertThat(out.get(0).get("error").asText()).isEqualTo("TRUNCATED_FRAME");
    assertThat(out.get(1).get("line").asInt()).isEqualTo(2);
    assertThat(out.get(2).get("dm").get("dtcs")).isEmpty();
  }
}
