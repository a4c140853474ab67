package io.foretell.diagnostics.offline.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.diagnostics.codes.CodeBook;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObdLinesTest {
  /**
   * Where the recorded answers differ from SAE J1979, by request, and how many vectors show it.
   *
   * <ul>
   *   <li>0101, 0141 (annex B, PID 01): bit 4 of C and D is a monitor of spark ignition; recorded
   *       without a name
   *   <li>0113, 011D (PID 13, 1D): bit 0 is bank 1 sensor 1; recorded from bit 7 down
   *   <li>011E (PID 1E): bit 0 is the power take-off; recorded from bit 7
   *   <li>0132 (PID 32): one two's complement word; recorded as two signed bytes
   *   <li>014F (PID 4F): four maxima; recorded as nothing
   *   <li>0154 (PID 54): two's complement; recorded as an offset of 32767
   *   <li>0902, 0904, 0906 (clause 6.9): no byte but padding zeros is dropped; recorded without
   *       blanks and some others at either end
   * </ul>
   */
  private static final Map<String, Integer> BY_THE_STANDARD =
      Map.ofEntries(
          Map.entry("0101", 6),
          Map.entry("0113", 6),
          Map.entry("011D", 6),
          Map.entry("011E", 3),
          Map.entry("0132", 5),
          Map.entry("0141", 6),
          Map.entry("014F", 6),
          Map.entry("0154", 6),
          Map.entry("0902", 2),
          Map.entry("0904", 4),
          Map.entry("0906", 3));

  @Test
  void vectors_decode_as_expected_but_where_the_standard_says_otherwise() {
    List<String> lines = Vectors.lines("obd2_vectors/python_obd_expected.jsonl.gz");
    List<JsonNode> decoded = Vectors.decode(Kind.OBD, lines);
    Map<String, Integer> deviations = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      JsonNode vector = Vectors.json(lines.get(i));
      JsonNode value = decoded.get(i).path("value");
      if (!same(vector.get("expected"), value)) {
        deviations.merge(vector.get("request").asText(), 1, Integer::sum);
        wrong.add(lines.get(i) + " -> " + decoded.get(i));
      }
    }

    assertThat(deviations).as(() -> String.join("\n", wrong)).isEqualTo(BY_THE_STANDARD);
  }

  private static boolean same(JsonNode expected, JsonNode value) {
    if (expected.isArray() && expected.size() > 0 && expected.get(0).isTextual()) {
      return sameCode(expected, value);
    }
    if (expected.isArray() && expected.size() > 0 && expected.get(0).path(0).isTextual()) {
      for (int i = 0; i < expected.size(); i++) {
        if (!sameCode(expected.get(i), value.path(i))) {
          return false;
        }
      }
      return expected.size() == value.size();
    }
    if (expected.path("value").isNumber()) {
      double a = expected.get("value").asDouble();
      double b = value.path("value").asDouble(Double.NaN);
      return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a))
          && expected.get("unit").equals(value.get("unit"));
    }
    return expected.equals(value);
  }

  /** The recorded texts are another table's; the recorded letters are in lower case. */
  private static boolean sameCode(JsonNode expected, JsonNode value) {
    return expected.get(0).asText().toUpperCase(Locale.ROOT).equals(value.path(0).asText());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "010C | 7E8 04 41 0C 1A F8",
        "010C | 7E804410C1AF8",
        "010C | 18 DA F1 10 04 41 0C 1A F8",
        "010C | 41 0C 1A F8",
        "01 0C | 48 6B 10 41 0C 1A F8 C7",
        "010C1 | 410C1AF8"
      })
  void engine_speed_in_any_dress_is_the_same(String request, String line) {
    JsonNode decoded =
        Vectors.decode(
            Kind.OBD,
            "{\"request\":\""
                + request
                + "\",\"lines\":[\"010C\",\"SEARCHING...\",\""
                + line
                + "\",\">\"]}");

    assertThat(decoded.toString())
        .isEqualTo("{\"value\":{\"value\":1726.0,\"unit\":\"revolutions_per_minute\"}}");
  }

  @Test
  void line_with_a_wrong_checksum_is_read_and_told() {
    String input = "{\"request\":\"010C\",\"lines\":[\"48 6B 10 41 0C 1A F8 %s\"]}";
    DecodeOptions all = new DecodeOptions(false, true, Optional.empty(), Map.of());
    List<String> said = new ArrayList<>();
    new ObdLines(new CodeBook(), all).line(input.formatted("22"), said::add);
    new ObdLines(new CodeBook(), all).line(input.formatted("23"), said::add);

    assertThat(said.get(0)).doesNotContain("doubt");
    assertThat(said.get(1)).contains("1726.0", "\"doubt\":\"10: the checksum is wrong\"");
  }
}
