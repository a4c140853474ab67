package io.foretell.ingest.payload.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.foretell.proto.Telemetry;
import java.io.IOException;
import java.util.List;

/** What the gateway writes when a device comes or goes. */
final class PlainPresence extends PlainBody {
  private final long receivedAt;
  private boolean online;
  private boolean said;
  private String via = "";
  private String reason = "";

  PlainPresence(JsonParser parser, long receivedAt) {
    super(parser);
    this.receivedAt = receivedAt;
  }

  @Override
  void object(boolean element) throws IOException {
    if (element) {
      complain("presence is one object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "online" -> {
          online = truth(name);
          said = true;
        }
        case "via" -> via = text(name);
        case "reason" -> reason = text(name);
        default -> complainAndSkip("presence has no member '" + name + "'");
      }
    }
    if (!said) {
      complain("presence does not say whether the device is online");
    }
  }

  @Override
  boolean message() {
    return false;
  }

  @Override
  List<Telemetry> values() {
    return List.of(new Telemetry.Presence(receivedAt, online, via, reason));
  }
}
