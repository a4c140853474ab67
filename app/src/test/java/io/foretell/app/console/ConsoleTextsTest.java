package io.foretell.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foretell.diagnostics.episodes.Episode;
import io.foretell.firmwareota.CampaignEvent;
import io.foretell.firmwareota.Rollout;
import io.foretell.gateway.Downlink;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Severity;
import io.foretell.proto.TicketEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The console has a text for whatever it says, in both languages. */
final class ConsoleTextsTest {
  private static final Path CONSOLE =
      Path.of(System.getProperty("foretell.root", ".."), "console/src/main/resources/console");
  private static final Pattern LITERAL = Pattern.compile("\\bt\\('([^']+)'");
  private static final Pattern GROUP = Pattern.compile("\\bt\\(`([\\w.]+)\\.\\$\\{");
  private static final Pattern WITH_GROUP =
      Pattern.compile("\\b(?:badge|shares)\\((?:[^'()]*(?:\\([^)]*\\))?[^'()]*, )?'(\\w+)'");
  private static final Pattern SLOT = Pattern.compile("\\{(\\w+)}");

  private static Map<String, String> texts(String language) throws IOException {
    return new ObjectMapper()
        .readValue(
            CONSOLE.resolve("i18n/" + language + ".json").toFile(), new TypeReference<>() {});
  }

  private static String scripts() throws IOException {
    try (Stream<Path> files = Files.walk(CONSOLE)) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.filter(f -> f.toString().endsWith(".js")).toList()) {
        all.append(Files.readString(file)).append('\n');
      }
      return all.toString();
    }
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void languages_haveTheSameKeysAndSlots() throws IOException {
    Map<String, String> english = texts("en");
    Map<String, String> chinese = texts("zh-CN");
    assertThat(chinese.keySet()).isEqualTo(english.keySet()).hasSizeGreaterThan(150);
    english.forEach(
        (key, text) -> {
          String translated = chinese.getOrDefault(key, "");
          assertThat(text).as(key).isNotBlank();
          assertThat(translated).as(key).isNotBlank();
          assertThat(found(SLOT, translated)).as(key).isEqualTo(found(SLOT, text));
        });
  }

  @Test
  void keys_thatTheScriptsName_areThere_andNoOthers() throws IOException {
    String scripts = scripts();
    Set<String> named = found(LITERAL, scripts);
    Set<String> groups = found(GROUP, scripts);
    groups.addAll(found(WITH_GROUP, scripts));
    assertThat(named).hasSizeGreaterThan(60);
    assertThat(texts("en").keySet()).containsAll(named);
    assertThat(texts("en").keySet())
        .as("neither %s nor of one of the groups %s", named, groups)
        .allMatch(key -> named.contains(key) || groups.contains(key.substring(0, groupEnd(key))));
  }

  private static int groupEnd(String key) {
    return Math.max(0, key.lastIndexOf('.'));
  }

  static List<Arguments> vocabularies() {
    return List.of(
        vocabulary("severity", Severity.values()),
        vocabulary("urgency", TicketEvent.Urgency.values()),
        vocabulary("state", TicketEvent.State.values()),
        vocabulary("command", Downlink.State.values()),
        vocabulary("campaign", Rollout.State.values()),
        vocabulary("happened", CampaignEvent.Kind.values()),
        vocabulary("reason", ReasonCode.values()),
        vocabulary("standing", Episode.Standing.values()),
        Arguments.of("sla", List.of("ON_TIME", "AT_RISK", "BREACHED", "MET")),
        Arguments.of(
            "action",
            List.of("acknowledge", "assign", "start", "comment", "close", "reopen", "halt")));
  }

  private static Arguments vocabulary(String group, Enum<?>[] values) {
    return Arguments.of(group, Arrays.stream(values).map(Enum::name).toList());
  }

  @ParameterizedTest
  @MethodSource("vocabularies")
  void words_ofTheServer_haveTexts(String group, List<String> words) throws IOException {
    assertThat(texts("zh-CN").keySet())
        .containsAll(words.stream().map(word -> group + "." + word).toList());
  }
}
