package io.foretell.ingest.payload.protobuf;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.foretell.ingest.Decoded;
import io.foretell.ingest.PayloadReader;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Uplink;
import io.foretell.proto.v1.CommandReply;
import io.foretell.proto.v1.FaultReport;
import io.foretell.proto.v1.FrameBatch;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.UpdateStatus;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Reads the messages of {@code foretell/v1/device.proto} in their <a
 * href="https://protobuf.dev/programming-guides/json/">proto3 JSON form</a>. It stands behind the
 * reader of plain JSON, which hands it bodies that are known to be JSON, so it claims no content
 * type of its own. Unknown fields are refused: a misspelt field must not vanish.
 */
public final class ProtoJsonPayloads implements PayloadReader {
  private final ProtobufPayloads binary;

  /** With the reader of the binary form, which reads the messages once they are built. */
  public ProtoJsonPayloads(ProtobufPayloads binary) {
    this.binary = binary;
  }

  @Override
  public Set<String> contentTypes() {
    return Set.of();
  }

  @Override
  public Decoded read(Uplink uplink) {
    String json = new String(uplink.payload(), StandardCharsets.UTF_8);
    Message.Builder message = builderOf(uplink);
    if (HugeNumbers.in(json, message.getDescriptorForType())) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a number beyond every range");
    }
    try {
      JsonFormat.parser().merge(json, message);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, String.valueOf(e.getMessage()));
    }
    return binary.read(
        new Uplink(
            uplink.kind(),
            uplink.receivedAt(),
            uplink.contentType(),
            uplink.via(),
            message.build().toByteArray()));
  }

  private static Message.Builder builderOf(Uplink uplink) {
    return switch (uplink.kind()) {
      case TELEMETRY -> Report.newBuilder();
      case FAULTS -> FaultReport.newBuilder();
      case FRAMES -> FrameBatch.newBuilder();
      case REPLIES -> CommandReply.newBuilder();
      case UPDATES -> UpdateStatus.newBuilder();
      case PRESENCE ->
          throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "presence has no message");
    };
  }
}
