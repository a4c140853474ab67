package io.foretell.app.cli;

import io.foretell.app.client.CommandFailed;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.Language;
import io.foretell.diagnostics.codes.UserCodes;
import io.foretell.diagnostics.j1939.SpnConversion;
import io.foretell.diagnostics.offline.json.DecodeOptions;
import io.foretell.diagnostics.offline.json.Kind;
import io.foretell.diagnostics.offline.json.OfflineDecoder;
import io.foretell.proto.InvalidInputException;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell decode KIND …}. */
@Command(
    name = "decode",
    description = "Decodes recorded input offline, a line of JSON for each message.",
    footer = {
      "",
      "  decode j1939 LOG.candump    CAN log: reassembled messages and trouble codes",
      "  decode dm                   {\"version\":1-4,\"payload\":hex}",
      "  decode uds                  {\"response\":hex} or {\"request\":hex}",
      "  decode obd                  {\"request\",\"lines\":[…]}",
      "  decode isotp                {\"frames\":[\"7E8#…\"],\"addressing\":\"normal\"}",
      "  decode doip                 {\"data\":hex}: messages of diagnostics over IP",
      "  decode nmea2000 LOG         log of a boat's bus: candump or PCAN-View",
      "  decode dbc FILE.dbc         {\"id\",\"ext\",\"data\"}",
      "  decode obdb SIGNALSETS      {\"car\",\"year\",\"command_id\",\"response\"}",
      "  decode code CODE…           what a code means: P0301, U3E1B-14, 'SPN 102 FMI 3', 'HART"
          + " D7'",
      "  decode ne107|hart|profibus|opcua   {\"status\"}: status of an instrument or data source",
      "  decode iolink               {\"event\":hex} or {\"qualifier\",\"code\"}",
      "  decode emcy                 {\"id\",\"data\"}: CANopen emergency",
      "  decode modbus|cip           {\"response\":hex}: exception or status of a reply",
      "  decode table TABLE.json     {register: value}: a maker's own codes",
      "  decode signals MANIFEST.json  CAN log to named signals by a decoder manifest",
      "",
      "Input is standard input or the named file (.gz too). A line that cannot be decoded gives",
      "{\"error\",\"detail\",\"line\"} and the rest goes on; the exit code is then 1."
    })
final class DecodeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "KIND", description = "What the input is.")
  private String kind;

  @Parameters(index = "1..*", paramLabel = "FILE|CODE", description = "As the kind needs.")
  private List<String> rest = List.of();

  @Option(
      names = "--explain",
      description = "Adds to each answer the bytes, the rule and the standard's clause.")
  private boolean explain;

  @Option(
      names = "--all",
      description =
          "Everything that is known: other diagnostic messages, all signals of an answer, texts.")
  private boolean all;

  @Option(
      names = "--definition",
      paramLabel = "FILE",
      description =
          "JSON that says what a maker's data is (uds, doip), or a PGN list in canboat's form.")
  private Optional<Path> definition = Optional.empty();

  @Option(
      names = "--spn-conversion",
      paramLabel = "SA=VERSION",
      description = "How a J1939 source address packs its SPNs: version 1 to 4 (j1939, dm).")
  private Map<Integer, Integer> conversions = Map.of();

  @Option(
      names = "--lang",
      paramLabel = "LANG",
      description = "decode code: answer in this language alone, en or zh.")
  private String language = "";

  @Option(
      names = "--codes",
      paramLabel = "DIR",
      description = "decode code: a folder of your own code tables (*.tsv).")
  private @Nullable Path codes;

  @Override
  public Integer call() throws IOException {
    Kind what = said(() -> Kind.of(kind));
    PrintWriter out = spec.commandLine().getOut();
    try {
      OfflineDecoder decoder;
      List<String> inputs = rest == null ? List.of() : rest;
      if (what.needsTable()) {
        if (inputs.isEmpty()) {
          throw usage("decode " + what.word() + " needs a file or folder first");
        }
        decoder = new OfflineDecoder(what, Path.of(inputs.get(0)));
        inputs = inputs.subList(1, inputs.size());
      } else {
        decoder = plain(what);
      }
      if (what != Kind.CODE && inputs.size() > 1) {
        throw usage(
            "one input at a time; left over: "
                + String.join(" ", inputs.subList(1, inputs.size())));
      }
      decoder.notices().forEach(spec.commandLine().getErr()::println);
      try (Reader in = what == Kind.CODE && !inputs.isEmpty() ? codes(inputs) : open(inputs)) {
        OfflineDecoder.Summary summary = decoder.decode(in, out::println);
        return summary.errors() == 0 ? 0 : 1;
      }
    } catch (NoSuchFileException e) {
      throw new CommandFailed("no file " + e.getMessage());
    } catch (ZipException | EOFException e) {
      throw new CommandFailed("the compressed input cannot be read to its end: " + e.getMessage());
    } finally {
      out.flush();
    }
  }

  /** What the command line says, in words that are known; others are wrong usage. */
  private <T> T said(Supplier<T> word) {
    try {
      return word.get();
    } catch (InvalidInputException e) {
      throw usage(e.detail());
    }
  }

  private ParameterException usage(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private DecodeOptions options() {
    Map<Integer, SpnConversion> versions = new HashMap<>();
    conversions.forEach((sa, version) -> versions.put(sa, said(() -> SpnConversion.of(version))));
    return new DecodeOptions(explain, all, definition, versions);
  }

  private OfflineDecoder plain(Kind what) throws IOException {
    UserCodes own = codes == null ? UserCodes.NONE : UserCodes.read(codes, List.of());
    own.notices().forEach(spec.commandLine().getErr()::println);
    CodeBook book = new CodeBook(own);
    return what == Kind.CODE && !language.isEmpty()
        ? OfflineDecoder.ofCodes(book, said(() -> Language.of(language)))
        : new OfflineDecoder(what, book, options());
  }

  private static Reader codes(List<String> codes) {
    return new StringReader(String.join("\n", codes));
  }

  private static Reader open(List<String> inputs) throws IOException {
    return InputText.reader(
        inputs.isEmpty() ? System.in : Files.newInputStream(Path.of(inputs.get(0))));
  }
}
