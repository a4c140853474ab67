package io.foretell.diagnostics.offline.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.diagnostics.dbc.DbcFile;
import io.foretell.diagnostics.dbc.DbcParser;
import io.foretell.proto.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DbcLinesTest {
  @Test
  void frames_of_real_files_decode_as_expected() throws IOException {
    Map<String, List<String>> byFile = new LinkedHashMap<>();
    for (String line : Vectors.lines("can_dbc/expected_cantools.jsonl.gz")) {
      byFile
          .computeIfAbsent(Vectors.json(line).get("dbc").asText(), file -> new ArrayList<>())
          .add(line);
    }
    int same = 0;
    List<String> different = new ArrayList<>();
    for (Map.Entry<String, List<String>> file : byFile.entrySet()) {
      OfflineDecoder decoder = new OfflineDecoder(Kind.DBC, path(file.getKey()));
      List<JsonNode> decoded = Vectors.decode(decoder, file.getValue());
      for (int i = 0; i < decoded.size(); i++) {
        JsonNode expected = Vectors.json(file.getValue().get(i));
        assertThat(decoded.get(i).get("name")).isEqualTo(expected.get("name"));
        if (decoded.get(i).get("signals").equals(expected.get("signals"))) {
          same++;
        } else {
          different.add(file.getKey() + " " + expected.get("name").asText());
        }
      }
    }

    assertThat(different).isEmpty();
    assertThat(same).isEqualTo(4186);
  }

  @Test
  void every_shared_file_opens_without_a_defect() throws IOException {
    int files = 0;
    int messages = 0;
    for (String folder : List.of("can_dbc/opendbc", "can_dbc/cantools_tests")) {
      try (Stream<Path> paths = Files.list(Vectors.path(folder))) {
        for (Path path : paths.filter(path -> path.toString().endsWith(".dbc")).toList()) {
          DbcFile file = DbcParser.parse(Files.readAllBytes(path));
          assertThat(file.defects()).as(path.toString()).isEmpty();
          messages += file.size();
          files++;
        }
      }
    }

    assertThat(files).isEqualTo(29 + 41);
    assertThat(messages).isEqualTo(2_896);
  }

  @Test
  void defect_of_a_file_is_a_notice_with_its_line(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(folder.resolve("a.dbc"), "BO_ 1 A: 8 X\n SG_ B : 0|65@1+ (1,0)\n");

    assertThat(new OfflineDecoder(Kind.DBC, file).notices())
        .containsExactly(
            "{\"warning\":\"WRONG_SHAPE\",\"line\":2,\"detail\":\"a signal has 1 to 64 bits, not"
                + " 65\",\"text\":\"SG_ B : 0|65@1+ (1,0)\"}");
  }

  @Test
  void multiplexed_signals_are_there_only_for_their_value() throws IOException {
    OfflineDecoder decoder = new OfflineDecoder(Kind.DBC, corpus());

    List<JsonNode> decoded =
        Vectors.decode(
            decoder,
            List.of(
                "{\"id\":256,\"ext\":false,\"data\":\"00FE010000000000\"}",
                "{\"id\":256,\"ext\":false,\"data\":\"01FE010000000000\"}",
                "{\"id\":300,\"ext\":false,\"data\":\"00\"}"));

    assertThat(decoded.get(0).toString())
        .isEqualTo(
            "{\"name\":\"Pump\",\"signals\":{\"Mode\":[0,0,\"idle\"],\"Temperature\":[-2,-1.0,null],"
                + "\"Pressure\":[256,256,null]}}");
    assertThat(decoded.get(1).toString())
        .isEqualTo(
            "{\"name\":\"Pump\",\"signals\":{\"Mode\":[1,1,\"run\"],\"Speed\":[510,510,null],"
                + "\"Pressure\":[256,256,null]}}");
    assertThat(decoded.get(2).get("error").asText()).isEqualTo("NOT_FOUND");
  }

  @Property(tries = 300)
  void arbitrary_text_is_a_file_or_is_refused(@ForAll String text) {
    for (String file :
        List.of(text, "BO_ 1 A: 8 X\n SG_ B : " + text, "BO_ 1 A: 8 X\nVAL_ " + text)) {
      try {
        assertThat(DbcParser.parse(file).size()).isNotNegative();
      } catch (InvalidInputException e) {
        assertThat(e.detail()).isNotBlank();
      }
    }
    assertThatThrownBy(() -> DbcParser.parse("")).isInstanceOf(InvalidInputException.class);
  }

  private static Path path(String file) {
    return Vectors.path(
        "can_dbc/" + (file.startsWith("ct_") ? "cantools_tests/" : "opendbc/") + file);
  }

  private static Path corpus() {
    return Path.of("src/test/resources/corpus/pump.dbc");
  }
}
