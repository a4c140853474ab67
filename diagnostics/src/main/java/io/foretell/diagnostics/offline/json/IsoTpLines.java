package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.isotp.Defect;
import io.foretell.diagnostics.isotp.Frames;
import io.foretell.diagnostics.isotp.IsoTp;
import io.foretell.diagnostics.isotp.IsoTpMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * {@code {"frames":["7E8#…"]}} to {@code [{"id","payload","defect"}]}, sorted by identifier, then
 * in the order of the capture. {@code "addressing":"extended"} or {@code "mixed"}: the first byte
 * of each frame is an address.
 */
final class IsoTpLines implements LineDecoder {
  private static final int MOST_SESSIONS = 256;
  private static final int MOST_BYTES = 1 << 20;

  private final CandumpLine frame = new CandumpLine();
  private final boolean explain;
  private final boolean all;

  IsoTpLines(DecodeOptions options) {
    explain = options.explain();
    all = options.all();
  }

  @Override
  public void line(String line, Consumer<String> out) {
    JsonNode input = Json.read(line);
    String addressing = input.path("addressing").asText("normal");
    boolean addressed = addressing.equals("extended") || addressing.equals("mixed");
    IsoTp isoTp = new IsoTp(MOST_SESSIONS, MOST_BYTES);
    List<IsoTpMessage> messages = new ArrayList<>();
    List<Seen> seen = new ArrayList<>();
    for (JsonNode text : Json.list(input, "frames")) {
      frame.read("- " + text.asText());
      if (addressed) {
        isoTp.extendedFrame("", frame.id, frame.data, 0, frame.length, messages::add);
      } else {
        isoTp.frame("", frame.id, frame.data, 0, frame.length, messages::add);
      }
      if (explain && frame.length > (addressed ? 1 : 0)) {
        int pci = frame.data[addressed ? 1 : 0] & 0xFF;
        seen.add(new Seen(frame.id, Hex.of(frame.data, frame.length), pci));
      }
    }
    isoTp.end(messages::add);
    messages.sort(Comparator.comparingInt(message -> message.id() & Integer.MAX_VALUE));
    ArrayNode list = Json.array();
    for (int i = 0; i < messages.size(); i++) {
      if (i + 1 == messages.size() || !spoils(messages.get(i + 1), messages.get(i))) {
        put(list.addObject(), messages.get(i), seen);
      }
    }
    out.accept(Json.text(list));
  }

  /** A frame as it was seen. */
  private record Seen(int id, String bytes, int pci) {}

  /** A capture is judged as a whole: a message whose last frame came twice is not taken. */
  private static boolean spoils(IsoTpMessage next, IsoTpMessage message) {
    return next.id() == message.id() && next.defect().equals(Optional.of(Defect.DUP_OF_LAST));
  }

  private void put(ObjectNode node, IsoTpMessage message, List<Seen> seen) {
    String form = message.id() < 0 ? "%08X" : "%03X";
    node.put("id", String.format(Locale.ROOT, form, message.id() & Integer.MAX_VALUE));
    if (message.extension() >= 0) {
      node.put("address", message.extension());
    }
    if (message.defect().isPresent()) {
      node.putNull("payload");
      node.put("defect", message.defect().get().word());
      if (all || explain) {
        node.put("reason", message.defect().get().reason().name());
      }
    } else {
      node.put("payload", Hex.of(message.payload()));
      node.putNull("defect");
    }
    if (explain) {
      explain(node.putArray("explain"), message.id(), seen);
    }
  }

  /** All frames of the identifier; {@code at} is a frame's place in the capture. */
  private static void explain(ArrayNode steps, int id, List<Seen> seen) {
    for (int i = 0; i < seen.size(); i++) {
      Seen one = seen.get(i);
      if (one.id() == id) {
        ObjectNode step = steps.addObject();
        step.put("at", i);
        step.put("bytes", one.bytes());
        step.put("rule", Frames.rule(one.pci()));
        step.put("clause", Frames.clause(one.pci()));
      }
    }
  }
}
