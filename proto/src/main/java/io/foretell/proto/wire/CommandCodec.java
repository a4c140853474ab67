package io.foretell.proto.wire;

import io.foretell.proto.Codec;
import io.foretell.proto.Command;
import io.foretell.proto.v1.CommandRecord;

/** Codec of lane {@code commands}; a command without an id or a verb is none. */
final class CommandCodec implements Codec<Command> {
  @Override
  public byte[] encode(Command value) {
    return Bytes.of(
        CommandRecord.newBuilder()
            .setId(value.id())
            .setVerb(value.verb())
            .setArguments(value.arguments())
            .setIssuedAt(value.issuedAt())
            .setExpiresAt(value.expiresAt())
            .addAllPreconditions(value.preconditions())
            .setIssuedBy(value.issuedBy())
            .build());
  }

  @Override
  public Command decode(byte[] bytes) {
    CommandRecord message = Bytes.read(CommandRecord.parser(), bytes);
    return new Command(
        Bytes.required("id", message.getId()),
        Bytes.required("verb", message.getVerb()),
        message.getArguments(),
        message.getIssuedAt(),
        message.getExpiresAt(),
        message.getPreconditionsList(),
        message.getIssuedBy());
  }
}
