package io.foretell.gateway.bridge;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** MQTT 3.1.1; a shared subscription is an extension there that brokers of today have. */
final class Broker3 implements Broker {
  private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(20);

  private final BridgeSettings settings;
  private final MqttAsyncClient client;

  Broker3(BridgeSettings settings) throws IOException {
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
    MqttConnectOptions options = new MqttConnectOptions();
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    options.setCleanSession(false);
    options.setAutomaticReconnect(false);
    options.setConnectionTimeout((int) TimeUnit.MILLISECONDS.toSeconds(PATIENCE_MILLIS));
    if (!settings.user().isEmpty()) {
      options.setUserName(settings.user());
      options.setPassword(settings.password().toCharArray());
    }
    client.setManualAcks(true);
    client.setCallback(new Callback(receiver));
    try {
      client.connect(options).waitForCompletion(PATIENCE_MILLIS);
      String[] filters = settings.filters();
      int[] qos = new int[filters.length];
      Arrays.fill(qos, 1);
      IMqttToken granted = client.subscribe(filters, qos);
      granted.waitForCompletion(PATIENCE_MILLIS);
      for (int code : granted.getGrantedQos()) {
        if (code > 2) {
          throw new IOException("the broker refuses the subscription");
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
      receiver.message(message.getId(), message.getQos(), topic, "", message.getPayload());
    }

    @Override
    public void connectionLost(Throwable cause) {
      receiver.lost(String.valueOf(cause.getMessage()));
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {
      // the bridge publishes nothing
    }
  }
}
