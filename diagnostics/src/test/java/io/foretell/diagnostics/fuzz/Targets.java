package io.foretell.diagnostics.fuzz;

import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.dbc.DbcFile;
import io.foretell.diagnostics.dbc.DbcParser;
import io.foretell.diagnostics.doip.DoipReader;
import io.foretell.diagnostics.industrial.CanOpenEmergency;
import io.foretell.diagnostics.industrial.Cip;
import io.foretell.diagnostics.industrial.DeviceStatus;
import io.foretell.diagnostics.industrial.Hart;
import io.foretell.diagnostics.industrial.IoLink;
import io.foretell.diagnostics.industrial.Modbus;
import io.foretell.diagnostics.industrial.Ne107Status;
import io.foretell.diagnostics.industrial.OpcUaStatus;
import io.foretell.diagnostics.industrial.ProfibusPa;
import io.foretell.diagnostics.isotp.IsoTp;
import io.foretell.diagnostics.isotp.IsoTpMessage;
import io.foretell.diagnostics.j1939.DmKind;
import io.foretell.diagnostics.j1939.DmReader;
import io.foretell.diagnostics.j1939.J1939Memory;
import io.foretell.diagnostics.j1939.J1939Reader;
import io.foretell.diagnostics.j1939.SpnConversion;
import io.foretell.diagnostics.j1939.Transport;
import io.foretell.diagnostics.j1939.TransportLimits;
import io.foretell.diagnostics.nmea2000.FastPackets;
import io.foretell.diagnostics.obd.ElmAnswer;
import io.foretell.diagnostics.obd.ObdDecoder;
import io.foretell.diagnostics.obd.ObdRequest;
import io.foretell.diagnostics.obdb.ObdbCommand;
import io.foretell.diagnostics.obdb.ObdbSignal;
import io.foretell.diagnostics.offline.json.DecodeOptions;
import io.foretell.diagnostics.offline.json.Kind;
import io.foretell.diagnostics.offline.json.OfflineDecoder;
import io.foretell.diagnostics.signals.FrameDecoder;
import io.foretell.diagnostics.signals.FrameMemory;
import io.foretell.diagnostics.signals.Manifest;
import io.foretell.diagnostics.trace.Steps;
import io.foretell.diagnostics.trace.Trace;
import io.foretell.diagnostics.uds.Definition;
import io.foretell.diagnostics.uds.UdsReader;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Telemetry;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parsers of outside bytes, each as one function of arbitrary bytes. It returns, or throws
 * {@link InvalidInputException}; all else is a finding, and so is memory beyond its limits.
 */
final class Targets {
  private static final CodeBook BOOK = new CodeBook();
  private static final DecodeOptions ALL =
      new DecodeOptions(true, true, Optional.empty(), Map.of());

  private static final int EXTENDED = 1 << 31;
  private static final int[] HEARD = {
    256,
    0x7E8,
    EXTENDED | 0x18FEF100,
    EXTENDED | 0x0CF00400,
    EXTENDED | 0x18ECFF00,
    EXTENDED | 0x18EBFF00,
    EXTENDED | 0x18DAF110,
    EXTENDED | 0x18EC0B00,
    EXTENDED | 0x18EB0B00
  };
  private static final FrameDecoder KNOWN = new FrameDecoder(known(Manifest.Protocol.J1939));
  private static final FrameDecoder AT_SEA = new FrameDecoder(known(Manifest.Protocol.NMEA2000));

  private Targets() {}

  private static Manifest known(Manifest.Protocol protocol) {
    DbcFile file =
        DbcParser.parse(
            "BO_ 256 A: 8 X\n"
                + " SG_ m M : 0|4@1+ (1,0) [0|0] \"\" X\n"
                + " SG_ a m0 : 15|16@0- (1,0) [0|0] \"\" X\n"
                + " SG_ b m1 : 4|64@1+ (1,0) [0|0] \"\" X\n"
                + "BO_ 2565865984 G: 20 X\n"
                + " SG_ c : 80|32@1- (1,0) [0|0] \"\" X\n"
                + "BO_ 2583168510 F: 43 X\n"
                + " SG_ f : 80|64@1- (1,0) [0|0] \"\" X\n"
                + "SIG_VALTYPE_ 2565865984 c : 1;\n");
    ObdbSignal.Scaling scaling =
        new ObdbSignal.Scaling(1, 4, 0, 0, 1e9, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    List<ObdbSignal> signals =
        List.of(
            new ObdbSignal("d", 0, 16, false, false, scaling, Map.of(), false),
            new ObdbSignal("e", 3, 13, true, true, scaling, Map.of(1L, "on"), true));
    List<ObdbCommand> commands =
        List.of(
            new ObdbCommand("7DF", "", "", "010C", 0, ObdbCommand.LAST_YEAR, signals),
            new ObdbCommand("DA10", "", "", "22F40C", 0, ObdbCommand.LAST_YEAR, signals));
    Manifest.Bus bus = new Manifest.Bus(protocol, List.of(file), commands, Map.of(), false);
    return new Manifest("a", 1, List.of("*"), Map.of("*", bus), List.of(), Map.of(), List.of());
  }

  static void uds(byte[] data) {
    UdsReader.read(data, Definition.STANDARD, new Steps());
  }

  static void doip(byte[] data) {
    DoipReader.read(data, 0, new Steps());
  }

  /** The first byte says which message. */
  static void dm(byte[] data) {
    if (data.length > 0) {
      DmKind kind = DmKind.values()[(data[0] & 0xFF) % DmKind.values().length];
      SpnConversion version = SpnConversion.values()[data[0] >>> 6 & 3];
      byte[] rest = Arrays.copyOfRange(data, 1, data.length);
      DmReader.read(kind, rest, rest.length, version, new Steps());
    }
  }

  /** Frames of thirteen bytes: protocol, source, destination, time, length, data. */
  static void transport(byte[] data) {
    J1939Memory memory = new J1939Memory();
    Transport transport = new Transport(pgn -> true);
    int[] formats = {0xEC, 0xEB, 0xC8, 0xC7};
    long micros = 0;
    for (int at = 0; at + 13 <= data.length; at += 13) {
      int format = formats[data[at] & 3];
      int id = 1 << 31 | format << 16 | (data[at + 2] & 0xFF) << 8 | data[at + 1] & 0xFF;
      micros += (data[at + 3] & 0xFF) * 20_000L;
      transport.frame(
          memory,
          micros,
          "can" + (data[at] & 4),
          id,
          data,
          at + 5,
          Math.min(8, data[at + 4] & 15),
          (t, bus, sa, da, pgn, kind, message, length) -> check(length <= message.length));
      check(memory.openSessions() <= TransportLimits.DEVICE.sessions());
      check(memory.heldBytes() >= 0 && memory.heldBytes() <= TransportLimits.DEVICE.allBytes());
    }
  }

  static void j1939Memory(byte[] data) {
    J1939Memory memory = new J1939Reader(BOOK).codec().decode(data);
    byte[] again = new J1939Reader(BOOK).codec().encode(memory);
    check(again.length > 0);
  }

  /** Frames of a length that comes first. */
  static void isoTp(byte[] data) {
    IsoTp isoTp = new IsoTp(4, 1 << 16);
    for (int at = 0; at < data.length; ) {
      int length = Math.min(data[at] & 63, data.length - at - 1);
      int id = (data[at] & 64) == 0 ? 0x7E8 : 0x98CE10F1;
      isoTp.frame("", id, data, at + 1, length, Targets::sound);
      at += 1 + length;
    }
    isoTp.end(Targets::sound);
  }

  private static void sound(IsoTpMessage message) {
    check(message.defect().isPresent() == (message.payload().length == 0));
  }

  static void fastPackets(byte[] data) {
    FastPackets packets = new FastPackets(4);
    for (int at = 0; at + 9 <= data.length; at += 9) {
      packets.frame(
          at * 1000L,
          "",
          data[at] & 1,
          data,
          at + 1,
          8,
          message -> check(message.length <= FastPackets.MOST_BYTES));
    }
  }

  /** Lines of text, the first of which is the request. */
  static void obd(byte[] data) {
    List<String> lines = List.of(new String(data, StandardCharsets.ISO_8859_1).split("\n", -1));
    ObdRequest request = ObdRequest.of(lines.get(0));
    ObdDecoder.decode(request, ElmAnswer.of(request, lines), Trace.NONE);
  }

  /** The first byte says which kind; what follows is its input. */
  static void lines(byte[] data) {
    if (data.length == 0) {
      return;
    }
    Kind[] kinds = Arrays.stream(Kind.values()).filter(k -> !k.needsTable()).toArray(Kind[]::new);
    Kind kind = kinds[(data[0] & 0xFF) % kinds.length];
    String text = new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
    try {
      new OfflineDecoder(kind, BOOK, ALL).decode(new StringReader(text), line -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first byte says which; what follows is the status. */
  static void status(byte[] data) {
    if (data.length == 0) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(data, 1, data.length);
    int first = rest.length > 0 ? rest[0] & 0xFF : 0;
    int word = rest.length < 4 ? first : ByteBuffer.wrap(rest).getInt();
    DeviceStatus status =
        switch (data[0] & 7) {
          case 0 -> Hart.read(rest, "s");
          case 1 -> Modbus.read(rest, "s");
          case 2 -> Cip.read(rest, "s");
          case 3 -> CanOpenEmergency.read(0x80 | data[0] >> 3 & 0x1F, rest);
          case 4 -> IoLink.read(first, word >>> 8 & 0xFFFF, "s");
          case 5 -> OpcUaStatus.read(word, "s");
          case 6 -> data[0] < 0 ? ProfibusPa.condensed(first, "s") : ProfibusPa.classic(first, "s");
          default -> Ne107Status.ofMask(first & 15, "s");
        };
    check(!status.family().isEmpty() && !status.steps().isEmpty());
    check(status.faults().stream().noneMatch(fault -> fault.title().isEmpty()));
  }

  /** A capture for a device model: frames of a length and an identifier that come first. */
  static void frames(byte[] data) {
    int most = data.length / 2 + 1;
    long[] micros = new long[most];
    int[] ids = new int[most];
    int[] ends = new int[most];
    byte[] bytes = new byte[data.length];
    int frames = 0;
    int end = 0;
    for (int at = 0; at + 1 < data.length; frames++) {
      int length = Math.min(data[at] & 15, data.length - at - 2);
      micros[frames] = frames * 1_500L;
      ids[frames] = HEARD[(data[at + 1] & 0xFF) % HEARD.length];
      System.arraycopy(data, at + 2, bytes, end, length);
      ends[frames] = end += length;
      at += 2 + length;
    }
    List<Telemetry.Signals> portions =
        KNOWN.portions(
            new Telemetry.Frames(
                7,
                "can0",
                Arrays.copyOf(micros, frames),
                Arrays.copyOf(ids, frames),
                Arrays.copyOf(ends, frames),
                Arrays.copyOf(bytes, end)),
            new FrameMemory());
    for (Telemetry.Signals signals : portions) {
      for (int i = 0; i < signals.names().size(); i++) {
        check(signals.times().get(i).length == signals.values().get(i).length);
        check(Arrays.stream(signals.values().get(i)).noneMatch(Double::isNaN));
      }
    }
  }

  /** A packet of each kind on the bus of the kept inputs. */
  static void goesOn(FrameMemory memory) {
    int[] ids = {EXTENDED | 0x18EBFF00, EXTENDED | 0x18DAF110, 0x7E8, EXTENDED | 0x19F80507};
    int[] ends = {8, 16, 24, 32};
    long[] micros = {1, 2, 3, 4};
    byte[] data = new byte[32];
    for (int i = 0; i < 4; i++) {
      data[8 * i] = i == 0 ? 2 : (byte) 0x22;
    }
    AT_SEA.portions(new Telemetry.Frames(7, "can0", micros, ids, ends, data), memory);
  }

  static void check(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("a limit does not hold");
    }
  }
}
