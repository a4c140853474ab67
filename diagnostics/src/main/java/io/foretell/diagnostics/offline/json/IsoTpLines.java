package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.isotp.Defect;
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
 * in the order of the capture.
 */
final class IsoTpLines implements LineDecoder {
  private static final int MOST_SESSIONS = 256;
  private static final int MOST_BYTES = 1 << 20;

  private final CandumpLine frame = new CandumpLine();

  @Override
  public void line(String line, Consumer<String> out) {
    IsoTp isoTp = new IsoTp(MOST_SESSIONS, MOST_BYTES);
    List<IsoTpMessage> messages = new ArrayList<>();
    for (JsonNode text : Json.list(Json.read(line), "frames")) {
      frame.read("- " + text.asText());
      isoTp.frame("", frame.id, frame.data, 0, frame.length, messages::add);
    }
    isoTp.end(messages::add);
    messages.sort(Comparator.comparingInt(message -> message.id() & Integer.MAX_VALUE));
    ArrayNode list = Json.array();
    for (int i = 0; i < messages.size(); i++) {
      if (i + 1 == messages.size() || !spoils(messages.get(i + 1), messages.get(i))) {
        put(list.addObject(), messages.get(i));
      }
    }
    out.accept(Json.text(list));
  }

  /** A capture is judged as a whole: a message whose last frame came twice is not taken. */
  private static boolean spoils(IsoTpMessage next, IsoTpMessage message) {
    return next.id() == message.id() && next.defect().equals(Optional.of(Defect.DUP_OF_LAST));
  }

  private static void put(ObjectNode node, IsoTpMessage message) {
    String form = message.id() < 0 ? "%08X" : "%03X";
    node.put("id", String.format(Locale.ROOT, form, message.id() & Integer.MAX_VALUE));
    if (message.defect().isPresent()) {
      node.putNull("payload");
      node.put("defect", message.defect().get().word());
    } else {
      node.put("payload", Hex.of(message.payload()));
      node.putNull("defect");
    }
  }
}
