package io.foretell.ingest.payload.protobuf;

import com.google.protobuf.InvalidProtocolBufferException;
import io.foretell.ingest.Decoded;
import io.foretell.ingest.Limits;
import io.foretell.ingest.PayloadReader;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Uplink;
import io.foretell.proto.v1.CommandReply;
import io.foretell.proto.v1.FaultReport;
import io.foretell.proto.v1.FrameBatch;
import io.foretell.proto.v1.UpdateStatus;
import java.util.Set;

/** Reads the messages of {@code foretell/v1/device.proto} in their binary form. */
public final class ProtobufPayloads implements PayloadReader {
  private static final Set<String> CONTENT_TYPES =
      Set.of("application/protobuf", "application/x-protobuf");

  private final Limits limits;

  /** With the most that a message may say, so that none reserves more memory than that. */
  public ProtobufPayloads(Limits limits) {
    this.limits = limits;
  }

  @Override
  public Set<String> contentTypes() {
    return CONTENT_TYPES;
  }

  @Override
  public Decoded read(Uplink uplink) {
    byte[] payload = uplink.payload();
    long receivedAt = uplink.receivedAt();
    try {
      return switch (uplink.kind()) {
        case TELEMETRY -> new ReportReader(payload, limits).read(receivedAt);
        case FAULTS -> Messages.faults(FaultReport.parseFrom(payload), receivedAt);
        case FRAMES -> FrameReader.frames(FrameBatch.parseFrom(payload), receivedAt, limits);
        case REPLIES -> Messages.reply(CommandReply.parseFrom(payload), receivedAt);
        case UPDATES -> Messages.update(UpdateStatus.parseFrom(payload), receivedAt);
        case PRESENCE ->
            throw new InvalidInputException(
                ReasonCode.UNSUPPORTED_CONTENT_TYPE, "presence is JSON");
      };
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(
          ReasonCode.MALFORMED_PROTOBUF, String.valueOf(e.getMessage()));
    }
  }
}
