package io.foretell.diagnostics.offline.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObdbLinesTest {
  /** Signals that the captures name and none of the folder's sets defines. */
  private static final Set<String> UNDEFINED =
      Set.of(
          "KIA_BATTERY_SOC",
          "KIA_BATTERY_V",
          "KIA_BATTERY_V_AFTER_IGNITION",
          "KIA_FL_WHEEL_VSS",
          "KIA_FR_WHEEL_VSS",
          "KIA_RL_WHEEL_VSS",
          "KIA_RR_WHEEL_VSS");

  @Test
  void captured_answers_decode_to_the_expected_signals() throws IOException {
    List<String> lines = Vectors.lines("obdb/test_cases.jsonl.gz");
    OfflineDecoder decoder = new OfflineDecoder(Kind.OBDB, Vectors.path("obdb"));
    List<JsonNode> decoded = Vectors.decode(decoder, lines);
    int defined = 0;
    int values = 0;
    int answers = 0;
    Map<String, Integer> different = new TreeMap<>();
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line = Vectors.json(lines.get(i));
      JsonNode signals = decoded.get(i).path("signals");
      boolean all = true;
      for (var expected : line.get("expected").properties()) {
        if (same(expected.getValue(), signals.path(expected.getKey()))) {
          values++;
        } else {
          all = false;
          different.merge(
              line.get("command_id").asText() + " " + expected.getKey(), 1, Integer::sum);
        }
        defined += UNDEFINED.contains(expected.getKey()) ? 0 : 1;
      }
      answers += all ? 1 : 0;
    }

    // Each of the others is explained in docs/decoders-signals.md.
    assertThat(defined).isEqualTo(37_420 - 904);
    assertThat(values).isEqualTo(36_483);
    assertThat(lines).hasSize(14_609);
    assertThat(answers).isEqualTo(14_290);
    different.keySet().removeIf(key -> UNDEFINED.contains(key.substring(key.indexOf(' ') + 1)));
    assertThat(different)
        .isEqualTo(
            Map.of(
                "7E0.0114 SHRTFT11", 2,
                "7E0.0115 SHRTFT11", 22,
                "7E0.0119 SHRTFT22", 7,
                "7B3.7BB.220101 KIA_HVAC_IAT_PASSENGER_LEGS_VENT", 1,
                "7B3.7BB.220101 KIA_HVAC_IAT_PASSENGER_VENT", 1));
  }

  @Test
  void unit_year_and_extension_choose_the_command(@TempDir Path folder) throws IOException {
    Files.createDirectories(folder.resolve("SAEJ1979/signalsets/v3"));
    Path sets = Files.createDirectories(folder.resolve("Any-Car/signalsets/v3"));
    Files.writeString(
        sets.resolve("default.json"),
        """
        {"commands":[
          {"hdr":"7E0","rax":"7E8","cmd":{"22":"1000"},"filter":{"to":2015},"signals":[
            {"id":"OLD","fmt":{"len":8,"max":255}}]},
          {"hdr":"7E0","rax":"7E8","cmd":{"22":"1000"},"filter":{"from":2016},"signals":[
            {"id":"NEW","fmt":{"len":8,"max":0}}]},
          {"hdr":"DA10","rax":"10","cmd":{"22":"1000"},"signals":[
            {"id":"LONG","fmt":{"len":8,"max":255}}]},
          {"hdr":"6F1","rax":"607","eax":"07","cmd":{"22":"1000"},"signals":[
            {"id":"EXTENDED","fmt":{"len":8,"max":255}}]}]}
        """);
    Files.writeString(
        sets.resolve("2020-2021.json"),
        """
        {"commands":[{"hdr":"7E0","rax":"7E8","cmd":{"22":"2000"},"signals":[
          {"id":"LATE","fmt":{"len":8,"max":255}}]}]}
        """);
    OfflineDecoder decoder = new OfflineDecoder(Kind.OBDB, folder);

    List<JsonNode> decoded =
        Vectors.decode(
            decoder,
            List.of(
                capture("2014", "7E0.7E8.221000", "7E804621000 21"),
                capture("2018", "7E0.7E8.221000|f=2016-", "7E80462100021"),
                capture("2018", "DA10.10.221000", "18DAF11004621000 21"),
                capture("2018", "6F1.607.221000|e=07", "607F10462100021"),
                capture("2020", "7E0.7E8.222000", "7E80462200021\n7E90462200022"),
                capture("2020", "7E0.222000", "7E80462200021\n7E90462200022")));

    assertThat(decoded.stream().map(JsonNode::toString))
        .containsExactly(
            "{\"signals\":{\"OLD\":33.0}}",
            "{\"signals\":{\"NEW\":33.0}}",
            "{\"signals\":{\"LONG\":33.0}}",
            "{\"signals\":{\"EXTENDED\":33.0}}",
            "{\"signals\":{\"LATE\":33.0}}",
            "{\"signals\":{\"LATE\":34.0}}");
  }

  private static String capture(String year, String command, String response) {
    return Vectors.JSON
        .createObjectNode()
        .put("car", "Any-Car")
        .put("year", year)
        .put("command_id", command)
        .put("response", response)
        .toString();
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

  private static boolean same(JsonNode expected, JsonNode value) {
    return expected.isNumber() && value.isNumber()
        ? Math.abs(expected.asDouble() - value.asDouble())
            <= 1e-4 * Math.max(1, Math.abs(expected.asDouble()))
        : expected.asText().equals(value.asText());
  }
}
