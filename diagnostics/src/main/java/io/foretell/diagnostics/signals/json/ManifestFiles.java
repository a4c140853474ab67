package io.foretell.diagnostics.signals.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foretell.diagnostics.dbc.DbcFile;
import io.foretell.diagnostics.dbc.DbcParser;
import io.foretell.diagnostics.j1939.SpnConversions;
import io.foretell.diagnostics.obdb.ObdbCommand;
import io.foretell.diagnostics.obdb.json.ObdbFiles;
import io.foretell.diagnostics.signals.Manifest;
import io.foretell.diagnostics.signals.Mapped;
import io.foretell.diagnostics.tables.CodeTable;
import io.foretell.diagnostics.tables.json.TableFiles;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Decoder manifests as JSON. File names are relative to the manifest and stay within its folder.
 *
 * <pre>
 *   {"manifest": "truck-2016", "version": 1, "models": ["truck-2016", "truck-2017*"],
 *    "buses": {
 *      "can0": {"protocol": "j1939", "dbc": ["body.dbc"], "mapping": "body-vss.json"},
 *      "*":    {"protocol": "can", "dbc": ["car.dbc"], "keep": "mapped",
 *               "mapping": {"ENGINE.Speed": "Vehicle.Powertrain.CombustionEngine.Speed",
 *                           "Level": {"to": "Vehicle.Powertrain.FuelSystem.RelativeLevel",
 *                                     "factor": 0.5, "offset": 0}}}},
 *    "tables": ["maker.table.json"],
 *    "spn": {"11": 1, "*": 3}}
 * </pre>
 *
 * A mapping in a file of its own is {@code {"mapping": name, "version": n, "signals": {…}}}.
 */
public final class ManifestFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> FIELDS =
      Set.of("manifest", "version", "models", "buses", "tables", "spn", "comment");
  private static final Set<String> BUS_FIELDS =
      Set.of("protocol", "dbc", "obdb", "year", "mapping", "keep", "comment");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** What a signal may be called in telemetry and history. */
  private static final Pattern SIGNAL = Pattern.compile("[A-Za-z0-9._/\\[\\]-]{1,200}");

  private static final int LAST_ADDRESS = 255;
  private static final int LAST_CONVERSION = 4;

  private final Path folder;
  private final List<String> notices = new ArrayList<>();

  private ManifestFiles(Path folder) {
    this.folder = folder;
  }

  /**
   * Every manifest ({@code *.manifest.json}) of a folder.
   *
   * @throws InvalidInputException where one is none: the file, the line or the field, and why
   */
  public static List<Manifest> readAll(Path folder) throws IOException {
    List<Manifest> manifests = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        if (file.toString().endsWith(".manifest.json")) {
          manifests.add(named(file));
        }
      }
    }
    return manifests;
  }

  private static Manifest named(Path file) throws IOException {
    try {
      return read(file);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(e.reason(), file.getFileName() + ": " + e.detail());
    }
  }

  /**
   * Reads a manifest with the files it names.
   *
   * @throws InvalidInputException MALFORMED_JSON, WRONG_SHAPE (what, and where), INVALID_NAME (a
   *     file outside of the folder) or NOT_FOUND (a file that is not there)
   */
  public static Manifest read(Path file) throws IOException {
    Path parent = file.toAbsolutePath().normalize().getParent();
    ManifestFiles files = new ManifestFiles(parent == null ? file.toAbsolutePath() : parent);
    return files.manifest(json(file, "the manifest"));
  }

  private Manifest manifest(JsonNode node) throws IOException {
    onlyKnown(node, FIELDS, "the manifest");
    String name = text(node, "manifest");
    if (!NAME.matcher(name).matches()) {
      throw wrong("manifest: a name has up to 64 letters, digits, '.', '_' and '-'");
    }
    int version = node.path("version").asInt(0);
    if (version < 1) {
      throw wrong("version is a whole number from 1");
    }
    List<String> models = new ArrayList<>();
    node.path("models").forEach(model -> models.add(model.asText()));
    if (models.isEmpty()) {
      throw wrong("models names no device model");
    }
    Map<String, Manifest.Bus> buses = new HashMap<>();
    if (!node.path("buses").isObject()) {
      throw wrong("buses is an object of buses by name");
    }
    for (Map.Entry<String, JsonNode> bus : node.get("buses").properties()) {
      buses.put(bus.getKey(), bus(bus.getValue(), "buses." + bus.getKey()));
    }
    List<CodeTable> tables = new ArrayList<>();
    for (JsonNode table : node.path("tables")) {
      tables.add(table(table.asText()));
    }
    return new Manifest(name, version, models, buses, tables, conversions(node), notices);
  }

  private CodeTable table(String name) throws IOException {
    Path file = inside(name);
    try {
      return TableFiles.read(file);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(e.reason(), name + ": " + e.detail());
    }
  }

  /** A word that nobody knows is a slip of the pen, and what it should have said is not there. */
  private static void onlyKnown(JsonNode node, Set<String> known, String at) {
    if (!node.isObject()) {
      throw wrong(at + " is a JSON object");
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!known.contains(field.getKey())) {
        throw wrong(
            at + ": there is no field '" + field.getKey() + "'; known are " + new TreeSet<>(known));
      }
    }
  }

  private Manifest.Bus bus(JsonNode node, String at) throws IOException {
    onlyKnown(node, BUS_FIELDS, at);
    String protocol = node.path("protocol").asText("can");
    Manifest.Protocol spoken =
        switch (protocol) {
          case "can" -> Manifest.Protocol.CAN;
          case "j1939" -> Manifest.Protocol.J1939;
          case "nmea2000" -> Manifest.Protocol.NMEA2000;
          default -> throw wrong(at + ": protocol is can, j1939 or nmea2000");
        };
    List<DbcFile> files = new ArrayList<>();
    for (JsonNode name : node.path("dbc")) {
      DbcFile file = DbcParser.parse(Files.readAllBytes(inside(name.asText())));
      file.defects().forEach(defect -> notices.add(name.asText() + ": " + defect));
      files.add(file);
    }
    List<ObdbCommand> answers = answers(node, at);
    if (files.isEmpty() && answers.isEmpty() && spoken != Manifest.Protocol.J1939) {
      throw wrong(at + ": neither dbc, obdb nor protocol j1939: there is nothing to decode by");
    }
    String keep = node.path("keep").asText("all");
    if (!keep.equals("all") && !keep.equals("mapped")) {
      throw wrong(at + ": keep is all or mapped");
    }
    Map<String, Mapped> mapping = mapping(node.path("mapping"), at + ".mapping");
    checkNames(mapping, files, answers, at);
    return new Manifest.Bus(spoken, files, answers, mapping, keep.equals("mapped"));
  }

  /** The commands of the signal sets that the model year has. */
  private List<ObdbCommand> answers(JsonNode node, String at) throws IOException {
    int year = node.path("year").asInt(0);
    List<ObdbCommand> answers = new ArrayList<>();
    for (JsonNode name : node.path("obdb")) {
      Path file = inside(name.asText());
      try {
        ObdbFiles.read(file).stream().filter(command -> command.in(year)).forEach(answers::add);
      } catch (InvalidInputException e) {
        throw new InvalidInputException(
            e.reason(), at + ".obdb: " + name.asText() + ": " + e.detail());
      }
    }
    return answers;
  }

  /** A name that no file has is a slip of the pen: told, not refused. */
  private void checkNames(
      Map<String, Mapped> mapping, List<DbcFile> files, List<ObdbCommand> answers, String at) {
    Set<String> answered = new HashSet<>();
    answers.forEach(command -> command.signals().forEach(signal -> answered.add(signal.id())));
    for (String name : mapping.keySet()) {
      boolean known =
          files.stream()
              .flatMap(file -> file.messages().stream())
              .anyMatch(
                  message ->
                      message.signals().stream()
                          .anyMatch(
                              signal ->
                                  signal.name().equals(name)
                                      || (message.name() + "." + signal.name()).equals(name)));
      if (!known && !answered.contains(name)) {
        notices.add(at + ".mapping: no file has a signal " + name);
      }
    }
  }

  private Map<String, Mapped> mapping(JsonNode node, String at) throws IOException {
    if (node.isMissingNode()) {
      return Map.of();
    }
    JsonNode signals = node;
    if (node.isTextual()) {
      signals = json(inside(node.textValue()), at).path("signals");
    }
    if (!signals.isObject()) {
      throw wrong(at + ": a mapping is an object of signals");
    }
    Map<String, Mapped> mapping = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : signals.properties()) {
      JsonNode to = entry.getValue();
      String name = to.isTextual() ? to.textValue() : to.path("to").asText("");
      if (name.isBlank()) {
        throw wrong(at + "." + entry.getKey() + ": no name to map to");
      }
      if (!SIGNAL.matcher(name).matches()) {
        throw wrong(at + "." + entry.getKey() + ": no name of a signal: '" + name + "'");
      }
      double factor = to.path("factor").asDouble(1);
      double offset = to.path("offset").asDouble(0);
      if (!Double.isFinite(factor) || !Double.isFinite(offset)) {
        throw wrong(at + "." + entry.getKey() + ": factor and offset must be finite");
      }
      mapping.put(entry.getKey(), new Mapped(name, factor, offset));
    }
    return mapping;
  }

  private static Map<Integer, Integer> conversions(JsonNode node) {
    Map<Integer, Integer> conversions = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.path("spn").properties()) {
      int version = entry.getValue().asInt(0);
      boolean any = entry.getKey().equals("*");
      if (!any
              && (!entry.getKey().matches("\\d{1,3}")
                  || Integer.parseInt(entry.getKey()) > LAST_ADDRESS)
          || version < 1
          || version > LAST_CONVERSION) {
        throw wrong("spn: source address (0–255, or *) to conversion version (1–4)");
      }
      conversions.put(any ? SpnConversions.ANY_SOURCE : Integer.valueOf(entry.getKey()), version);
    }
    return conversions;
  }

  private Path inside(String name) {
    if (!name.matches("[\\w./ -]{1,200}") || !folder.resolve(name).normalize().startsWith(folder)) {
      throw new InvalidInputException(
          ReasonCode.INVALID_NAME, "no file of the manifest's folder: '" + name + "'");
    }
    Path path = folder.resolve(name).normalize();
    if (!Files.isRegularFile(path)) {
      throw new InvalidInputException(ReasonCode.NOT_FOUND, "no file " + name);
    }
    return path;
  }

  private static JsonNode json(Path file, String what) throws IOException {
    JsonNode node;
    try {
      node = JSON.readTree(Files.readString(file));
    } catch (CharacterCodingException e) {
      throw wrong(what + " is not UTF-8");
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          ReasonCode.MALFORMED_JSON,
          what
              + ": line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr()
              + ": "
              + e.getOriginalMessage());
    }
    if (node == null || !node.isObject()) {
      throw wrong(what + " is a JSON object");
    }
    return node;
  }

  private static String text(JsonNode node, String field) {
    JsonNode value = node.get(field);
    if (value == null || !value.isTextual() || value.textValue().isBlank()) {
      throw wrong("no text " + field);
    }
    return value.textValue();
  }

  private static InvalidInputException wrong(String what) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, what);
  }
}
