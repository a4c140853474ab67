package io.foretell.agent.mqtt;

import io.foretell.agent.Ack;
import io.foretell.agent.Link;
import io.foretell.agent.LinkException;
import io.foretell.agent.Message;
import io.foretell.proto.v1.DeviceCommand;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A link over MQTT 5 at QoS 1. A rejected message comes back with its PUBACK reason code (MQTT 5.0,
 * 3.4.2.1).
 */
public final class MqttLink implements Link {
  private final String serverUri;
  private final String device;
  private final @Nullable String token;
  private @Nullable MqttConnection connection;

  /**
   * A link of one device.
   *
   * @param serverUri {@code tcp://host:1883} or {@code ssl://host:8883}
   * @param device client id and user name; {@code device@tenant} with several tenants
   * @param token the password; null in a server's sandbox
   */
  public MqttLink(String serverUri, String device, @Nullable String token) {
    this.serverUri = serverUri;
    this.device = device;
    this.token = token;
  }

  @Override
  public void connect(Consumer<DeviceCommand> commands, Runnable lost) {
    MqttConnection before = exchange(null);
    if (before != null) {
      before.drop();
    }
    exchange(MqttConnection.open(serverUri, device, token, commands, lost));
  }

  private synchronized @Nullable MqttConnection exchange(@Nullable MqttConnection other) {
    MqttConnection before = connection;
    connection = other;
    return before;
  }

  @Override
  public CompletionStage<Ack> send(Message message) {
    MqttConnection current;
    synchronized (this) {
      current = connection;
    }
    return current == null
        ? CompletableFuture.failedFuture(new LinkException("not connected", false))
        : current.send(message);
  }

  @Override
  public void close() {
    MqttConnection current = exchange(null);
    if (current != null) {
      current.close();
    }
  }
}
