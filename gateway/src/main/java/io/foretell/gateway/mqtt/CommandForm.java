package io.foretell.gateway.mqtt;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.foretell.proto.Command;
import io.foretell.proto.v1.DeviceCommand;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The bytes of a command as a device gets it: {@code foretell.v1.DeviceCommand}. */
final class CommandForm {
  static final String JSON_TYPE = "application/json";
  static final String PROTOBUF_TYPE = "application/x-protobuf";

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();

  private CommandForm() {}

  /** In Protobuf, or in its proto3 JSON form. */
  static byte[] of(Command command, boolean json) {
    DeviceCommand message =
        DeviceCommand.newBuilder()
            .setId(command.id())
            .setVerb(command.verb())
            .setArguments(command.arguments())
            .setExpiresAt(command.expiresAt())
            .addAllPreconditions(command.preconditions())
            .build();
    return json ? printed(message).getBytes(StandardCharsets.UTF_8) : message.toByteArray();
  }

  private static String printed(DeviceCommand message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e); // only with Any, which the message has not
    }
  }
}
