package io.foretell.proto.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.foretell.proto.Codec;
import io.foretell.proto.Delivery;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Codec of lane {@code uplink}: message {@code UplinkRecord}, written and read field by field,
 * because every message of every device passes here and the generated class costs a builder, a
 * message and two copies of the payload.
 */
final class UplinkCodec implements Codec<Uplink> {
  private static final int KIND = 1;
  private static final int RECEIVED_AT = 2;
  private static final int CONTENT_TYPE = 3;
  private static final int VIA = 4;
  private static final int PAYLOAD = 5;

  private static final int SESSION = 6;
  private static final int PACKET_ID = 7;
  private static final int NUMBER = 8;
  private static final int NOTED = 9;
  private static final int REPEATED = 10;

  private static final int KIND_TAG = KIND << 3;
  private static final int RECEIVED_AT_TAG = RECEIVED_AT << 3;
  private static final int CONTENT_TYPE_TAG = CONTENT_TYPE << 3 | 2;
  private static final int VIA_TAG = VIA << 3 | 2;
  private static final int PAYLOAD_TAG = PAYLOAD << 3 | 2;
  private static final int SESSION_TAG = SESSION << 3 | 1;
  private static final int PACKET_ID_TAG = PACKET_ID << 3;
  private static final int NUMBER_TAG = NUMBER << 3;
  private static final int NOTED_TAG = NOTED << 3;
  private static final int REPEATED_TAG = REPEATED << 3;

  @Override
  public byte[] encode(Uplink value) {
    byte[] bytes = new byte[size(value)];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeUInt32(KIND, value.kind().number());
      if (value.receivedAt() != 0) {
        out.writeSInt64(RECEIVED_AT, value.receivedAt());
      }
      if (!value.contentType().isEmpty()) {
        out.writeString(CONTENT_TYPE, value.contentType());
      }
      if (!value.via().isEmpty()) {
        out.writeString(VIA, value.via());
      }
      if (value.payload().length > 0) {
        out.writeByteArray(PAYLOAD, value.payload());
      }
      if (value.delivery().isPresent()) {
        write(out, value.delivery().get());
      }
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("an array has room for what was measured", e);
    }
    return bytes;
  }

  private static void write(CodedOutputStream out, Delivery delivery) throws IOException {
    out.writeFixed64(SESSION, delivery.session());
    out.writeUInt32(PACKET_ID, delivery.packetId());
    out.writeUInt64(NUMBER, delivery.number());
    out.writeUInt64(NOTED, delivery.noted());
    out.writeBool(REPEATED, delivery.repeated());
  }

  private static int size(Delivery delivery) {
    return CodedOutputStream.computeFixed64Size(SESSION, delivery.session())
        + CodedOutputStream.computeUInt32Size(PACKET_ID, delivery.packetId())
        + CodedOutputStream.computeUInt64Size(NUMBER, delivery.number())
        + CodedOutputStream.computeUInt64Size(NOTED, delivery.noted())
        + CodedOutputStream.computeBoolSize(REPEATED, delivery.repeated());
  }

  private static int size(Uplink value) {
    int size = CodedOutputStream.computeUInt32Size(KIND, value.kind().number());
    if (value.receivedAt() != 0) {
      size += CodedOutputStream.computeSInt64Size(RECEIVED_AT, value.receivedAt());
    }
    if (!value.contentType().isEmpty()) {
      size += CodedOutputStream.computeStringSize(CONTENT_TYPE, value.contentType());
    }
    if (!value.via().isEmpty()) {
      size += CodedOutputStream.computeStringSize(VIA, value.via());
    }
    if (value.payload().length > 0) {
      size += CodedOutputStream.computeByteArraySize(PAYLOAD, value.payload());
    }
    if (value.delivery().isPresent()) {
      size += size(value.delivery().get());
    }
    return size;
  }

  @Override
  public Uplink decode(byte[] bytes) {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    int kind = 0;
    long receivedAt = 0;
    String contentType = "";
    String via = "";
    byte[] payload = {};
    long session = 0;
    int packetId = 0;
    long delivered = 0;
    long noted = 0;
    boolean repeated = false;
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag) {
          case KIND_TAG -> kind = in.readUInt32();
          case RECEIVED_AT_TAG -> receivedAt = in.readSInt64();
          case CONTENT_TYPE_TAG -> contentType = in.readStringRequireUtf8();
          case VIA_TAG -> via = in.readStringRequireUtf8();
          case PAYLOAD_TAG -> payload = in.readByteArray();
          case SESSION_TAG -> session = in.readFixed64();
          case PACKET_ID_TAG -> packetId = in.readUInt32();
          case NUMBER_TAG -> delivered = in.readUInt64();
          case NOTED_TAG -> noted = in.readUInt64();
          case REPEATED_TAG -> repeated = in.readBool();
          default -> in.skipField(tag);
        }
      }
    } catch (IOException e) {
      throw Bytes.malformed(e);
    }
    int number = kind;
    return new Uplink(
        UplinkKind.ofNumber(kind)
            .orElseThrow(() -> Bytes.wrongShape("no kind of uplink: " + number)),
        receivedAt,
        contentType,
        via,
        payload,
        session == 0
            ? Optional.empty()
            : Optional.of(new Delivery(session, packetId, delivered, noted, repeated)));
  }
}
