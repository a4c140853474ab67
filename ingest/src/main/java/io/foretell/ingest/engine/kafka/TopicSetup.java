package io.foretell.ingest.engine.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes the topics of an installation, or refuses those that are there and do not fit. */
final class TopicSetup {
  /** The layout of topics and records that this version writes. */
  static final int FORMAT = 2;

  /**
   * Settings of the changelogs of states. Their keys are names of devices: of one that was erased,
   * the brokers take them out within a day, and its tombstones within another one.
   */
  static final Map<String, String> CHANGELOG =
      Map.of(TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, "" + Duration.ofDays(1).toMillis());

  private static final byte[] FORMAT_KEY = "format".getBytes(UTF_8);

  private final Admin admin;
  private final KafkaEngineOptions options;
  private final Names names;

  TopicSetup(Admin admin, KafkaEngineOptions options) {
    this.admin = admin;
    this.options = options;
    this.names = new Names(options.prefix());
  }

  /** Refuses brokers that do not answer, and what a later version has made. */
  void check(Consumer<byte[], byte[]> reader, Producer<byte[], byte[]> producer) {
    try {
      admin.describeCluster().clusterId().get(options.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaRefusedException(
          "engine.kafka.bootstrap: no broker answers at "
              + options.bootstrap()
              + "; see that the address is right and the broker runs",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaRefusedException("interrupted", e);
    }
    if (describe(List.of(names.about())).isEmpty()) {
      if (!described(names.topic("uplink")).isEmpty()) {
        throw new KafkaRefusedException(
            "topic "
                + names.topic("uplink")
                + " is there but "
                + names.about()
                + " is not: it was not made by Foretell, or by a version before this format;"
                + " set engine.kafka.prefix to another one, or move its topics away");
      }
      create(Map.of(names.about(), new Wanted(1, compacted())));
      write(producer);
    } else {
      int format = format(reader);
      if (format < FORMAT) {
        // Format 1 is the same with values in the clear, which are read.
        write(producer);
      } else if (format > FORMAT) {
        throw new KafkaRefusedException(
            "the topics "
                + options.prefix()
                + ".* have format "
                + format
                + ", of a later version; this one knows "
                + FORMAT
                + ": start that version, or set another engine.kafka.prefix");
      }
    }
  }

  // The producer never waits long, so a topic that was just made may take some attempts.
  private void write(Producer<byte[], byte[]> producer) {
    long limit = System.nanoTime() + options.patience().toNanos();
    while (true) {
      try {
        producer
            .send(new ProducerRecord<>(names.about(), 0, FORMAT_KEY, ("" + FORMAT).getBytes(UTF_8)))
            .get(options.patience().toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (ExecutionException | TimeoutException e) {
        if (System.nanoTime() > limit) {
          throw new KafkaRefusedException(
              "topic " + names.about() + " cannot be written to: " + e.getMessage(), e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new KafkaRefusedException("interrupted", e);
      }
    }
  }

  private int format(Consumer<byte[], byte[]> reader) {
    TopicPartition about = new TopicPartition(names.about(), 0);
    reader.assign(List.of(about));
    reader.seekToBeginning(List.of(about));
    long end = reader.endOffsets(List.of(about)).getOrDefault(about, 0L);
    int format = 0;
    long limit = System.nanoTime() + options.patience().toNanos();
    while (reader.position(about) < end && System.nanoTime() < limit) {
      for (ConsumerRecord<byte[], byte[]> found : reader.poll(Duration.ofMillis(100))) {
        format = number(new String(found.value(), UTF_8));
      }
    }
    return format;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return Integer.MAX_VALUE;
    }
  }

  private record Wanted(int partitions, Map<String, String> settings) {}

  /** Makes the topics of lanes that are not there; refuses those with other partitions. */
  void lanes(Collection<String> lanes) {
    Map<String, Wanted> wanted = new HashMap<>();
    for (String lane : lanes) {
      wanted.put(names.topic(lane), new Wanted(options.partitions(), kept(lane)));
      wanted.put(names.ticks(lane), new Wanted(options.partitions(), kept(lane)));
    }
    lanes(wanted);
  }

  private void lanes(Map<String, Wanted> asked) {
    Map<String, Wanted> wanted = new HashMap<>(asked);
    Map<String, TopicDescription> known = describe(wanted.keySet());
    known.forEach(
        (name, topic) -> {
          if (topic.partitions().size() != options.partitions()) {
            throw new KafkaRefusedException(
                "topic "
                    + name
                    + " has "
                    + topic.partitions().size()
                    + " partitions, lanes.partitions says "
                    + options.partitions()
                    + ": devices would move between partitions and lose their order; set it to "
                    + topic.partitions().size());
          }
        });
    wanted.keySet().removeAll(known.keySet());
    create(wanted);
  }

  /** Makes the changelog of a stage's states where no process has hosted the stage yet. */
  void changelog(String stage) {
    lanes(Map.of(names.states(stage), new Wanted(options.partitions(), changelog())));
  }

  private Map<String, String> changelog() {
    Map<String, String> settings = new HashMap<>(CHANGELOG);
    settings.putAll(compacted());
    return settings;
  }

  private Map<String, String> kept(String lane) {
    Duration kept = options.retention().get(lane);
    Map<String, String> settings = new HashMap<>();
    settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    settings.put(TopicConfig.RETENTION_MS_CONFIG, kept == null ? "-1" : "" + kept.toMillis());
    settings.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
    settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "" + Clients.MAX_RECORD_BYTES);
    settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
    settings.put(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, "" + Long.MAX_VALUE);
    settings.put(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, "" + Long.MAX_VALUE);
    settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "" + options.minInSync());
    return settings;
  }

  private Map<String, String> compacted() {
    return Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        TopicConfig.CLEANUP_POLICY_COMPACT,
        TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
        "" + options.minInSync());
  }

  private Set<String> described(String name) {
    return describe(List.of(name)).keySet();
  }

  private Map<String, TopicDescription> describe(Collection<String> topics) {
    Map<String, TopicDescription> known = new HashMap<>();
    Map<String, KafkaFuture<TopicDescription>> asked =
        new HashMap<>(admin.describeTopics(topics).topicNameValues());
    asked.forEach(
        (name, answer) -> {
          try {
            known.put(name, answer.get());
          } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
              throw new KafkaRefusedException(
                  "topic " + name + " cannot be looked at: " + e.getMessage(), e);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaRefusedException("interrupted", e);
          }
        });
    return known;
  }

  private void create(Map<String, Wanted> wanted) {
    List<NewTopic> topics = new ArrayList<>();
    wanted.forEach(
        (name, topic) ->
            topics.add(
                new NewTopic(name, topic.partitions(), (short) options.replication())
                    .configs(topic.settings())));
    admin
        .createTopics(topics)
        .values()
        .forEach(
            (name, made) -> {
              try {
                made.get();
              } catch (ExecutionException e) {
                // Another process may make them at the same moment.
                if (!(e.getCause() instanceof TopicExistsException)) {
                  throw new KafkaRefusedException(
                      "topic " + name + " cannot be made: " + e.getMessage(), e);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaRefusedException("interrupted", e);
              }
            });
  }
}
