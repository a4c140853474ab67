package io.foretell.ingest.engine.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * Asks the brokers again and again whether they could take messages, so that it is known before one
 * comes, and known to be over where none comes since devices were sent elsewhere.
 */
final class BrokerWatch {
  private static final int ANSWER_MILLIS = 5_000;
  private static final long PAUSE_MILLIS = 2_000;

  private final Admin admin;
  private final List<String> topics;
  private final ScheduledExecutorService timer;
  private final Consumer<String> listener;
  private volatile boolean closed;

  /**
   * @param topics of lanes; read at each look
   * @param listener told after each look what is wrong; empty: nothing
   */
  BrokerWatch(
      Admin admin, List<String> topics, ScheduledExecutorService timer, Consumer<String> listener) {
    this.admin = admin;
    this.topics = topics;
    this.timer = timer;
    this.listener = listener;
  }

  void start() {
    later();
  }

  void close() {
    closed = true;
  }

  private void later() {
    try {
      timer.schedule(this::look, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      closed = true;
    }
  }

  private void look() {
    if (closed) {
      return;
    }
    List<String> topics = List.copyOf(this.topics);
    KafkaFuture<Map<String, TopicDescription>> described =
        admin
            .describeTopics(topics, new DescribeTopicsOptions().timeoutMs(ANSWER_MILLIS))
            .allTopicNames();
    KafkaFuture<Map<ConfigResource, Config>> settings =
        admin
            .describeConfigs(
                topics.stream().map(t -> new ConfigResource(ConfigResource.Type.TOPIC, t)).toList(),
                new DescribeConfigsOptions().timeoutMs(ANSWER_MILLIS))
            .all();
    KafkaFuture.allOf(described, settings)
        .whenComplete(
            (done, failure) -> {
              if (!closed) {
                listener.accept(trouble(described, settings, failure));
                later();
              }
            });
  }

  private static String trouble(
      KafkaFuture<Map<String, TopicDescription>> described,
      KafkaFuture<Map<ConfigResource, Config>> settings,
      @Nullable Throwable failure) {
    if (failure != null) {
      return "no broker answers: " + failure.getMessage();
    }
    try {
      for (TopicDescription topic : described.get().values()) {
        Config config =
            settings.get().get(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()));
        for (TopicPartitionInfo partition : topic.partitions()) {
          String trouble = trouble(partition, inSync(config));
          if (!trouble.isEmpty()) {
            return topic.name() + "/" + partition.partition() + " " + trouble;
          }
        }
      }
      return "";
    } catch (ExecutionException e) {
      return "no broker answers: " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static int inSync(@Nullable Config config) {
    return config == null
        ? 1
        : Integer.parseInt(config.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG).value());
  }

  private static String trouble(TopicPartitionInfo partition, int inSync) {
    if (partition.leader() == null || partition.leader().isEmpty()) {
      return "has no leader";
    }
    int has = partition.isr().size();
    return has < inSync ? "has " + has + " copies in sync, and needs " + inSync : "";
  }
}
