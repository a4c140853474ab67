package io.foretell.app.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of the house hold, and each of them can fail. */
final class HouseTest {
  private static final Path ROOT = Path.of(System.getProperty("foretell.root", ".."));
  private static final JavaClasses REAL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.foretell");
  private static final JavaClasses PLANTED =
      new ClassFileImporter().importPackages("io.foretell.app.house.planted");

  static List<String> rules() {
    return List.copyOf(new HouseRules("io.foretell").all().keySet());
  }

  @Test
  void house_isReadWhole() {
    assertThat(REAL.size()).isGreaterThan(400);
    assertThat(Stream.of("proto", "gateway", "ingest", "diagnostics", "servicedesk", "firmwareota"))
        .allSatisfy(
            stage ->
                assertThat(REAL)
                    .anyMatch(c -> c.getPackageName().startsWith("io.foretell." + stage)));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rule_holds(String name) {
    for (ArchRule rule : new HouseRules("io.foretell").all().get(name)) {
      rule.check(REAL);
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rule_failsOnAPlantedFault(String name) {
    Map<String, List<ArchRule>> rules = new HouseRules("io.foretell.app.house.planted").all();
    assertThat(rules.get(name))
        .as("one of the rules named '%s' sees the planted fault", name)
        .anyMatch(rule -> rule.evaluate(PLANTED).hasViolation());
  }

  @Test
  void files_areShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : sources(".java", ".js", ".css")) {
      try (Stream<String> lines = Files.lines(file)) {
        long count = lines.count();
        if (count > 600) {
          tooLong.add(ROOT.relativize(file) + ": " + count);
        }
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void pipeline_fitsOnTwoScreens() throws IOException {
    Path pipeline = ROOT.resolve("app/src/main/java/io/foretell/app/Pipeline.java");
    assertThat(Files.readAllLines(pipeline)).hasSizeBetween(30, 150);
  }

  @Test
  void packages_eachHaveASentence() throws IOException {
    List<String> silent = new ArrayList<>();
    for (Path file : sources(".java")) {
      Path info = file.resolveSibling("package-info.java");
      if (file.toString().contains("/src/main/") && !Files.exists(info)) {
        silent.add(ROOT.relativize(info).toString());
      }
    }
    assertThat(silent.stream().distinct()).isEmpty();
  }

  @Test
  void sources_catchEverythingOnlyAtABoundary() throws IOException {
    Pattern everything =
        Pattern.compile("catch \\((final )?(Exception|Throwable|RuntimeException) ");
    List<String> found = new ArrayList<>();
    for (Path file : sources(".java")) {
      boolean main = file.toString().contains("/src/main/");
      String text = Files.readString(file);
      if (main && everything.matcher(text).find() && !text.contains("Boundary:")) {
        found.add(ROOT.relativize(file).toString());
      }
    }
    assertThat(found).as("catches everything without saying why ('Boundary: …')").isEmpty();
  }

  @Test
  void tests_neverSleepAndAreNeverDisabled() throws IOException {
    Pattern sleeps = Pattern.compile("Thread\\.sleep|TimeUnit\\.[A-Z]+\\.sleep|@Disabled");
    List<String> found = new ArrayList<>();
    for (Path file : sources(".java")) {
      String path = file.toString();
      if (path.contains("/src/test/")
          && !path.contains("/house/")
          && sleeps.matcher(Files.readString(file)).find()) {
        found.add(ROOT.relativize(file).toString());
      }
    }
    assertThat(found).isEmpty();
  }

  private static List<Path> sources(String... endings) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
          .filter(file -> !file.toString().contains("/target/"))
          .toList();
    }
  }
}
