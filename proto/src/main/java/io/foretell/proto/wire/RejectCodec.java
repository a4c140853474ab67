package io.foretell.proto.wire;

import com.google.protobuf.UnsafeByteOperations;
import io.foretell.proto.Codec;
import io.foretell.proto.Position;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.v1.RejectRecord;
import java.util.Optional;

/** Codec of lane {@code rejects}. */
final class RejectCodec implements Codec<Reject> {
  @Override
  public byte[] encode(Reject value) {
    RejectRecord.Builder message =
        RejectRecord.newBuilder()
            .setAt(value.at())
            .setReason(value.reason().name())
            .setDetail(value.detail())
            .setVia(value.via())
            .setRoute(value.route())
            .setContentType(value.contentType())
            .setPayload(UnsafeByteOperations.unsafeWrap(value.payload()));
    value
        .from()
        .ifPresent(
            from ->
                message
                    .setFromLane(from.lane())
                    .setFromPartition(from.partition())
                    .setFromOffset(from.offset()));
    return Bytes.of(message.build());
  }

  @Override
  public Reject decode(byte[] bytes) {
    RejectRecord message = Bytes.read(RejectRecord.parser(), bytes);
    return new Reject(
        message.getAt(),
        Bytes.name(ReasonCode.class, message.getReason()),
        message.getDetail(),
        message.getVia(),
        message.getRoute(),
        message.getContentType(),
        message.getPayload().toByteArray(),
        message.getFromLane().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Position(
                    message.getFromLane(), message.getFromPartition(), message.getFromOffset())));
  }
}
