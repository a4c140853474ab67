package io.foretell.ingest.engine.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;

/** Makes clients of the brokers, each set for its use. */
final class Clients {
  /** The longest record, as on the embedded engine: above any message that a listener takes. */
  static final int MAX_RECORD_BYTES = 16 << 20;

  private static final int MAX_READ_BYTES = 8 << 20;
  private static final int SESSION_MILLIS = 10_000;

  // A member learns with its next heartbeat that another one comes or goes, and the others wait.
  private static final int HEARTBEAT_MILLIS = 500;
  private static final int TRANSACTION_MILLIS = 20_000;

  private final KafkaEngineOptions options;

  Clients(KafkaEngineOptions options) {
    this.options = options;
  }

  private Map<String, Object> common() {
    Map<String, Object> common = new HashMap<>(options.client());
    common.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, options.bootstrap());
    common.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    common.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1000);
    common.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, 20);
    return common;
  }

  Admin admin() {
    Map<String, Object> settings = common();
    int patience = (int) options.patience().toMillis();
    settings.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, patience);
    settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, Math.min(patience, 10_000));
    return Admin.create(settings);
  }

  /** Its callbacks come in the order of offsets, when all in-sync copies have the record. */
  Producer<byte[], byte[]> producer() {
    return new KafkaProducer<>(producing(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** The same for one who has much to write and can wait. */
  Producer<byte[], byte[]> loader() {
    Map<String, Object> settings = producing();
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, options.patience().toMillis());
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private Map<String, Object> producing() {
    Map<String, Object> settings = common();
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    // With more on the way, a first batch that comes before its topic has a leader is overtaken:
    // the
    // broker takes the second as the beginning, and refuses the first until it expires.
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_RECORD_BYTES);
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 8L * MAX_RECORD_BYTES);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    // Longer than the brokers need to find out that one of them is gone (9 s) and to follow it.
    int patience = (int) Math.min(30_000, options.patience().toMillis());
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(10_000, patience / 2));
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, patience);
    // An event loop appends: where there is no room, it is told at once.
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 50);
    return settings;
  }

  /** Reads what is committed, where it is told to. */
  Consumer<byte[], byte[]> reader() {
    Map<String, Object> settings = consuming();
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    // It reads what is there. A fetch that waits at the end would hold up the next question.
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 5);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Reads what is committed, as a member of a group. */
  Consumer<byte[], byte[]> member(String group) {
    Map<String, Object> settings = consuming();
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, fetchWait());
    settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
    settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MILLIS);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Reads what is committed as it comes, in this process alone. */
  Consumer<byte[], byte[]> follower() {
    Map<String, Object> settings = consuming();
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  // A partition that rests and goes on must wait for the fetch that is under way without it.
  private int fetchWait() {
    return (int) Math.max(10, Math.min(100, options.commitInterval().toMillis()));
  }

  private Map<String, Object> consuming() {
    Map<String, Object> settings = common();
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, options.batchSize());
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, MAX_READ_BYTES);
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) options.patience().toMillis());
    return settings;
  }

  /** How Kafka Streams hosts a stage: exactly once, and committing only when it is told to. */
  Properties streams(String application) {
    Properties settings = new Properties();
    settings.putAll(common());
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    settings.put(StreamsConfig.CLIENT_ID_CONFIG, application);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, options.folder().toString());
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, options.replication());
    settings.put(
        StreamsConfig.topicPrefix(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG), options.minInSync());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, options.threads());
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, TRANSACTION_MILLIS / 2);
    settings.put(StreamsConfig.POLL_MS_CONFIG, Math.min(100, options.commitInterval().toMillis()));
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), fetchWait());
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
    settings.put(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
        TRANSACTION_MILLIS);
    settings.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_RECORD_BYTES);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 0);
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG),
        MAX_READ_BYTES);
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), SESSION_MILLIS);
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
        HEARTBEAT_MILLIS);
    return settings;
  }
}
