package io.foretell.agent.mqtt;

import com.google.protobuf.InvalidProtocolBufferException;
import io.foretell.agent.Ack;
import io.foretell.agent.Link;
import io.foretell.agent.LinkException;
import io.foretell.agent.Message;
import io.foretell.proto.v1.DeviceCommand;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A link over MQTT 5 at QoS 1. A rejected message comes back with its PUBACK reason code. */
public final class MqttLink implements Link {
  private static final Logger log = LoggerFactory.getLogger(MqttLink.class);
  private static final long CONNECT_TIMEOUT_MILLIS = 10_000;
  private static final int BAD_USER_NAME_OR_PASSWORD = 0x86;
  private static final int NOT_AUTHORIZED = 0x87;

  private final String serverUri;
  private final String device;
  private final @Nullable String token;
  private @Nullable MqttAsyncClient client;

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
    drop();
    try {
      MqttAsyncClient fresh = new MqttAsyncClient(serverUri, device, new MemoryPersistence());
      fresh.setCallback(new Events(commands, lost));
      fresh.connect(options()).waitForCompletion(CONNECT_TIMEOUT_MILLIS);
      fresh.subscribe("v1/commands", 1).waitForCompletion(CONNECT_TIMEOUT_MILLIS);
      synchronized (this) {
        client = fresh;
      }
    } catch (MqttException e) {
      boolean refused =
          e.getReasonCode() == BAD_USER_NAME_OR_PASSWORD || e.getReasonCode() == NOT_AUTHORIZED;
      if (refused) {
        throw new LinkException(device + ": the server refuses the credentials", true);
      }
      throw new LinkException(device + ": no MQTT connection: " + e.getMessage(), e);
    }
  }

  private MqttConnectionOptions options() {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(true);
    options.setKeepAliveInterval(30);
    options.setAutomaticReconnect(false);
    if (token != null) {
      options.setUserName(device);
      options.setPassword(token.getBytes(StandardCharsets.UTF_8));
    }
    return options;
  }

  @Override
  public CompletionStage<Ack> send(Message message) {
    CompletableFuture<Ack> sent = new CompletableFuture<>();
    MqttAsyncClient current;
    synchronized (this) {
      current = client;
    }
    if (current == null) {
      sent.completeExceptionally(new LinkException("not connected", false));
      return sent;
    }
    MqttMessage packet = new MqttMessage(message.payload(), 1, false, new MqttProperties());
    try {
      current.publish(message.path(), packet, null, new Published(sent));
    } catch (MqttException e) {
      sent.completeExceptionally(new LinkException("cannot publish: " + e.getMessage(), e));
    }
    return sent;
  }

  private synchronized void drop() {
    if (client == null) {
      return;
    }
    try {
      client.setCallback(null);
      client.disconnectForcibly(0, 100, false);
      client.close(true);
    } catch (MqttException e) {
      log.debug("{}: closing: {}", device, e.getMessage());
    }
    client = null;
  }

  @Override
  public void close() {
    MqttAsyncClient current;
    synchronized (this) {
      current = client;
    }
    if (current != null && current.isConnected()) {
      try {
        current.disconnect().waitForCompletion(1_000);
      } catch (MqttException e) {
        log.debug("{}: disconnecting: {}", device, e.getMessage());
      }
    }
    drop();
  }

  /** Completes when the PUBACK comes. */
  private record Published(CompletableFuture<Ack> sent) implements MqttActionListener {
    @Override
    public void onSuccess(IMqttToken token) {
      int[] codes = token.getReasonCodes();
      int code = codes == null || codes.length == 0 ? 0 : codes[0];
      sent.complete(code < 0x80 ? Ack.STORED : new Ack(false, "0x" + Integer.toHexString(code)));
    }

    @Override
    public void onFailure(IMqttToken token, Throwable cause) {
      int[] codes = token.getReasonCodes();
      if (codes != null && codes.length > 0 && codes[0] >= 0x80) {
        sent.complete(new Ack(false, "0x" + Integer.toHexString(codes[0])));
        return;
      }
      sent.completeExceptionally(new LinkException("not acknowledged", cause));
    }
  }

  /** What the client tells of the connection. */
  private record Events(Consumer<DeviceCommand> commands, Runnable lost) implements MqttCallback {
    @Override
    public void disconnected(MqttDisconnectResponse response) {
      lost.run();
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      try {
        commands.accept(DeviceCommand.parseFrom(message.getPayload()));
      } catch (InvalidProtocolBufferException e) {
        log.warn("a command that cannot be read: {}", e.getMessage());
      }
    }

    @Override
    public void mqttErrorOccurred(MqttException e) {
      log.debug("MQTT: {}", e.getMessage());
    }

    @Override
    public void deliveryComplete(IMqttToken token) {
      // Each publish has a listener of its own.
    }

    @Override
    public void connectComplete(boolean reconnect, String uri) {
      // connect() waits for it.
    }

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {
      // No enhanced authentication is asked for.
    }
  }
}
