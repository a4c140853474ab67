package io.foretell.ingest.payload.protobuf;

import io.foretell.ingest.Decoded;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import io.foretell.proto.v1.CommandReply;
import io.foretell.proto.v1.FaultCode;
import io.foretell.proto.v1.FaultReport;
import io.foretell.proto.v1.Origin;
import io.foretell.proto.v1.UpdateStatus;
import java.util.ArrayList;
import java.util.List;

/** What the messages that come rarely say, by way of their generated classes. */
final class Messages {
  private Messages() {}

  static Decoded faults(FaultReport report, long receivedAt) {
    List<Telemetry.Code> codes = new ArrayList<>(report.getFaultsCount());
    for (FaultCode fault : report.getFaultsList()) {
      codes.add(
          new Telemetry.Code(
              fault.getCode(), fault.getStatus(), fault.getCount(), fault.getFreezeFrameMap()));
    }
    return Decoded.of(
        origin(report.getOrigin()),
        new Telemetry.FaultCodes(
            time(report.getTime(), receivedAt), report.getSource(), report.getComplete(), codes));
  }

  static Decoded reply(CommandReply reply, long receivedAt) {
    return Decoded.of(
        origin(reply.getOrigin()),
        new Telemetry.Reply(
            time(reply.getTime(), receivedAt),
            reply.getCommandId(),
            outcome(reply.getOutcome()),
            reply.getDetail(),
            reply.getProofMap()));
  }

  static Decoded update(UpdateStatus update, long receivedAt) {
    return Decoded.of(
        origin(update.getOrigin()),
        new Telemetry.Update(
            time(update.getTime(), receivedAt),
            update.getCampaignId(),
            step(update.getStep()),
            update.getPercent(),
            update.getReason(),
            update.getDetail(),
            update.getSoftwareMap()));
  }

  static io.foretell.ingest.Origin origin(Origin origin) {
    return new io.foretell.ingest.Origin(origin.getBootId(), origin.getSequence());
  }

  private static long time(long stated, long receivedAt) {
    return stated == 0 ? receivedAt : stated;
  }

  private static Telemetry.Outcome outcome(CommandReply.Outcome outcome) {
    return switch (outcome) {
      case ACCEPTED -> Telemetry.Outcome.ACCEPTED;
      case DONE -> Telemetry.Outcome.DONE;
      case FAILED -> Telemetry.Outcome.FAILED;
      case REFUSED -> Telemetry.Outcome.REFUSED;
      case EXPIRED -> Telemetry.Outcome.EXPIRED;
      case OUTCOME_UNSPECIFIED, UNRECOGNIZED -> throw wrong("outcome is none that is known");
    };
  }

  private static Telemetry.UpdateStep step(UpdateStatus.Step step) {
    return switch (step) {
      case RECEIVED -> Telemetry.UpdateStep.RECEIVED;
      case DOWNLOADING -> Telemetry.UpdateStep.DOWNLOADING;
      case VERIFIED -> Telemetry.UpdateStep.VERIFIED;
      case INSTALLED -> Telemetry.UpdateStep.INSTALLED;
      case RUNNING -> Telemetry.UpdateStep.RUNNING;
      case ROLLED_BACK -> Telemetry.UpdateStep.ROLLED_BACK;
      case FAILED -> Telemetry.UpdateStep.FAILED;
      case REFUSED -> Telemetry.UpdateStep.REFUSED;
      case STEP_UNSPECIFIED, UNRECOGNIZED -> throw wrong("step is none that is known");
    };
  }

  private static InvalidInputException wrong(String detail) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, detail);
  }
}
