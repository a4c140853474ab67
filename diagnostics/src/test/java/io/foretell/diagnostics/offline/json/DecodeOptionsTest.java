package io.foretell.diagnostics.offline.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.diagnostics.j1939.SpnConversion;
import io.foretell.proto.InvalidInputException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecodeOptionsTest {
  private static final DecodeOptions EXPLAIN =
      new DecodeOptions(true, false, Optional.empty(), Map.of());
  private static final DecodeOptions ALL =
      new DecodeOptions(true, true, Optional.empty(), Map.of());

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "uds | {\"response\":\"5902FF0301142F\"} | ISO 14229-1 12.3",
        "uds | {\"response\":\"7F1978\"} | ISO 14229-1 8.4",
        "obd | {\"request\":\"010C\",\"lines\":[\"410C1AF8\"]} | SAE J1979 6.1",
        "dm | {\"payload\":\"40FF66000301FFFF\"} | SAE J1939-73 5.7.1",
        "doip | {\"data\":\"02fd000700000000\"} | ISO 13400-2, header",
        "j1939 | (1.0) can0 18FECA00#40FF66000301FFFF | SAE J1939-73 5.7.1",
        "nmea2000 | (1.0) can0 09F11201#FF507AFF7FFF7FFD | SAE J1939-21 5.2"
      })
  void answer_is_explained_by_bytes_rule_and_clause(String kind, String line, String clause) {
    JsonNode first = decode(Kind.of(kind), EXPLAIN, line).get(0).path("explain").path(0);

    assertThat(first.path("at").isInt()).isTrue();
    assertThat(first.path("bytes").asText()).isNotEmpty();
    assertThat(first.path("rule").asText()).isNotEmpty();
    assertThat(first.path("clause").asText()).isEqualTo(clause);
  }

  @Test
  void capture_is_explained_frame_by_frame() {
    JsonNode message =
        decode(Kind.ISOTP, EXPLAIN, "{\"frames\":[\"7E8#100A010203040506\",\"7E8#2107080910\"]}")
            .get(0)
            .get(0);

    assertThat(message.path("explain")).hasSize(2);
    assertThat(message.path("explain").get(1).path("rule").asText())
        .isEqualTo("consecutive frame 1");
  }

  @Test
  void without_options_answers_have_their_plain_shape() {
    assertThat(Vectors.decode(Kind.UDS, "{\"response\":\"7F1978\"}").toString())
        .isEqualTo(
            "{\"negative\":true,\"sid\":25,\"nrc\":120,"
                + "\"nrc_name\":\"RequestCorrectlyReceived_ResponsePending\"}");
  }

  @Test
  void other_diagnostic_messages_are_decoded_where_all_is_asked_for() {
    String log =
        "(1.0) can0 18FECE00#020514370700 0700\n"
            + "(1.1) can0 18EAFFF9#D3FE00\n"
            + "(1.2) can0 18EA00F9#00EE00";

    assertThat(decode(Kind.J1939, DecodeOptions.PLAIN, log)).isEmpty();
    List<JsonNode> all = decode(Kind.J1939, ALL, log);
    assertThat(all).hasSize(3);
    assertThat(all.get(0).path("message").path("dm").asText()).isEqualTo("DM5");
    assertThat(all.get(1).path("request").asText()).isEqualTo("DM11");
    assertThat(all.get(2).path("frames").asInt()).isEqualTo(3);
  }

  @Test
  void drops_of_a_log_are_counted_with_their_reason() {
    List<JsonNode> out = decode(Kind.J1939, EXPLAIN, "(1.0) can0 18EBFF00#0100000000000000\n");

    assertThat(out.get(0).path("drops").path("orphan").toString())
        .isEqualTo("{\"count\":1,\"reason\":\"TRUNCATED_FRAME\"}");
  }

  @Test
  void conversion_version_of_a_source_is_as_told() {
    DecodeOptions first =
        new DecodeOptions(false, false, Optional.empty(), Map.of(0, SpnConversion.VERSION_1));
    String log = "(1.0) can0 18FECA00#40FF000DC381FFFF";

    JsonNode code = decode(Kind.J1939, first, log).get(0).path("dm").path("dtcs").path(0);

    assertThat(code.path("spn").asInt()).isEqualTo(110);
  }

  @Test
  void maker_s_data_is_decoded_by_a_definition_file() throws IOException {
    Path file = folder.resolve("definition.json");
    Files.writeString(
        file,
        """
        {"dids": {"F40D": {"name": "speed", "length": 1,
                           "fields": [{"name": "v", "bits": 8, "unit": "km/h"}]}},
         "extended_data": {"01": {"name": "occurrences", "length": 1,
                                  "fields": [{"name": "n", "bits": 8}]}, "default": 2},
         "routines": {"0203": "self test"}}
        """);
    DecodeOptions options = new DecodeOptions(false, false, Optional.of(file), Map.of());
    List<JsonNode> out =
        decode(
            Kind.UDS,
            options,
            "{\"response\":\"62F40D50\"}\n"
                + "{\"response\":\"59040301142F0101F40D50\"}\n"
                + "{\"response\":\"59060301142F010702AABB\"}\n"
                + "{\"response\":\"71010203\"}");

    assertThat(out.get(0).path("parts").get(1).path("values").path("v").asInt()).isEqualTo(80);
    assertThat(out.get(1).at("/dtcs/0/snapshots/0/values/v").asInt()).isEqualTo(80);
    assertThat(out.get(2).at("/dtcs/0/extended_data/0/values/n").asInt()).isEqualTo(7);
    assertThat(out.get(2).at("/dtcs/0/extended_data/1/data").asText()).isEqualTo("aabb");
    assertThat(out.get(3).at("/parts/0/meaning").asText()).isEqualTo("self test");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{",
        "{\"dids\":{\"XYZ\":{}}}",
        "{\"dids\":{\"F190\":{\"length\":-1}}}",
        "{\"dids\":{\"F190\":{\"fields\":[{\"name\":\"x\"}]}}}",
        "{\"dids\":{\"F190\":{\"fields\":[{\"name\":\"x\",\"bits\":99}]}}}",
        "{\"dids\":{\"F190\":{\"fields\":[{\"name\":\"x\",\"bits\":8,\"states\":{\"a\":1}}]}}}"
      })
  void broken_definition_is_refused(String text) throws IOException {
    Path file = folder.resolve("definition.json");
    Files.writeString(file, text);
    DecodeOptions options = new DecodeOptions(false, false, Optional.of(file), Map.of());

    assertThatThrownBy(() -> new OfflineDecoder(Kind.UDS, Vectors.BOOK, options))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void status_history_is_told_where_all_is_asked_for() {
    List<JsonNode> out =
        decode(
            Kind.UDS,
            ALL,
            "{\"ecu\":\"a\",\"response\":\"5902FF03011427\"}\n"
                + "{\"ecu\":\"b\",\"response\":\"5902FF03011427\"}\n"
                + "{\"ecu\":\"a\",\"response\":\"5902FF030114AF\"}");

    assertThat(out.get(2).at("/changes/0/events").toString()).isEqualTo("[\"confirmed\",\"lamp\"]");
    assertThat(out.get(1).at("/changes/0/events/0").asText()).isEqualTo("new");
  }

  @Test
  void recorded_boats_decode_without_a_loss() throws IOException {
    Map<String, int[]> logs =
        Map.of("candumpSample1.txt.gz", new int[0], "sample3_PCAN-View.trc.gz", new int[0]);
    for (String log : logs.keySet()) {
      List<JsonNode> out =
          decode(Kind.NMEA2000, EXPLAIN, String.join("\n", Vectors.lines("nmea2000_logs/" + log)));

      assertThat(out).hasSizeGreaterThan(100);
      assertThat(out).noneMatch(node -> node.has("error"));
      assertThat(out).anyMatch(node -> node.path("transport").asText().equals("fast"));
    }
  }

  private static List<JsonNode> decode(Kind kind, DecodeOptions options, String lines) {
    List<String> out = new ArrayList<>();
    try {
      new OfflineDecoder(kind, Vectors.BOOK, options).decode(new StringReader(lines), out::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Vectors.json(out);
  }
}
