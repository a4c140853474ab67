package io.foretell.diagnostics.offline.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.diagnostics.codes.Language;
import io.foretell.proto.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusLinesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ne107 | {\"status\":\"C,M\",\"system\":\"ft-1\"} | C | ne107:ft-1:C ne107:ft-1:M",
        "ne107 | {\"status\":8} | F | ne107:F",
        "ne107 | {\"status\":\"good\"} | | ",
        "hart | {\"status\":\"0088\"} | F | hart:D7 hart:D3",
        "hart | {\"status\":\"000001\"} | M | hart:X0",
        "hart | {\"status\":\"C000\"} | F | hart:E6",
        "profibus | {\"status\":\"0x80\"} | | ",
        "profibus | {\"status\":\"0C\"} | F | profibus:Q0C",
        "profibus | {\"status\":\"A4\",\"condensed\":true} | M | profibus:CA4",
        "profibus | {\"status\":121,\"condensed\":true} | S | profibus:C78/1",
        "iolink | {\"event\":\"F45110\"} | F | iolink:0x5110/4",
        "iolink | {\"qualifier\":\"E4\",\"code\":\"0x8C40\"} | M | iolink:0x8C40/4",
        "iolink | {\"qualifier\":\"BC\",\"code\":\"1800\"} | | iolink:M0x1800/4",
        "opcua | {\"status\":\"0x808C0000\"} | F | opcua:0x808C0000",
        "opcua | {\"status\":1083244544} | C | opcua:0x40910000",
        "emcy | {\"id\":133,\"data\":\"3081110000000000\"} | F | canopen:node:5:0x8130/17",
        "emcy | {\"id\":133,\"data\":\"0000000000000000\"} | | ",
        "modbus | {\"response\":\"8302\"} | F | modbus:2/3",
        "modbus | {\"response\":\"8305\"} | | ",
        "cip | {\"response\":\"CC000500\"} | F | cip:0x05/76"
      })
  void status_becomes_faults_in_normal_form(
      String kind, String input, String signal, String identities) {
    JsonNode answer = Vectors.decode(Kind.of(kind), input);

    assertThat(answer.path("ne107").asText()).isEqualTo(signal == null ? "" : signal);
    assertThat(answer.path("faults").findValuesAsText("identity"))
        .containsExactlyElementsOf(
            identities == null ? List.of() : List.of(identities.strip().split(" ")));
    assertThat(answer.path("explain"))
        .allSatisfy(step -> assertThat(step.get("clause")).isNotNull());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ne107 | {\"status\":\"?\"} | UNKNOWN_CODE_FORM",
        "hart | {\"status\":\"\"} | WRONG_SHAPE",
        "hart | {\"status\":\"zz\"} | WRONG_SHAPE",
        "profibus | {\"status\":\"q\"} | WRONG_SHAPE",
        "iolink | {\"event\":\"F451\"} | WRONG_SHAPE",
        "opcua | {\"status\":4294967296} | WRONG_SHAPE",
        "emcy | {\"id\":128,\"data\":\"3081110000000000\"} | WRONG_SHAPE",
        "emcy | {\"id\":129,\"data\":\"30\"} | TRUNCATED_FRAME",
        "modbus | {\"response\":\"0302\"} | WRONG_SHAPE",
        "cip | {\"response\":\"CC0001020304\"} | TRUNCATED_FRAME",
        "cip | [] | WRONG_SHAPE"
      })
  void what_is_no_status_gets_a_reason(String kind, String input, String reason) {
    assertThat(Vectors.decode(Kind.of(kind), input).path("error").asText()).isEqualTo(reason);
  }

  @Test
  void registers_become_codes_by_a_table(@TempDir Path folder) throws IOException {
    Path table =
        Files.writeString(
            folder.resolve("t.table.json"),
            """
            {"table": "acme", "version": 2, "maker": "Acme", "registers": [
              {"name": "alarm", "kind": "bits", "codes": [
                {"bit": 4, "code": "A5", "text": "Cell", "zh": "电芯", "urgency": "major"}]}]}
            """);
    List<JsonNode> answers =
        Vectors.decode(
            new OfflineDecoder(Kind.TABLE, table),
            List.of("{\"alarm\":\"0x30\"}", "{\"registers\":{\"alarm\":0}}", "{\"x\":1}"));

    assertThat(answers.get(0).path("faults").findValuesAsText("code"))
        .containsExactly("A5", "alarm.5");
    assertThat(answers.get(0).path("faults").get(0).path("urgency").asText()).isEqualTo("major");
    assertThat(answers.get(1).path("faults")).isEmpty();
    assertThat(answers.get(2).path("error").asText()).isEqualTo("NOT_FOUND");
  }

  @Test
  void candump_becomes_named_signals_by_a_manifest(@TempDir Path folder) throws IOException {
    Path manifest =
        Files.writeString(
            folder.resolve("m.manifest.json"),
            "{\"manifest\":\"m\",\"version\":1,\"models\":[\"m\"],\"buses\":{\"*\":{\"protocol\":\"j1939\"}}}");
    List<JsonNode> answers =
        Vectors.decode(
            new OfflineDecoder(Kind.SIGNALS, manifest),
            List.of(
                "(1589326646.631333) can1 18FEEE00#7DFFFFFFFFFFFFFF",
                "(1589326646.700000) can1 123#00",
                "nothing"));

    assertThat(answers.get(0).path("t").asDouble()).isEqualTo(1589326646.631333);
    assertThat(answers.get(0).path("ch").asText()).isEqualTo("can1");
    assertThat(answers.get(0).path("signals").toString())
        .isEqualTo("{\"Vehicle.Powertrain.CombustionEngine.ECT\":85.0}");
    assertThat(answers.get(1).path("error").asText()).isEqualTo("WRONG_SHAPE");
    assertThat(answers).hasSize(2);
  }

  @Test
  void code_is_explained_in_one_language() {
    OfflineDecoder decoder = OfflineDecoder.ofCodes(Vectors.BOOK, Language.of("zh-CN"));

    JsonNode answer = Vectors.decode(decoder, List.of("p0301")).get(0);

    assertThat(answer.path("text").asText()).isEqualTo("第 1 缸检测到失火");
    assertThat(answer.has("zh")).isFalse();
    assertThatThrownBy(() -> Language.of("fr")).isInstanceOf(InvalidInputException.class);
  }
}
