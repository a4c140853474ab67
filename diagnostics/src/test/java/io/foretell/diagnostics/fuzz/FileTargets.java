package io.foretell.diagnostics.fuzz;

import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.Language;
import io.foretell.diagnostics.codes.Notation;
import io.foretell.diagnostics.codes.UserCodes;
import io.foretell.diagnostics.dbc.DbcFile;
import io.foretell.diagnostics.dbc.DbcMessage;
import io.foretell.diagnostics.dbc.DbcParser;
import io.foretell.diagnostics.obdb.ObdbCommand;
import io.foretell.diagnostics.obdb.json.ObdbFiles;
import io.foretell.diagnostics.offline.json.DecodeOptions;
import io.foretell.diagnostics.offline.json.Kind;
import io.foretell.diagnostics.offline.json.OfflineDecoder;
import io.foretell.diagnostics.predict.Tables;
import io.foretell.diagnostics.signals.FrameDecoder;
import io.foretell.diagnostics.signals.FrameSession;
import io.foretell.diagnostics.signals.Manifest;
import io.foretell.diagnostics.signals.json.ManifestFiles;
import io.foretell.diagnostics.tables.CodeTable;
import io.foretell.diagnostics.tables.Register;
import io.foretell.diagnostics.tables.json.TableFiles;
import io.foretell.proto.InvalidInputException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parsers of a user's files, each as one function of arbitrary bytes: what the file says, and
 * what is decoded by it. As with {@link Targets}, it returns or throws {@link
 * InvalidInputException}; time is a limit too.
 */
final class FileTargets {
  private static final CodeBook BOOK = new CodeBook();
  private static final long LONGEST_NANOS = 5_000_000_000L;
  private static final int EXTENDED = 1 << 31;

  /** Identifiers at which what the kept manifests know is heard. */
  private static final int[] IDS = {256, 0x7E8, EXTENDED | 0x18DAF110, EXTENDED | 0x18FEF100};

  private final Path folder;

  /**
   * @param folder where the files are put; its content is lost
   */
  FileTargets(Path folder) {
    this.folder = folder;
  }

  /** The first byte says how long the frame is that follows; then comes the DBC file. */
  void dbc(byte[] data) {
    int length = data.length == 0 ? 0 : Math.min(data[0] & 63, data.length - 1);
    byte[] frame =
        Arrays.copyOfRange(data, Math.min(1, data.length), Math.min(1, data.length) + length);
    byte[] text = Arrays.copyOfRange(data, Math.min(data.length, 1 + length), data.length);
    timed(
        () -> {
          DbcFile file = DbcParser.parse(text);
          StringBuilder lines = new StringBuilder();
          for (DbcMessage message : file.messages()) {
            message.decode(frame, (signal, raw) -> signal.scaled(raw));
            lines.append("{\"id\":").append(message.id() & Integer.MAX_VALUE);
            lines.append(",\"ext\":").append(message.id() < 0);
            lines.append(",\"data\":\"").append(HexFormat.of().formatHex(frame)).append("\"}\n");
          }
          decode(new OfflineDecoder(Kind.DBC, file("a.dbc", text)), lines.toString());
        });
  }

  /** A signal set; its commands are answered with bytes of the set itself. */
  void obdbSet(byte[] data) {
    timed(
        () -> {
          List<ObdbCommand> commands = ObdbFiles.read(file("set.json", data));
          Manifest.Bus bus =
              new Manifest.Bus(Manifest.Protocol.CAN, List.of(), commands, Map.of(), false);
          Manifest manifest =
              new Manifest("a", 1, List.of("*"), Map.of("*", bus), List.of(), Map.of(), List.of());
          hear(manifest, answers(commands));
        });
  }

  private static List<byte[]> answers(List<ObdbCommand> commands) {
    List<byte[]> answers = new ArrayList<>();
    for (ObdbCommand command : commands) {
      byte[] prefix = command.answer();
      if (prefix.length < 7) {
        byte[] answer = Arrays.copyOf(new byte[] {7}, 8);
        System.arraycopy(prefix, 0, answer, 1, prefix.length);
        Arrays.fill(answer, 1 + prefix.length, 8, (byte) 0xA5);
        answers.add(answer);
      }
    }
    return answers;
  }

  /** A manifest beside a DBC file, a signal set, a table and a mapping. */
  void manifest(byte[] data) {
    timed(
        () -> {
          file("a.dbc", "BO_ 256 A: 8 X\n SG_ b : 0|8@1+ (1,0) [0|0] \"\" X\n");
          file("b.json", "{\"signals\":{\"b\":\"c\"}}");
          file(
              "o.json",
              "{\"commands\":[{\"hdr\":\"7E0\",\"cmd\":{\"01\":\"0C\"},\"signals\":[]}]}");
          file("t.json", "{\"table\":\"t\",\"registers\":[]}");
          Manifest manifest = ManifestFiles.read(file("m.manifest.json", data));
          hear(manifest, List.of(new byte[8], new byte[] {4, 0x41, 0x0C, 1, 2, 0, 0, 0}));
        });
  }

  private static void hear(Manifest manifest, List<byte[]> frames) {
    FrameDecoder decoder = new FrameDecoder(manifest);
    for (byte[] frame : frames) {
      for (int id : IDS) {
        FrameSession session = new FrameSession(decoder);
        session.frame("can0", 0, id, frame, FileTargets::sound);
      }
    }
  }

  private static void sound(String name, double value) {
    Targets.check(!name.isEmpty() && !Double.isNaN(value) && !Double.isInfinite(value));
  }

  /** The first eight bytes are a value of each register of the table that follows. */
  void table(byte[] data) {
    timed(
        () -> {
          byte[] text = Arrays.copyOfRange(data, Math.min(8, data.length), data.length);
          CodeTable table = TableFiles.read(file("t.json", text));
          long value = 0;
          for (int i = 0; i < Math.min(8, data.length); i++) {
            value = value << 8 | data[i] & 0xFF;
          }
          for (Register register : table.registers().values()) {
            Targets.check(register.faults(value).size() <= Long.SIZE);
          }
          CodeBook book = new CodeBook(UserCodes.of(List.of(table)));
          table.codes().forEach(code -> book.explain(Notation.of(code.code()), Language.CHINESE));
        });
  }

  /** A user's own texts; each cell is then asked for. */
  void ownCodes(byte[] data) {
    timed(
        () -> {
          file("own.tsv", data);
          UserCodes own = UserCodes.read(folder, List.of());
          CodeBook book = new CodeBook(own);
          String text = new String(data, StandardCharsets.UTF_8);
          text.lines()
              .limit(20)
              .forEach(line -> explain(book, line.substring(0, Math.max(0, line.indexOf('\t')))));
        });
  }

  /** A code as a person writes it: never an error, always a text. */
  void code(byte[] data) {
    explain(BOOK, new String(data, StandardCharsets.UTF_8));
  }

  private static void explain(CodeBook book, String written) {
    Notation code = Notation.of(written);
    for (Language language : Language.values()) {
      Targets.check(!book.explain(code, language).text().isEmpty());
    }
    Notation again = Notation.of(code.written());
    Targets.check(again.equals(code) || !code.family().equals(Notation.OBD));
  }

  /** What a maker defines of UDS data, and an answer that is read by it. */
  void udsDefinition(byte[] data) {
    timed(
        () -> {
          DecodeOptions options = options(file("uds.json", data));
          String lines =
              "{\"response\":\"59060123450101A5A5A5A5A5A5A5\"}\n"
                  + "{\"response\":\"590401234501010100A5A5A5A5A5A5\"}\n"
                  + "{\"response\":\"62F40DA5A5A5A5A5A5\"}\n{\"response\":\"7101020304A5\"}";
          decode(new OfflineDecoder(Kind.UDS, BOOK, options), lines);
        });
  }

  /** A PGN list, and single frames, fast packets and transport packets that are read by it. */
  void pgnList(byte[] data) {
    timed(
        () -> {
          DecodeOptions options = options(file("pgn.json", data));
          String lines =
              "can0 09F80103#8CD8E71AA5A5FF7F\ncan0 09F11203#FFFFFFFFFFFFFFFF\n"
                  + "can0 0DF80503#4008010203040506\ncan0 0DF80503#4107080910111213\n"
                  + "can0 19F21103#0003A5A5A5A5A5A5";
          decode(new OfflineDecoder(Kind.NMEA2000, BOOK, options), lines);
        });
  }

  /** A table of lives: C-MAPSS, or CSV with an even first byte. */
  void lives(byte[] data) {
    timed(
        () -> {
          byte[] text = Arrays.copyOfRange(data, Math.min(1, data.length), data.length);
          Path file = file("lives.txt", text);
          if (data.length > 0 && (data[0] & 1) == 0) {
            Tables.csv(file, new Tables.CsvMapping("u", "c", Map.of("s", "engine.s"), ','));
          } else {
            Tables.cmapss(file);
          }
        });
  }

  private static DecodeOptions options(Path definition) {
    return new DecodeOptions(true, true, Optional.of(definition), Map.of());
  }

  private static void decode(OfflineDecoder decoder, String lines) throws IOException {
    decoder.notices().forEach(notice -> Targets.check(notice.startsWith("{")));
    decoder.decode(new StringReader(lines), line -> Targets.check(line.startsWith("{")));
  }

  private Path file(String name, String text) throws IOException {
    return file(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  /** What reads and writes files. */
  private interface Reading {
    void run() throws IOException;
  }

  // By the thread's own time: a machine that does something else is no finding.
  private static void timed(Reading reading) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    try {
      reading.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Targets.check(threads.getCurrentThreadCpuTime() - start < LONGEST_NANOS);
    }
  }
}
