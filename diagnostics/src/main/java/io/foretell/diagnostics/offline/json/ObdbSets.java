package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.stream.Stream;

/**
 * A folder of OBDb signal sets: {@code Make-Model/signalsets/v3/*.json}, what a make has in common
 * in {@code _makes/Make/default.json}, and what all vehicles have in {@code SAEJ1979}.
 */
final class ObdbSets {
  private static final String COMMON = "SAEJ1979";

  private final Path folder;
  private final Map<String, List<ObdbCommand>> byCar = new HashMap<>();

  ObdbSets(Path folder) {
    this.folder = folder;
    if (!Files.isDirectory(folder.resolve(COMMON))) {
      throw new InvalidInputException(
          ReasonCode.NOT_FOUND, "no folder of signal sets: it has no " + COMMON);
    }
  }

  /** The commands of a car: the model's first, then the make's, then those of all. */
  List<ObdbCommand> commands(String car) {
    if (!car.matches("\\w[\\w-]{0,63}")) {
      throw new InvalidInputException(ReasonCode.INVALID_NAME, "no car: " + Json.cut(car));
    }
    return byCar.computeIfAbsent(car, this::read);
  }

  private List<ObdbCommand> read(String car) {
    List<ObdbCommand> commands = new ArrayList<>();
    int dash = car.indexOf('-');
    String make = dash < 0 ? car : car.substring(0, dash);
    addAll(folder.resolve(car).resolve("signalsets/v3"), commands);
    addAll(folder.resolve("_makes").resolve(make), commands);
    addAll(folder.resolve(COMMON).resolve("signalsets/v3"), commands);
    return commands;
  }

  private static void addAll(Path sets, List<ObdbCommand> to) {
    if (!Files.isDirectory(sets)) {
      return;
    }
    try (Stream<Path> files = Files.list(sets)) {
      for (Path file : files.sorted().toList()) {
        JsonNode set = Json.read(Files.readString(file));
        set.path("commands").forEach(command -> to.add(ObdbCommand.of(command)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("signal sets in " + sets.getFileName(), e);
    }
  }
}
