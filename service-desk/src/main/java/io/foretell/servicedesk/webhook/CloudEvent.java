package io.foretell.servicedesk.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.proto.TicketEvent;
import io.foretell.servicedesk.TicketChange;
import io.foretell.servicedesk.outbox.OutboxEntry;
import java.time.Instant;
import java.util.Locale;

/**
 * A change as a CloudEvent 1.0 in structured JSON mode, with the {@code sequence} extension; {@code
 * subject} is the ticket, {@code type} {@code io.foretell.ticket.opened.v1} and the like.
 */
final class CloudEvent {
  static final String CONTENT_TYPE = "application/cloudevents+json; charset=utf-8";

  private final ObjectMapper json = new ObjectMapper();
  private final String source;

  CloudEvent(String source) {
    this.source = source;
  }

  String body(OutboxEntry entry) {
    TicketChange change = entry.change();
    TicketEvent event = change.event();
    ObjectNode root = json.createObjectNode();
    root.put("specversion", "1.0");
    root.put("id", entry.id());
    root.put("source", source + "/tenants/" + change.device().tenant());
    root.put("type", "io.foretell.ticket." + change.type().word() + ".v1");
    root.put("subject", event.id());
    root.put("time", Instant.ofEpochMilli(event.at()).toString());
    root.put("sequence", String.format(Locale.ROOT, "%019d", entry.sequence()));
    root.put("datacontenttype", "application/json");
    ObjectNode data = root.putObject("data");
    data.put("tenant", change.device().tenant());
    data.put("device", change.device().device());
    data.put("ticket", event.id());
    data.put("cause", event.cause());
    data.put("title", event.title());
    data.put("state", event.state().name());
    data.put("urgency", event.urgency().name());
    data.put("at", event.at());
    data.put("openedAt", event.openedAt());
    data.put("reopened", event.reopened());
    data.put("note", event.note());
    try {
      return json.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values can be written", e);
    }
  }
}
