package io.foretell.app.kill;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/**
 * A device that trusts in QoS 2 alone: its reports are plain JSON without a number or a time, each
 * published once, and what was under way is repeated by Paho when it connects again. What is stored
 * twice is there twice, at the times of both receipts. The n-th report has the value n of one of
 * some signals, so many that no two values of one are received in one millisecond.
 */
final class OnceDevice implements AutoCloseable, MqttCallback {
  static final int SIGNALS = 64;

  private static final int OUTSTANDING = 8;
  private static final long RETRY_MILLIS = 100;

  private final String name;
  private final String token;
  private final Supplier<String> address;
  private final ScheduledExecutorService scheduler;
  private final MqttAsyncClient client;
  private final BitSet acknowledged = new BitSet();
  private int sent;
  private boolean feeding = true;
  private volatile boolean closed;

  OnceDevice(
      String name, String token, Supplier<String> address, ScheduledExecutorService scheduler)
      throws MqttException {
    this.name = name;
    this.token = token;
    this.address = address;
    this.scheduler = scheduler;
    this.client = new MqttAsyncClient("tcp://127.0.0.1:1", name, new MemoryPersistence());
    client.setCallback(this);
  }

  static String signal(int number) {
    return "test.once" + number;
  }

  void start() {
    connect();
  }

  private void connect() {
    String server = address.get();
    if (closed) {
      return;
    }
    if (server.isEmpty()) {
      retry();
      return;
    }
    MqttConnectOptions options = new MqttConnectOptions();
    options.setServerURIs(new String[] {server});
    options.setCleanSession(false);
    options.setUserName(name);
    options.setPassword(token.toCharArray());
    options.setMaxInflight(100);
    try {
      client.connect(
          options,
          null,
          new IMqttActionListener() {
            @Override
            public void onSuccess(IMqttToken connected) {
              feed();
            }

            @Override
            public void onFailure(IMqttToken failed, Throwable cause) {
              retry();
            }
          });
    } catch (MqttException e) {
      retry(); // the old connection is still being taken down
    }
  }

  private void retry() {
    if (!closed) {
      var unused = scheduler.schedule(this::connect, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void feed() {
    try {
      while (feeding && client.isConnected() && sent - acknowledged.cardinality() < OUTSTANDING) {
        int n = sent + 1;
        String report = "{\"" + signal(n % SIGNALS) + "\":" + n + "}";
        MqttMessage message = new MqttMessage(report.getBytes(StandardCharsets.UTF_8));
        message.setQos(2);
        client.publish("v1/telemetry", message, n, noted());
        sent = n;
      }
    } catch (MqttException e) {
      retry(); // lost just now; this report was not taken by the client
    }
  }

  private IMqttActionListener noted() {
    return new IMqttActionListener() {
      @Override
      public void onSuccess(IMqttToken token) {}

      @Override
      public void onFailure(IMqttToken token, Throwable cause) {}
    };
  }

  @Override
  public void deliveryComplete(IMqttDeliveryToken token) {
    synchronized (this) {
      acknowledged.set((Integer) token.getUserContext());
    }
    feed();
  }

  @Override
  public void connectionLost(Throwable cause) {
    retry();
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {}

  String name() {
    return name;
  }

  synchronized int sent() {
    return sent;
  }

  synchronized int acknowledged() {
    return acknowledged.cardinality();
  }

  synchronized void finish() {
    feeding = false;
  }

  @Override
  public void close() {
    closed = true;
    try {
      client.disconnectForcibly(10, 10, false);
      client.close(true);
    } catch (MqttException e) {
      // It was not connected: there is nothing to leave.
      closed = true;
    }
  }
}
