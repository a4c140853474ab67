package io.foretell.app;

import io.foretell.app.erasure.SqlLaneKeys;
import io.foretell.app.records.Records;
import io.foretell.firmwareota.blobs.FileBlobs;
import io.foretell.firmwareota.blobs.KeptBlobs;
import io.foretell.firmwareota.blobs.s3.S3Blobs;
import io.foretell.firmwareota.blobs.s3.S3Settings;
import io.foretell.ingest.engine.kafka.KafkaEngineOptions;
import io.foretell.ingest.history.KeptHistory;
import io.foretell.ingest.history.influx.InfluxHistory;
import io.foretell.ingest.history.influx.InfluxSettings;
import io.foretell.ingest.history.rocksdb.RocksHistory;
import io.foretell.proto.wire.Topics;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;

/** What an installation keeps its things in: embedded, or where an address is configured. */
public final class Stores {
  /** Folders and files of the embedded stores, in the data folder. */
  public static final String LANES = "lanes";

  public static final String HISTORY = "history";
  public static final String BLOBS = "blobs";

  /** Where a process on Kafka has its copy of the states; may be lost. */
  public static final String STREAMS = "streams";

  /** The durable lanes; uplinks come first, since rejects tell their places. */
  public static final List<String> ALL_LANES =
      List.of(
          Topics.UPLINK.name(),
          Topics.FINDINGS.name(),
          Topics.TICKETS.name(),
          Topics.COMMANDS.name(),
          Topics.REJECTS.name());

  /** The one hosted stage, which reads uplinks. */
  public static final String STAGE = Pipeline.LOOP;

  /** The sinks that remember how far they are on a lane, each with its lane. */
  public static final Map<String, String> SINKS =
      Map.of(Pipeline.DESK, Topics.FINDINGS.name(), Pipeline.DOWNLINK, Topics.COMMANDS.name());

  /**
   * The sink on findings that remembers it on the embedded engine alone: it only tells the news.
   */
  public static final String NEWS = Pipeline.NEWS;

  private Stores() {}

  /**
   * How the configured brokers are used.
   *
   * @throws Config.InvalidConfigException where more copies must be in sync than there are
   */
  public static KafkaEngineOptions kafka(Config config) {
    int copies = config.get(Config.KAFKA_REPLICATION);
    int inSync = config.get(Config.KAFKA_IN_SYNC);
    if (inSync > copies) {
      throw new Config.InvalidConfigException(
          "engine.kafka.min-in-sync = "
              + inSync
              + ": engine.kafka.replication is "
              + copies
              + "; set it to "
              + (inSync + 1)
              + ", so that one broker may be away");
    }
    Path copy = config.get(Config.DATA).resolve(STREAMS);
    return KafkaEngineOptions.of(config.get(Config.KAFKA), copy)
        .withTopics(config.get(Config.KAFKA_PREFIX), config.get(Config.PARTITIONS), copies)
        .withMinInSync(inSync == 0 ? Math.min(2, copies) : inSync)
        .withRetention(Topics.UPLINK.name(), config.get(Config.UPLINK_RETENTION))
        .withClient(client(config.get(Config.KAFKA_CLIENT)));
  }

  private static Map<String, String> client(String file) {
    Map<String, String> settings = new HashMap<>();
    if (!file.isEmpty()) {
      Properties read = new Properties();
      try (Reader reader = Files.newBufferedReader(Path.of(file))) {
        read.load(reader);
      } catch (IOException e) {
        throw new UncheckedIOException("engine.kafka.client: cannot read " + file, e);
      }
      read.stringPropertyNames().forEach(name -> settings.put(name, read.getProperty(name)));
    }
    return settings;
  }

  /** The database of records, with all tables at their present version. */
  public static Records records(Config config) {
    return Tables.open(config).records();
  }

  /**
   * The keys by which lanes are sealed on Kafka; not started.
   *
   * @param grace see {@link SqlLaneKeys#GRACE}; zero where there are no other processes
   */
  public static SqlLaneKeys laneKeys(Config config, DataSource records, Duration grace) {
    byte[] sealing = Keys.seal(config.shared().resolve("keys"), false);
    return new SqlLaneKeys(
        records, sealing, config.get(Config.KAFKA_KEYS), grace, InstantSource.system());
  }

  /** The history; not started. */
  public static KeptHistory history(Config config) {
    if (config.get(Config.INFLUX_URL).isEmpty()) {
      return new RocksHistory(
          config.get(Config.DATA).resolve(HISTORY), config.get(Config.HISTORY_RETENTION));
    }
    String secret = config.get(Config.INFLUX_TOKEN);
    int colon = secret.indexOf(':');
    return new InfluxHistory(
        new InfluxSettings(
            URI.create(config.get(Config.INFLUX_URL)),
            config.get(Config.INFLUX_DATABASE),
            config.get(Config.INFLUX_ORG),
            colon < 0 ? "" : secret.substring(0, colon),
            colon < 0 ? secret : secret.substring(colon + 1)),
        config.get(Config.HISTORY_RETENTION));
  }

  /**
   * The shared store of artifacts; empty where none is configured.
   *
   * @param copies the folder of this node's copies
   */
  public static Optional<S3Blobs> sharedBlobs(Config config, Path copies) {
    if (config.get(Config.S3_URL).isEmpty()) {
      return Optional.empty();
    }
    S3Settings settings =
        new S3Settings(
            URI.create(config.get(Config.S3_URL)),
            config.get(Config.S3_REGION),
            config.get(Config.S3_BUCKET),
            config.get(Config.S3_PREFIX),
            config.get(Config.S3_ACCESS_KEY),
            config.get(Config.S3_SECRET_KEY));
    return Optional.of(new S3Blobs(settings, copies));
  }

  /** Artifacts as files of the data folder. */
  public static KeptBlobs ownBlobs(Path data) {
    return new FileBlobs(data.resolve(BLOBS));
  }
}
