package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.j1939.J1939Memory;
import io.foretell.diagnostics.j1939.Transport;
import io.foretell.diagnostics.j1939.TransportLimits;
import io.foretell.diagnostics.nmea2000.FastPackets;
import io.foretell.diagnostics.nmea2000.FastPgns;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A log of a boat's bus to its messages: candump in any form, {@code <0x18eeff01> [8] …}, or a
 * PCAN-View trace. A definition is a PGN list in the JSON form of canboat.
 */
final class Nmea2000Lines implements LineDecoder {
  private static final int BROADCAST = 255;
  private static final int FIRST_BROADCAST_PF = 0xF0;
  private static final int MOST_MESSAGES = 1024;
  private static final Pattern ANGLE =
      Pattern.compile("\\s*<0x([0-9a-fA-F]{1,8})>\\s*\\[\\d+\\]\\s*(.*)");
  private static final Pattern PCAN =
      Pattern.compile(
          "\\s*\\d+\\)\\s+(\\d+(?:\\.\\d+)?)\\s+(?:Rx|Tx)\\s+([0-9A-Fa-f]{8})\\s+\\d\\s+(.*)");
  private static final Pattern COMMENT = Pattern.compile("\\s*(?:[#;].*|interface\\s*=.*)");

  private final CandumpLine frame = new CandumpLine();
  private final J1939Memory memory = new J1939Memory(TransportLimits.LOG);
  private final Transport transport = new Transport(pgn -> true);
  private final FastPackets fast = new FastPackets(MOST_MESSAGES);
  private final PgnList list;
  private final boolean explain;

  Nmea2000Lines(DecodeOptions options, JsonNode definition) {
    explain = options.explain();
    list = new PgnList(definition);
  }

  @Override
  public void line(String line, Consumer<String> out) {
    if (COMMENT.matcher(line).matches()) {
      return;
    }
    if (!read(line)) {
      return;
    }
    int id = frame.id;
    if (id >= 0) {
      return;
    }
    boolean broadcast = (id >>> 16 & 0xFF) >= FIRST_BROADCAST_PF;
    int pgn = id >>> 8 & (broadcast ? 0x3FFFF : 0x3FF00);
    int da = broadcast ? BROADCAST : id >>> 8 & 0xFF;
    if (Transport.isTransport(id)) {
      transport.frame(
          memory,
          frame.micros,
          frame.bus,
          id,
          frame.data,
          0,
          frame.length,
          (micros, bus, sa, to, about, kind, data, length) ->
              out.accept(message(sa, to, about, kind.name(), Arrays.copyOf(data, length))));
    } else if (list.isFast(pgn, FastPgns.contains(pgn))) {
      fast.frame(
          frame.micros,
          frame.bus,
          id,
          frame.data,
          0,
          frame.length,
          data -> out.accept(message(id & 0xFF, da, pgn, "fast", data)));
    } else {
      byte[] data = Arrays.copyOf(frame.data, frame.length);
      out.accept(message(id & 0xFF, da, pgn, "SF", data));
    }
  }

  private boolean read(String line) {
    Matcher m = ANGLE.matcher(line);
    if (m.matches()) {
      String id = "0".repeat(8 - m.group(1).length()) + m.group(1);
      return frame.read("can0 " + id + '#' + m.group(2));
    }
    m = PCAN.matcher(line);
    if (m.matches()) {
      BigDecimal seconds = new BigDecimal(m.group(1)).movePointLeft(3);
      return frame.read("(" + seconds.toPlainString() + ") can0 " + m.group(2) + '#' + m.group(3));
    }
    return frame.read(line);
  }

  private String message(int sa, int da, int pgn, String how, byte[] data) {
    ObjectNode node = Json.object();
    node.put("t", BigDecimal.valueOf(frame.micros, 6).stripTrailingZeros());
    node.put("ch", frame.bus);
    node.put("sa", sa);
    node.put("da", da);
    node.put("pgn", pgn);
    node.put("priority", frame.id >>> 26 & 7);
    node.put("transport", how);
    node.put("data", Hex.of(data));
    Explain steps = new Explain(explain);
    String clause = how.equals("fast") ? "NMEA 2000, fast-packet protocol" : "SAE J1939-21 5.2";
    steps.trace().step(0, data.length, "message of PGN " + pgn + ", sent as " + how, clause);
    list.put(node, pgn, data, steps.trace());
    steps.put(node, data);
    return Json.text(node);
  }

  @Override
  public void end(Consumer<String> out) {
    if (!explain) {
      return;
    }
    ObjectNode node = Json.object();
    node.put("open", fast.openMessages() + memory.openSessions());
    ObjectNode drops = node.putObject("drops");
    for (FastPackets.Event event : FastPackets.Event.values()) {
      if (fast.count(event) > 0) {
        drops.put(event.name().toLowerCase(Locale.ROOT), fast.count(event));
      }
    }
    out.accept(Json.text(node));
  }
}
