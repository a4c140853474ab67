package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.Language;
import io.foretell.diagnostics.dbc.DbcParser;
import io.foretell.diagnostics.signals.json.ManifestFiles;
import io.foretell.diagnostics.tables.json.TableFiles;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decodes recorded input offline: what {@code foretell decode} does. Every line of input gives its
 * answer, or {@code {"error":REASON,"detail":…,"line":n}}, and the next line is read.
 */
public final class OfflineDecoder {
  private static final JsonNode NO_DEFINITION = Json.object();

  private final LineDecoder decoder;

  /**
   * A decoder of a kind that needs no table.
   *
   * @param book what codes mean
   * @throws InvalidInputException where the kind needs one
   */
  public OfflineDecoder(Kind kind, CodeBook book) {
    this.decoder = plain(kind, book, DecodeOptions.PLAIN, NO_DEFINITION);
  }

  /**
   * A decoder of a kind that needs no table, with options.
   *
   * @param book what codes mean
   * @throws InvalidInputException where the kind needs one, or the definition cannot be read
   * @throws IOException where there is no such definition
   */
  public OfflineDecoder(Kind kind, CodeBook book, DecodeOptions options) throws IOException {
    JsonNode definition =
        options.definition().isPresent() ? Json.read(options.definition().get()) : NO_DEFINITION;
    this.decoder = plain(kind, book, options, definition);
  }

  private static LineDecoder plain(
      Kind kind, CodeBook book, DecodeOptions options, JsonNode definition) {
    return switch (kind) {
      case J1939 -> new J1939Lines(book, options);
      case DM -> new DmLines(book, options);
      case ISOTP -> new IsoTpLines(options);
      case UDS -> new UdsLines(book, options, definition);
      case OBD -> new ObdLines(book, options);
      case DOIP -> new DoipLines(book, options, definition);
      case NMEA2000 -> new Nmea2000Lines(options, definition);
      case CODE -> new CodeLines(book, null);
      case NE107, HART, PROFIBUS, IOLINK, OPCUA, EMCY, MODBUS, CIP -> StatusLines.of(kind);
      case DBC, OBDB, TABLE, SIGNALS ->
          throw new InvalidInputException(
              ReasonCode.WRONG_SHAPE, "decode " + kind.word() + " needs a file or folder");
    };
  }

  private OfflineDecoder(LineDecoder decoder) {
    this.decoder = decoder;
  }

  /**
   * A decoder of codes that answers in one language.
   *
   * @param book what codes mean
   */
  public static OfflineDecoder ofCodes(CodeBook book, Language language) {
    return new OfflineDecoder(new CodeLines(book, language));
  }

  /**
   * A decoder of a kind that needs a table.
   *
   * @param table the DBC file, the folder of OBDb signal sets, the table of codes, the manifest
   * @throws InvalidInputException where the kind takes none, or the table cannot be read
   * @throws IOException where there is no such file
   */
  public OfflineDecoder(Kind kind, Path table) throws IOException {
    this.decoder =
        switch (kind) {
          case DBC -> new DbcLines(DbcParser.parse(Files.readAllBytes(table)));
          case OBDB -> new ObdbLines(new ObdbSets(table));
          case TABLE -> new TableLines(TableFiles.read(table));
          case SIGNALS -> new SignalLines(ManifestFiles.read(table));
          default ->
              throw new InvalidInputException(
                  ReasonCode.WRONG_SHAPE, "decode " + kind.word() + " takes no table");
        };
  }

  /**
   * What of the table could not be read, a line of JSON each: {@code {"warning", "line", "detail",
   * …}}. The rest of it counts.
   */
  public List<String> notices() {
    return decoder.notices();
  }

  /**
   * What came of an input.
   *
   * @param lines how many lines were read, blank ones aside
   * @param errors how many of them could not be decoded
   */
  public record Summary(long lines, long errors) {}

  /**
   * Reads to the end of the input. Not closed here.
   *
   * @param out takes a line of JSON at a time, without its end
   * @throws IOException where the input cannot be read
   */
  public Summary decode(Reader in, Consumer<String> out) throws IOException {
    BufferedReader lines = new BufferedReader(in, 1 << 16);
    long number = 0;
    long read = 0;
    long errors = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      read++;
      try {
        decoder.line(line, out);
      } catch (InvalidInputException e) {
        errors++;
        out.accept(error(e, number));
      }
    }
    decoder.end(out);
    return new Summary(read, errors);
  }

  private static String error(InvalidInputException e, long number) {
    ObjectNode node = Json.object();
    node.put("error", e.reason().name());
    node.put("detail", e.detail());
    node.put("line", number);
    return Json.text(node);
  }
}
