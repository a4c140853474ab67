package io.foretell.ingest.payload.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.foretell.proto.Telemetry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Fault codes, one or several an object. */
final class PlainFaults extends PlainBody {
  /** ISO 14229-1: test failed (bit 0) and confirmed (bit 3). */
  private static final int FAILED_AND_CONFIRMED = 0x09;

  /** A code as its members come. */
  private static final class Draft {
    private String code = "";
    private int status = FAILED_AND_CONFIRMED;
    private int count;
    private Map<String, Double> freezeFrame = Map.of();

    Telemetry.Code done() {
      return new Telemetry.Code(code, status, count, freezeFrame);
    }
  }

  private final long receivedAt;
  private final int mostCodes;
  private final List<Telemetry> reports = new ArrayList<>();
  private boolean plain;
  private int codes;

  PlainFaults(JsonParser parser, long receivedAt, int mostCodes) {
    super(parser);
    this.receivedAt = receivedAt;
    this.mostCodes = mostCodes;
  }

  @Override
  void object(boolean element) throws IOException {
    long time = receivedAt;
    String source = "";
    boolean complete = false;
    boolean single = false;
    Draft draft = new Draft();
    List<Telemetry.Code> several = new ArrayList<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      switch (name) {
        case "t" -> time = time(receivedAt);
        case "source" -> source = text(name);
        case "complete" -> complete = truth(name);
        case "codes" -> {
          plain = true;
          codes(token, several);
        }
        default -> {
          single |= name.equals("code");
          member(draft, name, token);
        }
      }
    }
    plain |= single;
    if (single) {
      add(several, draft);
    }
    reports.add(new Telemetry.FaultCodes(time, source, complete, several));
  }

  private void codes(JsonToken token, List<Telemetry.Code> into) throws IOException {
    if (token != JsonToken.START_ARRAY) {
      complainAndSkip("codes is no array");
      return;
    }
    for (JsonToken one = parser.nextToken(); one != JsonToken.END_ARRAY; one = parser.nextToken()) {
      Draft draft = new Draft();
      if (one == JsonToken.VALUE_STRING) {
        draft.code = parser.getText();
      } else if (one == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          member(draft, name, parser.nextToken());
        }
      } else {
        complainAndSkip("an element of codes is neither a text nor an object");
      }
      add(into, draft);
    }
  }

  private void member(Draft draft, String name, JsonToken token) throws IOException {
    switch (name) {
      case "code" -> draft.code = text(name);
      case "status" -> draft.status = whole(name, FAILED_AND_CONFIRMED);
      case "count" -> draft.count = whole(name, 0);
      case "freezeFrame", "freeze_frame" -> draft.freezeFrame = freezeFrame(name, token);
      default -> complainAndSkip("a fault has no member '" + name + "'");
    }
  }

  private Map<String, Double> freezeFrame(String name, JsonToken token) throws IOException {
    if (token != JsonToken.START_OBJECT) {
      complainAndSkip(name + " is no object");
      return Map.of();
    }
    Map<String, Double> frame = new HashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String signal = parser.currentName();
      if (parser.nextToken().isNumeric()) {
        frame.put(signal, parser.getDoubleValue());
      } else {
        complainAndSkip("'" + signal + "' of the freeze frame is no number");
      }
    }
    return frame;
  }

  private void add(List<Telemetry.Code> into, Draft draft) {
    if (++codes > mostCodes) {
      complain("more than " + mostCodes + " fault codes");
      return;
    }
    into.add(draft.done());
  }

  @Override
  boolean message() {
    return !plain;
  }

  @Override
  List<Telemetry> values() {
    return reports;
  }
}
