package io.foretell.gateway.sparkplug;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The little of a Sparkplug B payload (specification 3.0.0, section 6.4) that a gateway needs. */
final class SparkplugPayload {
  private static final int SEQ_TAG = 3 << 3;
  private static final int BOOLEAN = 11;

  private SparkplugPayload() {}

  /** The number of a message; -1 where it has none or cannot be read. */
  static long sequence(byte[] payload) {
    CodedInputStream in = CodedInputStream.newInstance(payload);
    long sequence = -1;
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == SEQ_TAG) {
          sequence = in.readUInt64();
        } else if (!in.skipField(tag)) {
          return -1;
        }
      }
    } catch (IOException e) {
      return -1;
    }
    return sequence >= 0 && sequence < 256 ? sequence : -1;
  }

  /** The command {@code Node Control/Rebirth}. */
  static byte[] rebirth(long now) {
    byte[] metric =
        bytes(
            out -> {
              out.writeString(1, "Node Control/Rebirth");
              out.writeUInt64(3, now);
              out.writeUInt32(4, BOOLEAN);
              out.writeBool(14, true);
            });
    return bytes(
        out -> {
          out.writeUInt64(1, now);
          out.writeByteArray(2, metric);
        });
  }

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] bytes(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return bytes.toByteArray();
  }
}
