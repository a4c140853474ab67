package io.foretell.app;

import io.foretell.app.logs.Logs;
import io.foretell.app.otel.OtlpSettings;
import io.foretell.gateway.bridge.BridgeSettings;
import io.foretell.gateway.bridge.TopicPattern;
import io.foretell.ingest.history.Retention;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * What the server was told, and by whom: a flag, the environment, a file, or nobody (the default),
 * in this order. The one place that reads the environment.
 *
 * <p>A key {@code history.influx.url} is the same in the file (nested or with dots), is {@code
 * FORETELL_HISTORY_INFLUX_URL} in the environment, and {@code --history-influx-url} as a flag where
 * the command has it. A key that is not known is refused, so that a typing error does not pass.
 */
public final class Config {
  private static final Map<String, Key<?>> KEYS = new LinkedHashMap<>();

  public static final Key<Path> DATA = key("data", "./data", Path::of, "Where everything is kept.");
  static final Key<Set<Role>> ROLES =
      key(
          "roles",
          "gateway,worker,desk",
          Role::parse,
          "What this process does: gateway, worker, desk; fewer than all need Kafka, PostgreSQL,"
              + " InfluxDB and a shared folder.");
  public static final Key<String> SHARED =
      key(
          "shared",
          "",
          v -> v,
          "Folder that all processes see: keys, signed metadata, artifacts, admin.token; the data"
              + " folder where empty.");
  public static final Key<Logs.Format> LOG_FORMAT =
      key(
          "log.format",
          "text",
          Logs.Format::parse,
          "text, or json: one JSON object a line, for a collector.");
  public static final Key<String> LOG_LEVEL =
      key("log.level", "info", Logs::level, "Lowest level that is logged: debug, info, warn, …");
  public static final Key<String> OTLP_ENDPOINT =
      key(
          "telemetry.otlp.endpoint",
          "",
          OtlpSettings::collector,
          "OpenTelemetry collector that takes traces by OTLP/HTTP, http://host:4318; none where"
              + " empty.");
  public static final Key<Map<String, String>> OTLP_HEADERS =
      key(
          "telemetry.otlp.headers",
          "",
          OtlpSettings::headers,
          "Headers for it as name=value, by commas; never shown.");
  public static final Key<Double> SAMPLE_RATIO =
      key(
          "telemetry.sample-ratio",
          "0.01",
          OtlpSettings::ratio,
          "Share of uplinks that are traced; those that a finding follows from are in any case.");
  public static final Key<String> BIND =
      key("bind", "127.0.0.1", v -> v, "The address that all listeners bind to.");
  public static final Key<Integer> MQTT_PORT = port("mqtt-port", "1883", "MQTT.");
  public static final Key<Integer> MQTTS_PORT = port("mqtts-port", "8883", "MQTT over TLS.");
  public static final Key<Integer> COAP_PORT = port("coap-port", "5683", "CoAP.");
  public static final Key<Integer> COAPS_PORT = port("coaps-port", "5684", "CoAP over DTLS.");
  public static final Key<Integer> HTTP_PORT =
      port("http-port", "8080", "HTTP: devices, API, console.");
  public static final Key<Boolean> MQTT_WS =
      key(
          "mqtt-ws",
          "true",
          Config::bool,
          "MQTT over WebSocket as well, on the HTTP port under /mqtt.");
  public static final Key<Boolean> SANDBOX =
      key(
          "sandbox",
          "false",
          Config::bool,
          "Also take devices without credentials, from loopback addresses, as tenant sandbox.");
  public static final Key<String> TLS_CERTIFICATE =
      key("tls.certificate", "", v -> v, "PEM chain; made and self-signed where empty.");
  public static final Key<String> TLS_KEY =
      key("tls.key", "", v -> v, "PEM private key (PKCS #8) of the certificate.");
  public static final Key<Integer> MAX_MESSAGE =
      key("max-message-bytes", "1048576", Config::positive, "Largest message of a device.");
  public static final Key<Integer> COAP_IN_FLIGHT =
      key(
          "coap.max-in-flight",
          "16384",
          Config::positive,
          "CoAP messages that may wait for the disk at once; more are answered 5.03.");
  public static final Key<Long> DEVICE_MESSAGES =
      quota("device-messages", "10000", "Messages of one device a second");
  public static final Key<Long> DEVICE_BYTES =
      quota("device-bytes", "10485760", "Payload bytes of one device a second");
  public static final Key<Long> TENANT_MESSAGES =
      quota("tenant-messages", "0", "Messages of all devices of a tenant a second");
  public static final Key<Long> TENANT_BYTES =
      quota("tenant-bytes", "0", "Payload bytes of all devices of a tenant a second");
  public static final Key<Long> MAX_WAITING =
      key(
          "overload.waiting-bytes",
          "134217728",
          v -> amount(v, 1),
          "What may wait for the disk before reading stops; frames are shed at 1.5 times as much,"
              + " telemetry at twice, fault codes never.");
  public static final Key<Duration> CLOCK_SKEW =
      key("max-clock-skew", "5m", Config::duration, "How far a device's clock may be ahead.");
  public static final Key<Integer> PARTITIONS =
      key("lanes.partitions", "4", Config::positive, "Partitions of each lane; fixed for ever.");
  public static final Key<Duration> UPLINK_RETENTION =
      key("lanes.uplink-retention", "7d", Config::duration, "How long raw uplinks are kept.");
  public static final Key<String> KAFKA =
      key(
          "engine.kafka.bootstrap",
          "",
          v -> v,
          "Kafka brokers as host:port,host:port; the embedded engine where empty.");
  public static final Key<String> KAFKA_PREFIX =
      key(
          "engine.kafka.prefix",
          "foretell",
          Config::prefix,
          "Begins the names of all topics and groups.");
  public static final Key<Integer> KAFKA_REPLICATION =
      key("engine.kafka.replication", "1", Config::positive, "Copies of each partition.");
  public static final Key<Integer> KAFKA_IN_SYNC =
      key(
          "engine.kafka.min-in-sync",
          "0",
          Config::notNegative,
          "Copies that must have a message before it is acknowledged; 0: 2, or 1 where there is"
              + " one. Fixed when the topics are made.");
  public static final Key<Integer> KAFKA_KEYS =
      key(
          "engine.kafka.keys-in-memory",
          "200000",
          Config::positive,
          "Keys of devices that a process remembers, some 400 bytes each; more devices than these at"
              + " a gateway or a worker cost a statement a message.");
  public static final Key<String> KAFKA_CLIENT =
      key(
          "engine.kafka.client",
          "",
          v -> v,
          "File of further settings of Kafka's clients: security.protocol, sasl.jaas.config, …");
  public static final Key<String> RECORDS_URL =
      key(
          "records.url",
          "",
          v -> v,
          "PostgreSQL as jdbc:postgresql://host:port/database; the embedded database where empty.");
  public static final Key<String> RECORDS_USER =
      key("records.user", "", v -> v, "User of that database.");
  public static final Key<String> RECORDS_PASSWORD =
      key("records.password", "", v -> v, "Its password; never shown.");
  public static final Key<String> S3_URL =
      key(
          "artifacts.s3.url",
          "",
          v -> v,
          "Address of an S3-compatible store of artifacts; files under DIR/blobs where empty.");
  public static final Key<String> S3_REGION =
      key("artifacts.s3.region", "us-east-1", v -> v, "Region that requests are signed for.");
  public static final Key<String> S3_BUCKET =
      key("artifacts.s3.bucket", "foretell", v -> v, "Bucket; it must be there.");
  public static final Key<String> S3_PREFIX =
      key("artifacts.s3.prefix", "artifacts", v -> v, "In front of every object's name.");
  public static final Key<String> S3_ACCESS_KEY =
      key("artifacts.s3.access-key", "", v -> v, "Access key of that store.");
  public static final Key<String> S3_SECRET_KEY =
      key("artifacts.s3.secret-key", "", v -> v, "Its secret; never shown.");
  public static final Key<String> INFLUX_URL =
      key(
          "history.influx.url",
          "",
          v -> v,
          "Address of InfluxDB, VictoriaMetrics or QuestDB; the embedded history where empty.");
  public static final Key<String> INFLUX_DATABASE =
      key("history.influx.database", "foretell", v -> v, "Database or bucket.");
  public static final Key<String> INFLUX_ORG =
      key("history.influx.org", "foretell", v -> v, "Organisation (InfluxDB 2 and later).");
  public static final Key<String> INFLUX_TOKEN =
      key("history.influx.token", "", v -> v, "Token, or user:password for 1.x; never shown.");
  public static final Key<Retention> HISTORY_RETENTION =
      key(
          "history.retention",
          "",
          Retention::parse,
          "How long samples are kept, by class of signal: 'accel.*: 2d, 10s for 30d; 30d, 1m for"
              + " 365d'; all as it came, for ever, where empty.");
  public static final Key<String> BRIDGE_URL =
      key(
          "bridge.url",
          "",
          v -> v,
          "Broker to take messages from, tcp://host:1883 or ssl://host:8883; none where empty.");
  public static final Key<List<TopicPattern>> BRIDGE_TOPIC =
      key(
          "bridge.topic",
          "v1/d/{device}/{kind}",
          Config::topics,
          "Its topics, by commas; {device} and {kind} stand for levels, =kind at the end for a"
              + " kind.");
  public static final Key<BridgeSettings.Version> BRIDGE_VERSION =
      key("bridge.version", "5", Config::mqttVersion, "MQTT version of the broker: 5 or 3.1.1.");
  public static final Key<String> BRIDGE_USER =
      key("bridge.user", "", v -> v, "User name at the broker.");
  public static final Key<String> BRIDGE_PASSWORD =
      key("bridge.password", "", v -> v, "Password at the broker; never shown.");
  public static final Key<String> BRIDGE_CLIENT =
      key(
          "bridge.client-id",
          "foretell-bridge",
          v -> v,
          "By which the broker knows this server again; each server its own.");
  public static final Key<String> BRIDGE_SHARE =
      key(
          "bridge.share",
          "",
          v -> v,
          "Subscribes as $share/NAME/…, for several servers on a broker; Mosquitto forgets that"
              + " when it restarts, and loses what comes until we are back.");
  public static final Key<String> BRIDGE_GATEWAY =
      key(
          "bridge.gateway",
          "bridge",
          v -> v,
          "Device, or device@tenant, that speaks for the bridged devices.");
  public static final Key<Duration> LATENESS =
      key(
          "diagnostics.lateness",
          "10s",
          Config::duration,
          "How late telemetry may come and still be put in order.");
  public static final Key<Integer> BUFFER =
      key(
          "diagnostics.buffer-bytes",
          "131072",
          Config::positive,
          "Most telemetry of a device that waits to be put in order; 15 KB a second for a busy"
              + " bus.");
  public static final Key<Duration> HEALING =
      key(
          "diagnostics.healing-period",
          "10m",
          Config::duration,
          "How long a fault must be gone before it counts as healed.");
  public static final Key<String> CODES =
      key("codes.dir", "", v -> v, "Folder of your own fault code tables (*.tsv, *.table.json).");
  public static final Key<String> MANIFESTS =
      key(
          "manifests.dir",
          "",
          v -> v,
          "Folder of decoder manifests (*.manifest.json): raw frames to signals, by device model.");
  public static final Key<Map<Integer, Integer>> SPN_VERSIONS =
      key(
          "j1939.spn-versions",
          "",
          Config::spnVersions,
          "Source address=SPN conversion version (1-4), by commas; * for any other. A manifest's"
              + " come first.");
  public static final Key<String> MODEL =
      key("diagnostics.model", "", v -> v, "Model file of the remaining-life predictor.");
  public static final Key<Integer> HORIZON_CYCLES =
      key(
          "diagnostics.horizon-cycles",
          "30",
          Config::positive,
          "Predicted life below which a ticket is opened.");
  public static final Key<String> DRIFT_SIGNALS =
      key(
          "diagnostics.drift-signals",
          "",
          v -> v,
          "Signals that the drift detector watches, separated by commas.");
  public static final Key<Boolean> WEBHOOK_PRIVATE =
      key(
          "webhooks.allow-private",
          "false",
          Config::bool,
          "Allow webhooks to loopback, link-local and private addresses.");

  private final Map<String, Value> values;

  private Config(Map<String, Value> values) {
    this.values = Map.copyOf(values);
  }

  /**
   * A key.
   *
   * @param fallback the default, as text
   * @param parse throws {@link IllegalArgumentException} with what is wrong
   */
  public record Key<T>(String name, String fallback, Function<String, T> parse, String doc) {
    /** Its name in the environment. */
    public String environment() {
      return "FORETELL_" + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** Whether its value must not be shown. */
    boolean secret() {
      return name.endsWith("token")
          || name.endsWith("password")
          || name.endsWith("secret-key")
          || name.endsWith("headers");
    }
  }

  /**
   * A value and who gave it: {@code default}, {@code file …}, {@code environment …}, {@code flag}.
   */
  public record Value(String text, String source) {}

  /** What the user wrote cannot be used. */
  public static final class InvalidConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidConfigException(String message) {
      super(message);
    }

    InvalidConfigException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Puts a configuration together.
   *
   * @param file read where given
   * @param environment usually {@link System#getenv()}
   * @param flags key to value, of the flags that were given
   */
  public static Config of(
      Optional<Path> file, Map<String, String> environment, Map<String, String> flags) {
    Map<String, Value> values = new LinkedHashMap<>();
    KEYS.forEach((name, key) -> values.put(name, new Value(key.fallback(), "default")));
    file.ifPresent(path -> fromFile(path, values));
    for (Key<?> key : KEYS.values()) {
      String given = environment.get(key.environment());
      if (given != null) {
        values.put(key.name(), new Value(given, "environment " + key.environment()));
      }
    }
    flags.forEach((name, text) -> put(values, name, new Value(text, "flag --" + name)));
    Config config = new Config(values);
    KEYS.values().forEach(config::get);
    return config;
  }

  /** As {@link #of}, from this process's environment. */
  public static Config load(Optional<Path> file, Map<String, String> flags) {
    return of(file, System.getenv(), flags);
  }

  /** A variable of the environment that is no key: FORETELL_SERVER, FORETELL_TOKEN. */
  public static Optional<String> environment(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(v -> !v.isBlank());
  }

  private static void fromFile(Path path, Map<String, Value> values) {
    try (Reader reader = Files.newBufferedReader(path)) {
      Object root = new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
      if (root instanceof Map<?, ?> map) {
        flatten("", map, "file " + path, values);
      } else if (root != null) {
        throw new InvalidConfigException(path + ": not a list of keys");
      }
    } catch (IOException e) {
      throw new InvalidConfigException("cannot read " + path + ": " + e.getMessage());
    } catch (YAMLException e) {
      throw new InvalidConfigException(path + ": " + e.getMessage());
    }
  }

  private static void flatten(
      String prefix, Map<?, ?> map, String source, Map<String, Value> values) {
    map.forEach(
        (k, v) -> {
          String name = prefix + k;
          if (v instanceof Map<?, ?> inner) {
            flatten(name + ".", inner, source, values);
          } else {
            put(values, name, new Value(String.valueOf(v), source));
          }
        });
  }

  private static void put(Map<String, Value> values, String name, Value value) {
    if (!KEYS.containsKey(name)) {
      throw new InvalidConfigException(
          value.source() + ": there is no key '" + name + "'; known are " + KEYS.keySet());
    }
    values.put(name, value);
  }

  /** The value of a key. */
  public <T> T get(Key<T> key) {
    Value value = value(key);
    try {
      return key.parse().apply(value.text());
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigException(
          value.source() + ": " + key.name() + " = '" + value.text() + "': " + e.getMessage());
    }
  }

  private Value value(Key<?> key) {
    Value value = values.get(key.name());
    return value == null ? new Value(key.fallback(), "default") : value;
  }

  /** The folder that all processes of an installation see. */
  public Path shared() {
    String shared = get(SHARED);
    return shared.isEmpty() ? get(DATA) : Path.of(shared);
  }

  /** Every key with its value and source, secrets hidden. */
  public List<Shown> shown() {
    List<Shown> shown = new ArrayList<>();
    for (Key<?> key : KEYS.values()) {
      Value value = value(key);
      String text = key.secret() && !value.text().isEmpty() ? "(set)" : value.text();
      shown.add(new Shown(key.name(), text, value.source(), key.doc()));
    }
    return shown;
  }

  /** A key as an operator sees it. */
  public record Shown(String key, String value, String source, String doc) {}

  private static <T> Key<T> key(
      String name, String fallback, Function<String, T> parse, String doc) {
    Key<T> key = new Key<>(name, fallback, parse, doc);
    KEYS.put(name, key);
    return key;
  }

  private static Key<Integer> port(String name, String fallback, String what) {
    return key(name, fallback, Config::portNumber, "Port of " + what + " 0 takes any free one.");
  }

  private static Key<Long> quota(String name, String fallback, String what) {
    return key("quota." + name, fallback, v -> amount(v, 0), what + "; 0: any number.");
  }

  private static long amount(String text, long least) {
    try {
      long n = Long.parseLong(text.trim());
      if (n >= least) {
        return n;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a whole number", e);
    }
    throw new IllegalArgumentException("must be " + least + " or more");
  }

  private static int portNumber(String text) {
    int port = number(text);
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("not a port (0–65535)");
    }
    return port;
  }

  /** {@code 0=1,11=2,*=3}; -1 stands for the asterisk. */
  private static Map<Integer, Integer> spnVersions(String text) {
    Map<Integer, Integer> versions = new LinkedHashMap<>();
    for (String pair : text.isBlank() ? new String[0] : text.split(",")) {
      var match = Pattern.compile("(\\*|\\d{1,3})=([1-4])").matcher(pair.trim());
      if (!match.matches() || !match.group(1).equals("*") && number(match.group(1)) > 255) {
        throw new IllegalArgumentException("not like 0=1,11=2,*=3");
      }
      int source = match.group(1).equals("*") ? -1 : number(match.group(1));
      versions.put(source, number(match.group(2)));
    }
    return versions;
  }

  private static List<TopicPattern> topics(String text) {
    return Arrays.stream(text.split(",")).map(String::trim).map(TopicPattern::parse).toList();
  }

  private static BridgeSettings.Version mqttVersion(String text) {
    return switch (text) {
      case "5" -> BridgeSettings.Version.MQTT_5;
      case "3.1.1" -> BridgeSettings.Version.MQTT_3_1_1;
      default -> throw new IllegalArgumentException("must be 5 or 3.1.1");
    };
  }

  private static String prefix(String text) {
    if (!text.matches("[a-z0-9][a-z0-9-]{0,62}")) {
      throw new IllegalArgumentException("small letters, digits and hyphens, up to 63");
    }
    return text;
  }

  private static int positive(String text) {
    int n = number(text);
    if (n < 1) {
      throw new IllegalArgumentException("must be 1 or more");
    }
    return n;
  }

  private static int notNegative(String text) {
    int n = number(text);
    if (n < 0) {
      throw new IllegalArgumentException("must be 0 or more");
    }
    return n;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text.trim());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a whole number", e);
    }
  }

  private static boolean bool(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("must be true or false");
    };
  }

  /** Reads {@code 500ms}, {@code 10s}, {@code 5m}, {@code 2h}, {@code 7d}. */
  public static Duration duration(String text) {
    var match = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)").matcher(text.trim());
    if (!match.matches()) {
      throw new IllegalArgumentException("not a duration such as 500ms, 10s, 5m, 2h, 7d");
    }
    long n = Long.parseLong(match.group(1));
    return switch (match.group(2)) {
      case "ms" -> Duration.ofMillis(n);
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      default -> Duration.ofDays(n);
    };
  }
}
