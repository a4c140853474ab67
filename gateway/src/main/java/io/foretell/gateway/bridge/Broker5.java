package io.foretell.gateway.bridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** MQTT 5, with Receive Maximum as the window. */
final class Broker5 implements Broker {
  private static final long SESSION_SECONDS = Duration.ofDays(7).toSeconds();
  private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(20);

  /** Retained messages once, when the subscription is new (3.8.3.1). */
  private static final int RETAINED_WHEN_NEW = 1;

  private final BridgeSettings settings;
  private final MqttAsyncClient client;

  Broker5(BridgeSettings settings) throws IOException {
    this.settings = settings;
    try {
      client =
          new MqttAsyncClient(
              settings.broker().toString(), settings.clientId(), new MemoryPersistence());
    } catch (MqttException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void connect(Receiver receiver) throws IOException {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(false);
    options.setSessionExpiryInterval(SESSION_SECONDS);
    options.setReceiveMaximum(Math.min(settings.window(), 65_535));
    options.setAutomaticReconnect(false);
    options.setConnectionTimeout((int) TimeUnit.MILLISECONDS.toSeconds(PATIENCE_MILLIS));
    if (!settings.user().isEmpty()) {
      options.setUserName(settings.user());
      options.setPassword(settings.password().getBytes(StandardCharsets.UTF_8));
    }
    client.setManualAcks(true);
    client.setCallback(new Callback(receiver));
    try {
      client.connect(options).waitForCompletion(PATIENCE_MILLIS);
      String[] filters = settings.filters();
      MqttSubscription[] subscriptions = new MqttSubscription[filters.length];
      for (int i = 0; i < filters.length; i++) {
        subscriptions[i] = new MqttSubscription(filters[i], 1);
        subscriptions[i].setRetainHandling(settings.share().isEmpty() ? RETAINED_WHEN_NEW : 2);
      }
      IMqttToken granted = client.subscribe(subscriptions);
      granted.waitForCompletion(PATIENCE_MILLIS);
      for (int code : granted.getReasonCodes()) {
        if (code > 2) {
          throw new IOException("the broker refuses the subscription: reason code " + code);
        }
      }
    } catch (MqttException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void acknowledge(int packetId) throws IOException {
    try {
      client.messageArrivedComplete(packetId, 1);
    } catch (MqttException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      client.disconnectForcibly(0, 500, false);
    } catch (MqttException e) {
      // it was not connected
    }
    try {
      client.close(true);
    } catch (MqttException e) {
      // it is closed
    }
  }

  /** Hands on what matters here. */
  private record Callback(Receiver receiver) implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
      MqttProperties properties = message.getProperties();
      String type = properties == null ? null : properties.getContentType();
      receiver.message(
          message.getId(), message.getQos(), topic, type == null ? "" : type, message.getPayload());
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
      receiver.lost(String.valueOf(response.getReasonString()));
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {
      receiver.lost(String.valueOf(exception.getMessage()));
    }

    @Override
    public void deliveryComplete(IMqttToken token) {
      // the bridge publishes nothing
    }

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {
      // connect() says so
    }

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {
      // no method was asked for
    }
  }
}
