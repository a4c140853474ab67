package io.foretell.gateway.downlink.protobuf;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.foretell.proto.Command;
import io.foretell.proto.v1.DeviceCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Collectors;

/** A command as a device gets it: the message {@code foretell.v1.DeviceCommand}. */
public final class CommandForm {
  private static final JsonFormat.Printer JSON =
      JsonFormat.printer().omittingInsignificantWhitespace();

  private CommandForm() {}

  /** Its Protobuf bytes. */
  public static byte[] binary(Command command) {
    return message(command).toByteArray();
  }

  /** Its proto3 JSON form: one object, 64-bit numbers as strings. */
  public static String json(Command command) {
    try {
      return JSON.print(message(command));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a message without Any fields always has a JSON form", e);
    }
  }

  /** Several, each behind its length as a varint: what {@code parseDelimitedFrom} reads. */
  public static byte[] delimited(List<Command> commands) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      for (Command command : commands) {
        message(command).writeDelimitedTo(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return out.toByteArray();
  }

  /** Several, as a JSON array. */
  public static String jsonArray(List<Command> commands) {
    return commands.stream().map(CommandForm::json).collect(Collectors.joining(",", "[", "]"));
  }

  private static DeviceCommand message(Command command) {
    return DeviceCommand.newBuilder()
        .setId(command.id())
        .setVerb(command.verb())
        .setArguments(command.arguments())
        .setExpiresAt(command.expiresAt())
        .addAllPreconditions(command.preconditions())
        .build();
  }
}
