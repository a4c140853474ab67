package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.j1939.DiagnosticMessage;
import io.foretell.diagnostics.j1939.Dm;
import io.foretell.diagnostics.j1939.DmKind;
import io.foretell.diagnostics.j1939.DmReader;
import io.foretell.diagnostics.j1939.J1939Memory;
import io.foretell.diagnostics.j1939.SpnConversion;
import io.foretell.diagnostics.j1939.SpnConversions;
import io.foretell.diagnostics.j1939.Transport;
import io.foretell.diagnostics.j1939.TransportEvent;
import io.foretell.diagnostics.j1939.TransportLimits;
import io.foretell.proto.InvalidInputException;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A candump of a J1939 bus to its messages: each that was put together from packets, and each DM1
 * and DM2. With {@code all}, every other diagnostic message too, in a field {@code message}. With
 * {@code explain}, a last line counts what was dropped, and why.
 */
final class J1939Lines implements LineDecoder {
  private static final int BROADCAST = 255;
  private static final int FIRST_BROADCAST_PF = 0xF0;
  private static final int REQUEST = 59904;
  private static final String TRANSPORT_CLAUSE = "SAE J1939-21 5.10";

  private final CandumpLine frame = new CandumpLine();
  private final J1939Memory memory = new J1939Memory(TransportLimits.LOG);
  private final Transport transport = new Transport(pgn -> true);
  private final SpnConversions conversions;
  private final boolean explain;
  private final boolean all;
  private long frames;

  J1939Lines(CodeBook book, DecodeOptions options) {
    conversions = new SpnConversions(options.conversions(), book::knowsSpn);
    explain = options.explain();
    all = options.all();
  }

  @Override
  public void line(String line, Consumer<String> out) {
    if (!frame.read(line)) {
      return;
    }
    frames++;
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
          (micros, bus, sa, da, pgn, kind, data, length) ->
              out.accept(message(micros, bus, sa, da, pgn, kind.name(), data, length)));
    } else {
      single(id, out);
    }
  }

  private void single(int id, Consumer<String> out) {
    boolean broadcast = (id >>> 16 & 0xFF) >= FIRST_BROADCAST_PF;
    int pgn = id >>> 8 & (broadcast ? 0x3FFFF : 0x3FF00);
    int da = broadcast ? BROADCAST : id >>> 8 & 0xFF;
    if (isDm(pgn) || all && DmKind.ofPgn(pgn) != null) {
      out.accept(
          message(frame.micros, frame.bus, id & 0xFF, da, pgn, "SF", frame.data, frame.length));
    } else if (all && pgn == REQUEST && frame.length >= 3) {
      int asked = frame.data[0] & 0xFF | (frame.data[1] & 0xFF) << 8 | (frame.data[2] & 0xFF) << 16;
      DmKind kind = DmKind.ofPgn(asked);
      if (kind != null) {
        ObjectNode node =
            head(frame.micros, frame.bus, id & 0xFF, da, pgn, "SF", frame.data, frame.length);
        node.put("request", kind.name());
        out.accept(Json.text(node));
      }
    }
  }

  private String message(
      long micros, String bus, int sa, int da, int pgn, String transport, byte[] data, int length) {
    ObjectNode node = head(micros, bus, sa, da, pgn, transport, data, length);
    DmKind kind = DmKind.ofPgn(pgn);
    if (kind != null && (isDm(pgn) || all || explain)) {
      content(node, kind, sa, transport, data, length);
    } else if (explain) {
      Explain steps = new Explain(true);
      steps.trace().step(0, length, "put together from packets: " + transport, TRANSPORT_CLAUSE);
      steps.put(node, data);
    }
    return Json.text(node);
  }

  private void content(
      ObjectNode node, DmKind kind, int sa, String transport, byte[] data, int length) {
    Explain steps = new Explain(explain);
    if (!transport.equals("SF")) {
      steps.trace().step(0, length, "put together from packets: " + transport, TRANSPORT_CLAUSE);
    }
    SpnConversion conversion = conversions.of(kind, sa, data, length);
    if (isDm(kind.pgn())) {
      Dm.Codes codes = (Dm.Codes) DmReader.read(kind, data, length, conversion, steps.trace());
      ObjectNode dm = node.putObject("dm");
      DmJson.put(dm, codes.content(), true);
      if (all) {
        dm.put("conversion", conversion.version());
      }
    } else {
      try {
        node.set(
            "message", DmJson.tree(DmReader.read(kind, data, length, conversion, steps.trace())));
      } catch (InvalidInputException e) {
        // The bytes are good to see even where they are too few.
        node.put("error", e.reason().name());
        node.put("detail", e.detail());
      }
    }
    steps.put(node, data);
  }

  private static ObjectNode head(
      long micros, String bus, int sa, int da, int pgn, String transport, byte[] data, int length) {
    ObjectNode node = Json.object();
    node.put("t", BigDecimal.valueOf(micros, 6).stripTrailingZeros());
    node.put("ch", bus);
    node.put("sa", sa);
    node.put("da", da);
    node.put("pgn", pgn);
    node.put("transport", transport);
    node.put("data", Hex.of(data, length));
    return node;
  }

  @Override
  public void end(Consumer<String> out) {
    if (!explain) {
      return;
    }
    ObjectNode node = Json.object();
    node.put("frames", frames);
    node.put("open", memory.openSessions());
    ObjectNode drops = node.putObject("drops");
    for (TransportEvent event : TransportEvent.values()) {
      if (memory.count(event) > 0) {
        ObjectNode one = drops.putObject(event.name().toLowerCase(Locale.ROOT));
        one.put("count", memory.count(event));
        one.put("reason", event.reason().name());
      }
    }
    out.accept(Json.text(node));
  }

  private static boolean isDm(int pgn) {
    return pgn == DiagnosticMessage.DM1 || pgn == DiagnosticMessage.DM2;
  }
}
