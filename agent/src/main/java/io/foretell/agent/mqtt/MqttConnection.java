package io.foretell.agent.mqtt;

import com.google.protobuf.InvalidProtocolBufferException;
import io.foretell.agent.Ack;
import io.foretell.agent.LinkException;
import io.foretell.agent.Message;
import io.foretell.proto.v1.DeviceCommand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One MQTT connection from its CONNECT to its end, which it tells of once. */
final class MqttConnection implements MqttCallback {
  private static final Logger log = LoggerFactory.getLogger(MqttConnection.class);
  private static final long TIMEOUT_MILLIS = 10_000;
  private static final long GOODBYE_MILLIS = 1_000;
  private static final int FAILURE = 0x80;
  private static final int BAD_USER_NAME_OR_PASSWORD = 0x86;
  private static final int NOT_AUTHORIZED = 0x87;

  private final String device;
  private final MqttAsyncClient client;
  private final Consumer<DeviceCommand> commands;
  private final Runnable lost;
  private final AtomicBoolean over = new AtomicBoolean();
  private final Deque<Outgoing> outgoing = new ArrayDeque<>();

  private record Outgoing(Message message, CompletableFuture<Ack> sent) {}

  private MqttConnection(
      String device, MqttAsyncClient client, Consumer<DeviceCommand> commands, Runnable lost) {
    this.device = device;
    this.client = client;
    this.commands = commands;
    this.lost = lost;
  }

  /** Connects and subscribes; blocks. */
  static MqttConnection open(
      String serverUri,
      String device,
      @Nullable String token,
      Consumer<DeviceCommand> commands,
      Runnable lost) {
    MqttConnection connection;
    try {
      MqttAsyncClient client = new MqttAsyncClient(serverUri, device, new MemoryPersistence());
      connection = new MqttConnection(device, client, commands, lost);
    } catch (MqttException | IllegalArgumentException e) {
      throw new LinkException(device + ": no MQTT address: " + serverUri, e);
    }
    try {
      connection.handshake(token);
      return connection;
    } catch (MqttException e) {
      connection.drop();
      int code = e.getReasonCode();
      if (code == BAD_USER_NAME_OR_PASSWORD || code == NOT_AUTHORIZED) {
        throw new LinkException(device + ": the server refuses the credentials", true);
      }
      throw new LinkException(device + ": no MQTT connection: " + e.getMessage(), e);
    }
  }

  private void handshake(@Nullable String token) throws MqttException {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(true);
    options.setKeepAliveInterval(30);
    options.setAutomaticReconnect(false);
    if (token != null) {
      options.setUserName(device);
      options.setPassword(token.getBytes(StandardCharsets.UTF_8));
    }
    client.setCallback(this);
    client.connect(options).waitForCompletion(TIMEOUT_MILLIS);
    IMqttToken subscribed = client.subscribe("v1/commands", 1);
    subscribed.waitForCompletion(TIMEOUT_MILLIS);
    int code = code(subscribed);
    if (code >= FAILURE) {
      throw new MqttException(code);
    }
  }

  CompletionStage<Ack> send(Message message) {
    CompletableFuture<Ack> sent = new CompletableFuture<>();
    synchronized (outgoing) {
      outgoing.add(new Outgoing(message, sent));
    }
    sendOn();
    return sent;
  }

  /** Publishes in order, as far as the server's Receive Maximum allows (MQTT 5.0, 4.9). */
  private void sendOn() {
    Outgoing refused = null;
    LinkException why = null;
    synchronized (outgoing) {
      while (!outgoing.isEmpty() && refused == null) {
        Outgoing next = outgoing.element();
        try {
          publish(next);
        } catch (MqttException e) {
          if (e.getReasonCode() == MqttClientException.REASON_CODE_MAX_INFLIGHT) {
            return;
          }
          refused = next;
          why = new LinkException("cannot publish: " + e.getMessage(), e);
        }
        outgoing.remove();
      }
    }
    if (refused != null && why != null) {
      refused.sent().completeExceptionally(why);
      sendOn();
    }
  }

  private void publish(Outgoing next) throws MqttException {
    Message message = next.message();
    MqttMessage packet = new MqttMessage(message.payload(), 1, false, new MqttProperties());
    client.publish(message.path(), packet, null, new Published(this, next.sent()));
  }

  /** Completes when the PUBACK comes. */
  private record Published(MqttConnection connection, CompletableFuture<Ack> sent)
      implements MqttActionListener {
    @Override
    public void onSuccess(IMqttToken token) {
      sent.complete(code(token) < FAILURE ? Ack.STORED : rejected(token));
      connection.sendOn();
    }

    @Override
    public void onFailure(IMqttToken token, Throwable cause) {
      if (code(token) >= FAILURE) {
        sent.complete(rejected(token));
        connection.sendOn();
      } else {
        sent.completeExceptionally(new LinkException("not acknowledged", cause));
      }
    }
  }

  private static Ack rejected(IMqttToken token) {
    MqttProperties properties = token.getResponseProperties();
    String said = properties == null ? null : properties.getReasonString();
    return new Ack(false, said == null ? "0x" + Integer.toHexString(code(token)) : said);
  }

  private static int code(IMqttToken token) {
    int[] codes = token.getReasonCodes();
    return codes == null || codes.length == 0 ? 0 : codes[0];
  }

  @Override
  public void disconnected(MqttDisconnectResponse response) {
    if (over.compareAndSet(false, true)) {
      lost.run();
      failWaiting();
    }
  }

  private void failWaiting() {
    while (true) {
      Outgoing next;
      synchronized (outgoing) {
        next = outgoing.poll();
      }
      if (next == null) {
        return;
      }
      next.sent().completeExceptionally(new LinkException("not connected", false));
    }
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    if (over.get()) {
      return;
    }
    try {
      commands.accept(DeviceCommand.parseFrom(message.getPayload()));
    } catch (InvalidProtocolBufferException e) {
      log.warn("{}: a command that cannot be read: {}", device, e.getMessage());
    }
  }

  @Override
  public void mqttErrorOccurred(MqttException e) {
    log.debug("{}: MQTT: {}", device, e.getMessage());
  }

  @Override
  public void deliveryComplete(IMqttToken token) {
    // Each publish has a listener of its own.
  }

  @Override
  public void connectComplete(boolean reconnect, String uri) {
    // handshake() waits for it.
  }

  @Override
  public void authPacketArrived(int reasonCode, MqttProperties properties) {
    // No enhanced authentication is asked for.
  }

  /** Ends it with a DISCONNECT, where it still stands. */
  void close() {
    over.set(true);
    if (client.isConnected()) {
      try {
        client.disconnect(GOODBYE_MILLIS).waitForCompletion(2 * GOODBYE_MILLIS);
      } catch (MqttException e) {
        log.debug("{}: disconnecting: {}", device, e.getMessage());
      }
    }
    drop();
  }

  /** Ends it without a word to anybody. */
  void drop() {
    over.set(true);
    try {
      client.disconnectForcibly(0, 100, false);
    } catch (MqttException e) {
      log.debug("{}: was not connected: {}", device, e.getMessage());
    }
    try {
      client.close(true);
    } catch (MqttException e) {
      log.debug("{}: closing: {}", device, e.getMessage());
    }
    failWaiting();
  }
}
