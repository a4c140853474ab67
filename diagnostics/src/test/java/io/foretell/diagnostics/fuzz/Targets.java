package io.foretell.diagnostics.fuzz;

import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.doip.DoipReader;
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
import io.foretell.diagnostics.offline.json.DecodeOptions;
import io.foretell.diagnostics.offline.json.Kind;
import io.foretell.diagnostics.offline.json.OfflineDecoder;
import io.foretell.diagnostics.trace.Steps;
import io.foretell.diagnostics.trace.Trace;
import io.foretell.diagnostics.uds.Definition;
import io.foretell.diagnostics.uds.UdsReader;
import io.foretell.proto.InvalidInputException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
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

  private Targets() {}

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
          data[at + 4] & 8,
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

  private static void check(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("a limit does not hold");
    }
  }
}
