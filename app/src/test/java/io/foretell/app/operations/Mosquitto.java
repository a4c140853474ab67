package io.foretell.app.operations;

import io.foretell.app.journey.RunningServer;
import io.foretell.app.journey.RunningServer.Identity;
import io.foretell.app.journey.Tool;

/** Mosquitto's client, as a device that publishes once. */
final class Mosquitto {
  private Mosquitto() {}

  /** Publishes with QoS 1; returns when it is acknowledged or refused. */
  static Tool.Ran publish(int port, String user, String password, String topic, String payload) {
    return Tool.run(
        "mosquitto_pub",
        "-h",
        "127.0.0.1",
        "-p",
        String.valueOf(port),
        "-i",
        user,
        "-u",
        user,
        "-P",
        password,
        "-q",
        "1",
        "-t",
        topic,
        "-m",
        payload);
  }

  static Tool.Ran publish(RunningServer server, Identity device, String topic, String payload) {
    return publish(server.port("mqtt"), device.device(), device.token(), topic, payload);
  }
}
