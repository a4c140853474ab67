package io.foretell.ingest.engine.kafka;

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
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Makes the topics of an installation, or refuses those that are there and do not fit. */
final class TopicSetup {
  /** The layout of topics and records that this version writes. */
  static final int FORMAT = 2;

  /**
   * Settings of the changelogs of states. Their keys are names of devices: of one that was erased,
   * the brokers take them out within a day, and its tombstones within another one. A record has the
   * time of the entry that it came of, by the clock of whoever took that; brokers whose own is an
   * hour behind would refuse it, and with it the stage.
   */
  static final Map<String, String> CHANGELOG =
      Map.of(
          TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG,
          "" + Duration.ofDays(1).toMillis(),
          TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG,
          "" + Long.MAX_VALUE,
          TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG,
          "" + Long.MAX_VALUE);

  private final Admin admin;
  private final KafkaEngineOptions options;
  private final Names names;

  TopicSetup(Admin admin, KafkaEngineOptions options) {
    this.admin = admin;
    this.options = options;
    this.names = new Names(options.prefix());
  }

  /**
   * Refuses brokers that do not answer, and what a later version or a migration has made.
   *
   * @return what the topics say of themselves
   */
  About check(Consumer<byte[], byte[]> reader, Producer<byte[], byte[]> producer) {
    answer();
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
      about();
      write(producer, About.FORMAT, "" + FORMAT);
      return About.read(reader, names.about(), options.patience());
    }
    About about = About.read(reader, names.about(), options.patience());
    if (about.format() == 0) {
      write(producer, About.FORMAT, "" + FORMAT);
    }
    requireKnown(about);
    requireWhole(about);
    return about;
  }

  /** Refuses brokers that do not answer. */
  void answer() {
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
  }

  /** Refuses what a later version has made. */
  void requireKnown(About about) {
    if (about.format() > FORMAT) {
      throw new KafkaRefusedException(
          topics()
              + " have format "
              + about.format()
              + ", of a later version; this one knows "
              + FORMAT
              + ": start that version, or set another engine.kafka.prefix");
    }
  }

  /** Refuses what a migration has left half done, or has moved away. */
  void requireWhole(About about) {
    if (about.word(About.FILLING).isPresent()) {
      throw new KafkaRefusedException(
          topics()
              + " were left by a migration that did not end ("
              + about.word(About.FILLING).get()
              + "): run 'foretell migrate' again, it begins anew; what it moves is untouched");
    }
    if (about.word(About.MOVED).isPresent()) {
      throw new KafkaRefusedException(
          topics()
              + " were moved away ("
              + about.word(About.MOVED).get()
              + "): start the installation that they were moved to, or set another"
              + " engine.kafka.prefix");
    }
  }

  private String topics() {
    return "the topics " + options.prefix() + ".*";
  }

  /** Makes the topic on which the others say what they are. */
  void about() {
    create(Map.of(names.about(), new Wanted(1, compacted())));
  }

  void write(Producer<byte[], byte[]> producer, String word, @Nullable String text) {
    About.write(producer, names.about(), word, text, options.patience());
  }

  /** Whether all lanes are there, with as many partitions as are configured. */
  boolean there(Collection<String> lanes) {
    Map<String, Wanted> wanted = new HashMap<>();
    lanes.forEach(
        lane -> wanted.put(names.topic(lane), new Wanted(options.partitions(), Map.of())));
    Map<String, TopicDescription> known = describe(wanted.keySet());
    requirePartitions(known);
    return known.size() == wanted.size() && isThere(names.about());
  }

  boolean isThere(String topic) {
    return !described(topic).isEmpty();
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
    requirePartitions(known);
    wanted.keySet().removeAll(known.keySet());
    create(wanted);
  }

  private void requirePartitions(Map<String, TopicDescription> known) {
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

  /** The same for its timers, and the offset that it goes on from. */
  void timers(String stage) {
    lanes(Map.of(names.timers(stage), new Wanted(options.partitions(), changelog())));
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
