package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.j1939.DiagnosticMessage;
import io.foretell.diagnostics.j1939.J1939Memory;
import io.foretell.diagnostics.j1939.SpnConversion;
import io.foretell.diagnostics.j1939.SpnConversions;
import io.foretell.diagnostics.j1939.Transport;
import java.math.BigDecimal;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A candump of a J1939 bus to its messages: each that was put together from packets, and each DM1
 * and DM2.
 */
final class J1939Lines implements LineDecoder {
  private static final int BROADCAST = 255;
  private static final int FIRST_BROADCAST_PF = 0xF0;

  private final CandumpLine frame = new CandumpLine();
  private final J1939Memory memory = new J1939Memory();
  private final Transport transport = new Transport(pgn -> true);
  private final SpnConversions conversions;

  J1939Lines(CodeBook book) {
    conversions = new SpnConversions(Map.of(), book::knowsSpn);
  }

  @Override
  public void line(String line, Consumer<String> out) {
    frame.read(line);
    int id = frame.id;
    if (id >= 0) {
      return;
    }
    if (Transport.isTransport(id)) {
      transport.frame(
          memory,
          frame.micros,
          frame.bus,
          id,
          frame.data,
          0,
          frame.length,
          (micros, bus, sa, da, pgn, broadcast, data, length) ->
              out.accept(
                  message(micros, bus, sa, da, pgn, broadcast ? "BAM" : "RTS", data, length)));
    } else if ((id >>> 16 & 0xFF) >= FIRST_BROADCAST_PF && isDm(id >>> 8 & 0x3FFFF)) {
      int pgn = id >>> 8 & 0x3FFFF;
      out.accept(
          message(
              frame.micros, frame.bus, id & 0xFF, BROADCAST, pgn, "SF", frame.data, frame.length));
    }
  }

  private String message(
      long micros, String bus, int sa, int da, int pgn, String transport, byte[] data, int length) {
    ObjectNode node = Json.object();
    node.put("t", BigDecimal.valueOf(micros, 6).stripTrailingZeros());
    node.put("ch", bus);
    node.put("sa", sa);
    node.put("da", da);
    node.put("pgn", pgn);
    node.put("transport", transport);
    node.put("data", Hex.of(data, length));
    if (isDm(pgn)) {
      SpnConversion conversion = conversions.of(sa, data, 0, length);
      DmJson.put(node.putObject("dm"), DiagnosticMessage.read(data, 0, length, conversion), true);
    }
    return Json.text(node);
  }

  private static boolean isDm(int pgn) {
    return pgn == DiagnosticMessage.DM1 || pgn == DiagnosticMessage.DM2;
  }
}
