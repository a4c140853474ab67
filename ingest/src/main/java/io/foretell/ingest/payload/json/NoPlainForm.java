package io.foretell.ingest.payload.json;

import com.fasterxml.jackson.core.JsonParser;
import io.foretell.proto.Telemetry;
import java.io.IOException;
import java.util.List;

/**
 * A body that can only be in the proto3 form; read through to see that it is JSON within limits.
 */
final class NoPlainForm extends PlainBody {
  NoPlainForm(JsonParser parser) {
    super(parser);
  }

  @Override
  void object(boolean element) throws IOException {
    if (element) {
      complain("the body is no object");
    }
    parser.skipChildren();
  }

  @Override
  boolean message() {
    return true;
  }

  @Override
  List<Telemetry> values() {
    return List.of();
  }
}
