package io.foretell.app;

import io.foretell.diagnostics.FaultReader;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.CodeReader;
import io.foretell.diagnostics.codes.UserCodes;
import io.foretell.diagnostics.j1939.J1939Reader;
import io.foretell.diagnostics.j1939.SpnConversion;
import io.foretell.diagnostics.j1939.SpnConversions;
import io.foretell.diagnostics.obd.ObdReadinessReader;
import io.foretell.diagnostics.signals.Manifest;
import io.foretell.diagnostics.signals.Manifests;
import io.foretell.diagnostics.signals.ModelDecoding;
import io.foretell.diagnostics.signals.json.ManifestFiles;
import io.foretell.diagnostics.tables.CodeTable;
import io.foretell.diagnostics.tables.Registers;
import io.foretell.diagnostics.tables.TableReader;
import io.foretell.diagnostics.tables.json.TableFiles;
import io.foretell.proto.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of devices and their codes: the program's own tables; before them those of the
 * folder {@code codes.dir}: {@code *.tsv} with texts, {@code *.table.json} with makers' registers;
 * and the decoder manifests of {@code manifests.dir} with the tables that they bring.
 */
record Knowledge(
    CodeBook book, List<CodeTable> tables, Manifests manifests, Map<Integer, Integer> spnVersions) {
  private static final Logger LOG = LoggerFactory.getLogger(Knowledge.class);

  /**
   * Reads the folders.
   *
   * @throws Config.InvalidConfigException where a table or a manifest is none: a server that would
   *     read its devices by half of what it was told does not start
   */
  static Knowledge of(Config config) {
    Manifests manifests = manifests(config);
    String folder = config.get(Config.CODES);
    List<CodeTable> all = new ArrayList<>();
    manifests.all().forEach(manifest -> all.addAll(manifest.tables()));
    List<CodeTable> tables = folder.isEmpty() ? List.of() : tables(Path.of(folder));
    all.addAll(tables);
    UserCodes codes = folder.isEmpty() ? UserCodes.of(all) : texts(Path.of(folder), all);
    codes.notices().forEach(notice -> LOG.warn("CODES_NOT_READ {}", notice));
    if (!folder.isEmpty()) {
      LOG.info("CODES_READ codes={} tables={}", codes.size(), tables.size());
    }
    return new Knowledge(new CodeBook(codes), tables, manifests, config.get(Config.SPN_VERSIONS));
  }

  private static Manifests manifests(Config config) {
    String folder = config.get(Config.MANIFESTS);
    if (folder.isEmpty()) {
      return Manifests.NONE;
    }
    try {
      Manifests manifests = new Manifests(ManifestFiles.readAll(Path.of(folder)));
      for (Manifest manifest : manifests.all()) {
        LOG.info("MANIFEST_READ {} for {}", manifest.label(), manifest.models());
        manifest.notices().forEach(n -> LOG.warn("MANIFEST_NOTICE {}: {}", manifest.label(), n));
      }
      return manifests;
    } catch (InvalidInputException e) {
      throw refused(Config.MANIFESTS, folder, e.reason() + ": " + e.detail(), e);
    } catch (IOException e) {
      throw refused(Config.MANIFESTS, folder, "cannot be read: " + e, e);
    }
  }

  private static List<CodeTable> tables(Path folder) {
    List<CodeTable> tables = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        if (file.toString().endsWith(".table.json")) {
          tables.add(table(folder, file));
        }
      }
    } catch (IOException e) {
      throw refused(Config.CODES, folder.toString(), "cannot be read: " + e, e);
    }
    return tables;
  }

  private static CodeTable table(Path folder, Path file) throws IOException {
    try {
      return TableFiles.read(file);
    } catch (InvalidInputException e) {
      String why = e.reason() + ": " + file.getFileName() + ": " + e.detail();
      throw refused(Config.CODES, folder.toString(), why, e);
    }
  }

  private static UserCodes texts(Path folder, List<CodeTable> tables) {
    try {
      return UserCodes.read(folder, tables);
    } catch (IOException e) {
      throw refused(Config.CODES, folder.toString(), "cannot be read: " + e, e);
    }
  }

  private static Config.InvalidConfigException refused(
      Config.Key<?> key, String folder, String why, Exception cause) {
    return new Config.InvalidConfigException(key.name() + " = '" + folder + "': " + why, cause);
  }

  /**
   * Reads faults in every way a device may tell them.
   *
   * @param decoding says by which manifest a device is read
   */
  List<FaultReader<?>> readers(ModelDecoding decoding) {
    List<FaultReader<?>> readers = new ArrayList<>();
    readers.add(conversions(decoding));
    readers.add(new CodeReader(book));
    readers.add(new ObdReadinessReader());
    Registers everywhere = new Registers(tables);
    Map<Manifest, Registers> own = new IdentityHashMap<>();
    for (Manifest manifest : manifests.all()) {
      List<CodeTable> first = new ArrayList<>(manifest.tables());
      first.addAll(tables);
      own.put(manifest, new Registers(first));
    }
    if (!tables.isEmpty() || manifests.all().stream().anyMatch(m -> !m.tables().isEmpty())) {
      readers.add(
          new TableReader(
              device -> decoding.manifest(device).map(own::get).orElse(everywhere),
              name -> everywhere.has(name) || own.values().stream().anyMatch(r -> r.has(name))));
    }
    return readers;
  }

  private J1939Reader conversions(ModelDecoding decoding) {
    SpnConversions everywhere = conversions(Map.of());
    Map<Manifest, SpnConversions> own = new IdentityHashMap<>();
    for (Manifest manifest : manifests.all()) {
      own.put(manifest, conversions(manifest.spnVersions()));
    }
    return new J1939Reader(
        book, device -> decoding.manifest(device).map(own::get).orElse(everywhere));
  }

  /** A manifest's versions before those of the installation. */
  private SpnConversions conversions(Map<Integer, Integer> first) {
    Map<Integer, SpnConversion> versions = new HashMap<>();
    if (!first.containsKey(SpnConversions.ANY_SOURCE)) {
      spnVersions.forEach((source, version) -> versions.put(source, SpnConversion.of(version)));
    }
    first.forEach((source, version) -> versions.put(source, SpnConversion.of(version)));
    return new SpnConversions(versions, book::knowsSpn);
  }
}
