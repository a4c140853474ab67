package io.foretell.agent;

import com.google.protobuf.MessageLite;

/**
 * One message on its way up: a Protobuf body of the v1 schema and where it goes.
 *
 * @param path {@code v1/telemetry}, {@code v1/d/{child}/faults} …: the topic, and with a leading
 *     slash the CoAP or HTTP path
 * @param payload the body; never changed
 */
public record Message(String path, byte[] payload) {
  /** A message that the device sends for itself. */
  public static Message own(String route, MessageLite body) {
    return new Message("v1/" + route, body.toByteArray());
  }

  /** A message that a gateway sends for a child. */
  public static Message child(String child, String route, MessageLite body) {
    return new Message("v1/d/" + child + "/" + route, body.toByteArray());
  }
}
