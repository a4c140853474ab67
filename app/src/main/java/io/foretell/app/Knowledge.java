package io.foretell.app;

import io.foretell.diagnostics.FaultReader;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.CodeReader;
import io.foretell.diagnostics.codes.UserCodes;
import io.foretell.diagnostics.j1939.J1939Reader;
import io.foretell.diagnostics.tables.CodeTable;
import io.foretell.diagnostics.tables.TableReader;
import io.foretell.diagnostics.tables.json.TableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of fault codes: the program's own tables, and before them those of the folder
 * {@code codes.dir}: {@code *.tsv} with texts, {@code *.table.json} with makers' registers.
 */
record Knowledge(CodeBook book, List<CodeTable> tables) {
  private static final Logger LOG = LoggerFactory.getLogger(Knowledge.class);

  static Knowledge of(Config config) {
    String folder = config.get(Config.CODES);
    if (folder.isEmpty()) {
      return new Knowledge(new CodeBook(), List.of());
    }
    try {
      List<CodeTable> tables = tables(Path.of(folder));
      UserCodes codes = UserCodes.read(Path.of(folder), tables);
      codes.notices().forEach(notice -> LOG.warn("CODES_NOT_READ {}", notice));
      LOG.info("CODES_READ codes={} tables={}", codes.size(), tables.size());
      return new Knowledge(new CodeBook(codes), tables);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the code tables in " + folder, e);
    }
  }

  private static List<CodeTable> tables(Path folder) throws IOException {
    List<CodeTable> tables = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        if (file.toString().endsWith(".table.json")) {
          tables.add(TableFiles.read(file));
        }
      }
    }
    return tables;
  }

  /** Reads faults in every way a device may tell them. */
  List<FaultReader<?>> readers() {
    List<FaultReader<?>> readers = new ArrayList<>();
    readers.add(new J1939Reader(book));
    readers.add(new CodeReader(book));
    if (!tables.isEmpty()) {
      readers.add(new TableReader(tables));
    }
    return readers;
  }
}
