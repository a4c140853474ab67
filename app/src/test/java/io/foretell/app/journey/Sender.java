package io.foretell.app.journey;

import io.foretell.app.journey.RunningServer.Identity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The clients that a device's maker may start with, each as it is installed. */
public enum Sender {
  MQTT_311 {
    @Override
    List<String> command(RunningServer to, Identity as, String route, String type, Path body) {
      return publish(to, as, "mqttv311", route, body);
    }
  },
  MQTT_5 {
    @Override
    List<String> command(RunningServer to, Identity as, String route, String type, Path body) {
      List<String> command = publish(to, as, "mqttv5", route, body);
      if (!type.isEmpty()) {
        command.addAll(List.of("-D", "publish", "content-type", type));
      }
      return command;
    }
  },
  COAP {
    @Override
    List<String> command(RunningServer to, Identity as, String route, String type, Path body) {
      List<String> command = post(type, body);
      command.add("coap://127.0.0.1:" + to.port("coap") + "/v1/" + route + "?token=" + as.token());
      return command;
    }
  },
  COAPS {
    @Override
    List<String> command(RunningServer to, Identity as, String route, String type, Path body) {
      List<String> command = post(type, body);
      command.addAll(List.of("-u", as.device(), "-k", as.psk()));
      command.add("coaps://127.0.0.1:" + to.port("coaps") + "/v1/" + route);
      return command;
    }
  },
  HTTP {
    @Override
    List<String> command(RunningServer to, Identity as, String route, String type, Path body) {
      return new ArrayList<>(
          List.of(
              "curl",
              "--silent",
              "--show-error",
              "--max-time",
              "60",
              "--write-out",
              "\n%{http_code}",
              "--header",
              "Authorization: Bearer " + as.token(),
              "--header",
              "Content-Type: " + type,
              "--data-binary",
              "@" + body,
              to.url() + "/v1/" + route));
    }
  };

  /** Sends a body and waits for what the server says to it. */
  public Tool.Ran send(RunningServer to, Identity as, String route, String type, byte[] payload) {
    try {
      Path body = Files.createTempFile("body", ".bin");
      try {
        Files.write(body, payload);
        return Tool.run(command(to, as, route, type, body).toArray(String[]::new));
      } finally {
        Files.delete(body);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  abstract List<String> command(
      RunningServer to, Identity as, String route, String type, Path body);

  /** Whether the server has said that the message is on disk and that it takes it. */
  public boolean acknowledged(Tool.Ran ran) {
    return switch (this) {
      case MQTT_311, MQTT_5 -> ran.exit() == 0 && ran.said().isEmpty();
      case COAP, COAPS -> ran.exit() == 0 && ran.said().contains("2.04");
      case HTTP -> ran.exit() == 0 && ran.said().endsWith("204");
    };
  }

  private static List<String> publish(
      RunningServer to, Identity as, String version, String route, Path body) {
    return new ArrayList<>(
        List.of(
            "mosquitto_pub",
            "-V",
            version,
            "-h",
            "127.0.0.1",
            "-p",
            to.port("mqtt") + "",
            "-i",
            as.device() + "-pub",
            "-u",
            as.device(),
            "-P",
            as.token(),
            "-q",
            "1",
            "-t",
            "v1/" + route,
            "-f",
            body.toString()));
  }

  private static List<String> post(String type, Path body) {
    List<String> command =
        new ArrayList<>(
            List.of("coap-client-openssl", "-m", "post", "-B", "60", "-v", "6", "-f", body + ""));
    if (!type.isEmpty()) {
      command.addAll(List.of("-t", type.equals("application/json") ? "50" : "42"));
    }
    return command;
  }
}
