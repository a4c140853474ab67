package io.foretell.ingest.payload;

import io.foretell.ingest.Limits;
import io.foretell.ingest.PayloadReader;
import io.foretell.ingest.payload.json.JsonPayloads;
import io.foretell.ingest.payload.protobuf.ProtoJsonPayloads;
import io.foretell.ingest.payload.protobuf.ProtobufPayloads;
import java.util.List;

/** The standard set of payload readers. */
public final class Payloads {
  private Payloads() {}

  /** Protobuf, its proto3 JSON form, and plain JSON. */
  public static List<PayloadReader> standard(Limits limits) {
    ProtobufPayloads protobuf = new ProtobufPayloads(limits);
    return List.of(protobuf, new JsonPayloads(new ProtoJsonPayloads(protobuf), limits));
  }
}
