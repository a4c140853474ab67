package io.foretell.gateway.bridge;

import java.io.IOException;

/** One connection to a broker, with one of Paho's clients. */
interface Broker {
  /** Connects, and subscribes with QoS 1; blocks. The session is the one of before, if any. */
  void connect(Receiver receiver) throws IOException;

  /** PUBACK. */
  void acknowledge(int packetId) throws IOException;

  /** Ends the connection, whatever state it is in; the broker keeps the session. */
  void close();

  /** What comes from the broker. */
  interface Receiver {
    /**
     * A message; may block to hold the broker back.
     *
     * @param qos 0 where it needs no acknowledgement
     */
    void message(int packetId, int qos, String topic, String contentType, byte[] payload);

    /** The connection is gone. */
    void lost(String why);
  }
}
