package io.foretell.proto.wire;

import io.foretell.proto.Codec;
import io.foretell.proto.TicketEvent;
import io.foretell.proto.v1.TicketRecord;

/** Codec of lane {@code tickets}. */
final class TicketEventCodec implements Codec<TicketEvent> {
  @Override
  public byte[] encode(TicketEvent value) {
    return Bytes.of(
        TicketRecord.newBuilder()
            .setId(value.id())
            .setCause(value.cause())
            .setTitle(value.title())
            .setState(value.state().name())
            .setUrgency(value.urgency().name())
            .setAt(value.at())
            .setOpenedAt(value.openedAt())
            .setNote(value.note())
            .setReopened(value.reopened())
            .build());
  }

  @Override
  public TicketEvent decode(byte[] bytes) {
    TicketRecord message = Bytes.read(TicketRecord.parser(), bytes);
    return new TicketEvent(
        message.getId(),
        message.getCause(),
        message.getTitle(),
        Bytes.name(TicketEvent.State.class, message.getState()),
        Bytes.name(TicketEvent.Urgency.class, message.getUrgency()),
        message.getAt(),
        message.getOpenedAt(),
        message.getNote(),
        message.getReopened());
  }
}
