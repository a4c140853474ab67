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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of the house hold, and each of them can fail. */
final class HouseTest {
  private static final Path ROOT = Path.of(System.getProperty("foretell.root", ".."));
  private static final JavaClasses REAL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          // The kits of proto, which other modules' tests use, come as a jar.
          .withImportOption(place -> !place.contains("-tests.jar"))
          .importPackages("io.foretell");

  @TempDir static Path folder;
  private static JavaClasses planted;

  @BeforeAll
  static void plant() throws IOException {
    planted = Planted.in(folder);
  }

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
    Map<String, List<ArchRule>> rules = new HouseRules(Planted.ROOT).all();
    assertThat(rules.get(name))
        .as("one of the rules named '%s' sees the planted fault", name)
        .anyMatch(rule -> rule.evaluate(planted).hasViolation());
  }

  @Test
  void libraries_areEachUsedInEachPlaceTheyAreAllowedIn() {
    HouseRules rules = new HouseRules("io.foretell");
    assertThat(rules.idlePlaces(REAL)).isEmpty();
  }

  @Test
  void files_areShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : sources(".java", ".js", ".css")) {
      if (HouseTexts.tooLong(Files.readAllLines(file))) {
        tooLong.add(ROOT.relativize(file).toString());
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
    List<String> found = new ArrayList<>();
    for (Path file : sources(".java")) {
      if (file.toString().contains("/src/main/")
          && HouseTexts.catchesEverything(Files.readString(file))) {
        found.add(ROOT.relativize(file).toString());
      }
    }
    assertThat(found).as("catches everything without saying why ('// Boundary: …')").isEmpty();
  }

  @Test
  void tests_neverSleepAndAreNeverDisabled() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources(".java")) {
      if (file.toString().contains("/src/test/")
          && !file.getFileName().toString().startsWith("House")
          && HouseTexts.idles(Files.readString(file))) {
        found.add(ROOT.relativize(file).toString());
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void textRules_failOnPlantedFaults() {
    String caught = "} catch (RuntimeException e) {\n  log.warn(e);\n}";
    String explained = "} catch (RuntimeException e) {\n  // Boundary: the timer must live.\n}";

    assertThat(HouseTexts.catchesEverything(caught)).isTrue();
    assertThat(HouseTexts.catchesEverything(explained)).isFalse();
    assertThat(HouseTexts.catchesEverything(explained + caught)).isTrue();
    assertThat(HouseTexts.idles("TimeUnit.SECONDS" + ".sleep(1)")).isTrue();
    assertThat(HouseTexts.idles("Thread" + ".sleep(1)")).isTrue();
    assertThat(HouseTexts.idles("@" + "Disabled")).isTrue();
    assertThat(HouseTexts.tooLong(Collections.nCopies(601, ""))).isTrue();
    assertThat(HouseTexts.tooLong(Collections.nCopies(600, ""))).isFalse();
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
