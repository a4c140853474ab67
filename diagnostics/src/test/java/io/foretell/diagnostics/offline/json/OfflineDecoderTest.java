package io.foretell.diagnostics.offline.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OfflineDecoderTest {
  @ParameterizedTest
  @ValueSource(strings = {"dm", "uds", "obd", "isotp"})
  void corpus_decodes_as_recorded(String kind) throws IOException {
    List<JsonNode> corpus =
        Vectors.json(Vectors.lines(getClass().getResourceAsStream("/corpus/" + kind + ".jsonl")));
    List<String> inputs = corpus.stream().map(node -> node.get("in").toString()).toList();
    List<JsonNode> outputs = corpus.stream().map(node -> node.get("out")).toList();

    assertThat(Vectors.decode(Kind.of(kind), inputs)).isNotEmpty().isEqualTo(outputs);
  }

  @Test
  void code_is_explained_in_both_languages() {
    JsonNode decoded = Vectors.decode(Kind.CODE, "SPN 102 FMI 3");

    assertThat(decoded.get("code").asText()).isEqualTo("SPN 102 FMI 3");
    assertThat(decoded.get("family").asText()).isEqualTo("j1939");
    assertThat(decoded.get("known").asBoolean()).isTrue();
    assertThat(decoded.get("system").asText()).isEqualTo("Engine");
    assertThat(decoded.get("failure_type").asText())
        .isEqualTo("voltage above normal or shorted high");
    assertThat(decoded.get("urgency").asText()).isEqualTo("major");
    assertThat(decoded.get("causes")).isNotEmpty();
    assertThat(decoded.get("zh").get("system").asText()).isEqualTo("发动机");
  }

  @Test
  void unknown_kind_is_refused_with_the_names_there_are() {
    assertThatThrownBy(() -> Kind.of("kwp"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("j1939, dm, uds, obd, isotp, doip, nmea2000, code, dbc, obdb")
        .extracting("reason")
        .isEqualTo(ReasonCode.NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "null",
        "{",
        "{\"response\":7}",
        "{\"frames\":{}}",
        "\u0000",
        "{\"a\":1}x"
      })
  void line_of_another_shape_gets_a_reason(String line) {
    for (Kind kind : List.of(Kind.DM, Kind.UDS, Kind.OBD, Kind.ISOTP)) {
      for (JsonNode answer : Vectors.decode(kind, List.of(line))) {
        assertThat(answer.has("error")).as("%s %s", kind, line).isTrue();
      }
    }
  }

  @Property
  void arbitrary_bytes_are_decoded_or_get_a_reason(@ForAll("payloads") byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes);
    String frame = "7E8#" + hex.substring(0, Math.min(hex.length(), 16));
    for (String line :
        List.of(
            "{\"response\":\"" + hex + "\"}",
            "{\"response\":\"59" + hex + "\",\"extended_data_size\":3}")) {
      assertThat(Vectors.decode(Kind.UDS, List.of(line))).hasSize(1);
    }
    for (String request : List.of("0101", "0105", "0113", "0124", "03", "0A", "0902", "0908")) {
      String line = "{\"request\":\"" + request + "\",\"lines\":[\"" + hex + "\"]}";
      assertThat(Vectors.decode(Kind.OBD, List.of(line))).hasSize(1);
    }
    assertThat(Vectors.decode(Kind.ISOTP, List.of("{\"frames\":[\"" + frame + "\",\"7E8#21\"]}")))
        .hasSize(1);
    assertThat(Vectors.decode(Kind.DM, List.of("{\"payload\":\"" + hex + "\"}"))).hasSize(1);
  }

  @Provide
  Arbitrary<byte[]> payloads() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(64);
  }

  @Property
  void arbitrary_text_is_decoded_or_gets_a_reason(@ForAll String text) {
    for (Kind kind : Kind.values()) {
      if (!kind.needsTable()) {
        Vectors.decode(kind, List.of(text, text));
      }
    }
  }
}
