package io.foretell.ingest.payload;

import io.foretell.ingest.Decoded;
import io.foretell.ingest.Limits;
import io.foretell.ingest.PayloadReader;
import io.foretell.ingest.payload.json.JsonPayloads;
import io.foretell.ingest.payload.protobuf.ProtoJsonPayloads;
import io.foretell.ingest.payload.protobuf.ProtobufPayloads;
import io.foretell.ingest.payload.senml.SenmlPayloads;
import io.foretell.ingest.payload.sparkplug.SparkplugPayloads;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import java.util.List;
import java.util.Set;

/** The standard set of payload readers. */
public final class Payloads {
  private Payloads() {}

  /**
   * Protobuf, its proto3 JSON form, plain JSON, SenML in JSON and CBOR, Sparkplug B. Telemetry that
   * states to be JSON and is a SenML pack is read as one.
   */
  public static List<PayloadReader> standard(Limits limits) {
    ProtobufPayloads protobuf = new ProtobufPayloads(limits);
    SenmlPayloads senml = new SenmlPayloads(limits);
    JsonPayloads json = new JsonPayloads(new ProtoJsonPayloads(protobuf), limits);
    return List.of(protobuf, new AnyJson(json, senml), senml, new SparkplugPayloads(limits));
  }

  private record AnyJson(JsonPayloads json, SenmlPayloads senml) implements PayloadReader {
    @Override
    public Set<String> contentTypes() {
      return json.contentTypes();
    }

    @Override
    public Decoded read(Uplink uplink) {
      boolean array = uplink.payload()[0] == '[';
      boolean pack =
          array && uplink.kind() == UplinkKind.TELEMETRY && senml.recognises(uplink.payload());
      return pack ? senml.read(uplink) : json.read(uplink);
    }
  }
}
