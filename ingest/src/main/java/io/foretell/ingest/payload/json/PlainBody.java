package io.foretell.ingest.payload.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A body in the plain form, read in one pass. What is wrong with its shape is kept until the end of
 * the body is reached: then it is known to be JSON at all, and whether it was the proto3 form.
 */
abstract sealed class PlainBody permits PlainSignals, PlainFaults, PlainPresence, NoPlainForm {
  /** ISO 8601's year 9999; above it a time is no time in ms. */
  private static final double LAST_MILLIS = 253_402_300_799_999.0;

  final JsonParser parser;
  private @Nullable String complaint;

  PlainBody(JsonParser parser) {
    this.parser = parser;
  }

  /** Reads an object that is the body or, in a body that is an array, one of its elements. */
  abstract void object(boolean element) throws IOException;

  /** Whether the body was the proto3 form. */
  abstract boolean message();

  /** What the body says; only asked where nothing was wrong with it. */
  abstract List<Telemetry> values();

  /** The values; empty where the body is in the proto3 form. */
  final Optional<List<Telemetry>> read() throws IOException {
    JsonToken first = parser.nextToken();
    boolean array = first == JsonToken.START_ARRAY;
    if (array) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        element(parser.currentToken());
      }
    } else if (first == JsonToken.START_OBJECT) {
      object(false);
    } else {
      complain("the body is neither an object nor an array");
    }
    if (parser.nextToken() != null) {
      throw new InvalidInputException(
          ReasonCode.MALFORMED_JSON, "there is more after the end of the body");
    }
    if (!array && message()) {
      return Optional.empty();
    }
    if (complaint != null) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, complaint);
    }
    return Optional.of(values());
  }

  private void element(JsonToken token) throws IOException {
    if (token == JsonToken.START_OBJECT) {
      object(true);
    } else {
      complain("an element of the array is no object");
      parser.skipChildren();
    }
  }

  /** Keeps the first thing that is wrong. */
  final void complain(String what) {
    if (complaint == null) {
      complaint = what;
    }
  }

  final void complainAndSkip(String what) throws IOException {
    complain(what);
    parser.skipChildren();
  }

  /** A time in ms; or the one given, where the member is null or wrong. */
  final long time(long otherwise) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return otherwise;
    }
    if (token.isNumeric()) {
      double millis = parser.getDoubleValue();
      if (millis >= 0 && millis <= LAST_MILLIS) {
        return (long) millis;
      }
    }
    complainAndSkip("t is no number of milliseconds since 1970");
    return otherwise;
  }

  /** A whole number; or the one given, where the member is null or wrong. */
  final int whole(String name, int otherwise) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return otherwise;
    }
    if (token.isNumeric()) {
      double number = parser.getDoubleValue();
      if (number == Math.rint(number) && Math.abs(number) <= Integer.MAX_VALUE) {
        return (int) number;
      }
    }
    complainAndSkip(name + " is no whole number");
    return otherwise;
  }

  final String text(String name) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    if (parser.currentToken() != JsonToken.VALUE_NULL) {
      complainAndSkip(name + " is no text");
    }
    return "";
  }

  final boolean truth(String name) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_TRUE) {
      return true;
    }
    if (token != JsonToken.VALUE_FALSE && token != JsonToken.VALUE_NULL) {
      complainAndSkip(name + " is neither true nor false");
    }
    return false;
  }
}
