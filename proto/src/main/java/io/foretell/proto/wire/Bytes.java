package io.foretell.proto.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Bytes of generated messages; the same message always gives the same bytes. */
final class Bytes {
  private Bytes() {}

  static byte[] of(MessageLite message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    // Maps have no order of their own; a fold that is done again must write the same again.
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("an array has room for what was measured", e);
    }
    return bytes;
  }

  static <M extends MessageLite> M read(Parser<M> parser, byte[] bytes) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw malformed(e);
    }
  }

  static <E extends Enum<E>> E name(Class<E> type, String name) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(name)) {
        return constant;
      }
    }
    throw wrongShape("no " + type.getSimpleName() + ": '" + name + "'");
  }

  static String required(String field, String value) {
    if (value.isEmpty()) {
      throw wrongShape("no " + field);
    }
    return value;
  }

  static InvalidInputException malformed(IOException e) {
    return new InvalidInputException(ReasonCode.MALFORMED_PROTOBUF, String.valueOf(e.getMessage()));
  }

  static InvalidInputException wrongShape(String detail) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, detail);
  }
}
