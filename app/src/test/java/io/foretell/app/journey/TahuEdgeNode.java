package io.foretell.app.journey;

import java.io.IOException;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.tahu.SparkplugInvalidTypeException;
import org.eclipse.tahu.edge.EdgeClient;
import org.eclipse.tahu.edge.api.MetricHandler;
import org.eclipse.tahu.exception.TahuException;
import org.eclipse.tahu.message.SparkplugBPayloadEncoder;
import org.eclipse.tahu.message.model.EdgeNodeDescriptor;
import org.eclipse.tahu.message.model.MessageType;
import org.eclipse.tahu.message.model.Metric;
import org.eclipse.tahu.message.model.MetricDataType;
import org.eclipse.tahu.message.model.SparkplugBPayload.SparkplugBPayloadBuilder;
import org.eclipse.tahu.message.model.SparkplugBPayloadMap.SparkplugBPayloadMapBuilder;
import org.eclipse.tahu.message.model.SparkplugDescriptor;
import org.eclipse.tahu.message.model.Topic;
import org.eclipse.tahu.model.MqttServerDefinition;
import org.eclipse.tahu.mqtt.ClientCallback;
import org.eclipse.tahu.mqtt.MqttClientId;
import org.eclipse.tahu.mqtt.MqttServerName;
import org.eclipse.tahu.mqtt.MqttServerUrl;

/** An edge node with one device, made of Tahu's edge client, with aliases for all metrics. */
final class TahuEdgeNode implements MetricHandler, ClientCallback, AutoCloseable {
  private static final String SPEED = "line/speed";
  private static final String FLOW = "flow/rate";
  private static final long DEBOUNCE_MILLIS = 100;

  private final EdgeNodeDescriptor node;
  private final String device;
  private final EdgeClient client;
  private final AtomicInteger births = new AtomicInteger();
  private double flow;
  private long last;

  TahuEdgeNode(String group, String name, String device, String url, String token)
      throws TahuException {
    this.node = new EdgeNodeDescriptor(group, name);
    this.device = device;
    MqttServerDefinition server =
        new MqttServerDefinition(
            new MqttServerName("foretell"),
            new MqttClientId(name, false),
            new MqttServerUrl(url),
            name,
            token,
            30,
            getDeathTopic());
    this.client =
        new EdgeClient(
            this, node, List.of(device), null, true, DEBOUNCE_MILLIS, List.of(server), this, null);
  }

  void start() {
    Thread thread = new Thread(client, "tahu");
    thread.setDaemon(true);
    thread.start();
  }

  /** How often it was born. */
  int births() {
    return births.get();
  }

  /** The device reports, by its metric's alias alone. */
  void report(double value) throws SparkplugInvalidTypeException {
    flow = value;
    client.publishDeviceData(
        device,
        new SparkplugBPayloadBuilder().setTimestamp(new Date()).addMetric(flow()).createPayload());
  }

  /** A message that never leaves: its number is missing from now on. */
  void loseOne() {
    client.getNextSeqNum();
  }

  void deviceDies() {
    client.publishDeviceDeath(device);
  }

  private synchronized Metric flow() throws SparkplugInvalidTypeException {
    // Two samples of one millisecond would be one.
    last = Math.max(System.currentTimeMillis(), last + 1);
    return new Metric.MetricBuilder(FLOW, MetricDataType.Double, flow)
        .timestamp(new Date(last))
        .createMetric();
  }

  private static Metric own(String name, MetricDataType type, Object value)
      throws SparkplugInvalidTypeException {
    return new Metric.MetricBuilder(name, type, value).createMetric();
  }

  @Override
  public Topic getDeathTopic() {
    return new Topic("spBv1.0", node, MessageType.NDEATH);
  }

  @Override
  public byte[] getDeathPayloadBytes() throws IOException, SparkplugInvalidTypeException {
    return new SparkplugBPayloadEncoder()
        .getBytes(
            new SparkplugBPayloadBuilder()
                .setTimestamp(new Date())
                .addMetric(own("bdSeq", MetricDataType.Int64, 0L))
                .createPayload(),
            false);
  }

  @Override
  public void publishBirthSequence() {
    try {
      client.publishNodeBirth(
          new SparkplugBPayloadMapBuilder()
              .setTimestamp(new Date())
              .addMetric(own("bdSeq", MetricDataType.Int64, 0L))
              .addMetric(own("Node Control/Rebirth", MetricDataType.Boolean, false))
              .addMetric(own(SPEED, MetricDataType.Float, 1.5f))
              .createPayload());
      client.publishDeviceBirth(
          device,
          new SparkplugBPayloadBuilder()
              .setTimestamp(new Date())
              .addMetric(flow())
              .createPayload());
      births.incrementAndGet();
    } catch (SparkplugInvalidTypeException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean hasMetric(SparkplugDescriptor descriptor, String metricName) {
    return metricName.equals(SPEED) || metricName.equals(FLOW);
  }

  @Override
  public void messageArrived(
      MqttServerName server,
      MqttServerUrl url,
      MqttClientId clientId,
      String topic,
      MqttMessage message) {
    if (topic.contains("/NCMD/")) {
      client.handleRebirthRequest(true);
    }
  }

  @Override
  public void connectionLost(
      MqttServerName server, MqttServerUrl url, MqttClientId clientId, Throwable cause) {}

  @Override
  public void connectComplete(
      boolean reconnect, MqttServerName server, MqttServerUrl url, MqttClientId clientId) {}

  @Override
  public void shutdown() {}

  @Override
  public void close() {
    client.shutdown();
  }
}
