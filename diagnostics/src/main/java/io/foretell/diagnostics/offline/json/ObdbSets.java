package io.foretell.diagnostics.offline.json;

import io.foretell.diagnostics.obdb.ObdbCommand;
import io.foretell.diagnostics.obdb.json.ObdbFiles;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of OBDb signal sets: {@code Make-Model/signalsets/v3/default.json} and {@code
 * 2017-2019.json} for some model years, what a make has in common in {@code
 * _makes/Make/default.json}, and what all vehicles have in {@code SAEJ1979}.
 */
final class ObdbSets {
  private static final String COMMON = "SAEJ1979";
  private static final Pattern YEARS = Pattern.compile("(\\d{4})-(\\d{4})\\.json");

  private final Path folder;
  private final Map<String, List<ObdbCommand>> byCar = new HashMap<>();

  ObdbSets(Path folder) {
    this.folder = folder;
    if (!Files.isDirectory(folder.resolve(COMMON))) {
      throw new InvalidInputException(
          ReasonCode.NOT_FOUND, "no folder of signal sets: it has no " + COMMON);
    }
  }

  /**
   * The commands of a car: the model's first, then the make's, then those of all.
   *
   * @param year model year; 0 where unknown: what any year has
   */
  List<ObdbCommand> commands(String car, int year) {
    if (!car.matches("\\w[\\w-]{0,63}")) {
      throw new InvalidInputException(ReasonCode.INVALID_NAME, "no car: " + Json.cut(car));
    }
    return byCar.computeIfAbsent(car + "/" + year, key -> read(car, year));
  }

  private List<ObdbCommand> read(String car, int year) {
    List<ObdbCommand> commands = new ArrayList<>();
    int dash = car.indexOf('-');
    String make = dash < 0 ? car : car.substring(0, dash);
    addAll(folder.resolve(car).resolve("signalsets/v3"), year, commands);
    addAll(folder.resolve("_makes").resolve(make), year, commands);
    addAll(folder.resolve(COMMON).resolve("signalsets/v3"), year, commands);
    return commands;
  }

  /** A set for other years still counts, after all others: captures outlive the sets they name. */
  private static void addAll(Path sets, int year, List<ObdbCommand> to) {
    if (!Files.isDirectory(sets)) {
      return;
    }
    List<ObdbCommand> others = new ArrayList<>();
    try (Stream<Path> files = Files.list(sets)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".json")).sorted().toList()) {
        List<ObdbCommand> into = holds(file, year) ? to : others;
        into.addAll(ObdbFiles.read(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("signal sets in " + sets.getFileName(), e);
    }
    to.addAll(others);
  }

  private static boolean holds(Path file, int year) {
    Matcher years = YEARS.matcher(file.getFileName().toString());
    return year == 0
        || !years.matches()
        || Integer.parseInt(years.group(1)) <= year && year <= Integer.parseInt(years.group(2));
  }
}
