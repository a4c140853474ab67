package io.foretell.app;

import io.foretell.app.metrics.Metrics;
import io.foretell.app.otel.Spans;
import io.foretell.gateway.LaneDoor;
import io.foretell.gateway.mqtt.MqttListener;
import io.foretell.ingest.engine.kafka.KafkaEngine;
import io.foretell.ingest.engine.rocksdb.RocksEngine;
import io.foretell.proto.Engine;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Part;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Topic;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.wire.Topics;
import io.foretell.servicedesk.ChangeType;
import io.foretell.servicedesk.TicketDesk;
import io.foretell.servicedesk.webhook.WebhookStore;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which counts of which parts become metrics, under which names. */
final class ServerMetrics {
  private static final Logger log = LoggerFactory.getLogger(ServerMetrics.class);

  private ServerMetrics() {}

  static void bind(Metrics metrics, Parts parts, Troubles troubles) {
    LaneDoor door = parts.door;
    metrics.counter(
        "foretell.gateway.messages.accepted",
        "Messages of devices that came in; accepted = stored + rejected + unavailable + in flight",
        door,
        d -> d.stats().accepted());
    metrics.counter(
        "foretell.gateway.messages.stored",
        "Messages that are on disk as uplinks, and were acknowledged",
        door,
        d -> d.stats().stored());
    metrics.counter(
        "foretell.gateway.messages.unavailable",
        "Messages that could not be made durable and were not acknowledged",
        door,
        d -> d.stats().unavailable());
    metrics.gauge(
        "foretell.gateway.messages.in.flight",
        "Messages that wait for the disk",
        door,
        d -> d.stats().inFlight());
    for (ReasonCode reason : ReasonCode.values()) {
      metrics.counter(
          "foretell.gateway.messages.rejected",
          "Messages that are on disk as rejects, by reason code",
          door,
          d -> d.stats().rejected().getOrDefault(reason, 0L),
          "reason",
          reason.name());
    }
    metrics.counter(
        "foretell.gateway.messages.over.quota",
        "Messages over the quota of their device or tenant; among the unavailable",
        door,
        d -> d.stats().refused());
    for (UplinkKind kind : List.of(UplinkKind.FRAMES, UplinkKind.TELEMETRY)) {
      metrics.counter(
          "foretell.gateway.messages.shed",
          "Messages shed since too much waited for the disk; among the unavailable",
          door,
          d -> d.stats().shed().getOrDefault(kind, 0L),
          "kind",
          kind.route());
    }
    metrics.disk(parts.config.get(Config.DATA));
    metrics.gauge(
        "foretell.server.version",
        "Always 1; the labels tell the version and the roles of this process",
        parts,
        p -> 1,
        "version",
        Server.version(),
        "roles",
        String.join(",", Role.words(parts.roles)));
    lanes(metrics, parts);
    mqtt(metrics, parts.mqtt);
    parts.tracing.ifPresent(tracing -> spans(metrics, tracing.spans()));
    if (parts.has(Role.WORKER) || parts.has(Role.DESK)) {
      diagnosis(metrics, troubles, parts.config);
    }
    if (parts.has(Role.DESK)) {
      webhooks(metrics, parts.deskDatabase.webhooks());
      tickets(metrics, parts.desk);
    }
    if (parts.engine instanceof RocksEngine rocks) {
      engine(metrics, rocks);
    } else if (parts.engine instanceof KafkaEngine kafka) {
      troubles(metrics, kafka, KafkaEngine::skipped, KafkaEngine::sinkFailures);
      metrics.counter(
          "foretell.engine.entries.unreadable",
          "Records that readers passed over, since the key of an erased device is destroyed",
          kafka,
          KafkaEngine::unreadable);
    }
  }

  private static void lanes(Metrics metrics, Parts parts) {
    Engine engine = parts.engine;
    for (Topic<?> topic :
        List.of(Topics.UPLINK, Topics.FINDINGS, Topics.TICKETS, Topics.COMMANDS, Topics.REJECTS)) {
      metrics.counter(
          "foretell.lane.entries.appended",
          "Entries that were ever appended to a lane, since the data folder or the topics were made",
          engine,
          reachable(e -> Engines.count(e, topic)),
          "lane",
          topic.name());
    }
    List<String> readers = new ArrayList<>();
    if (parts.has(Role.WORKER) || parts.has(Role.DESK)) {
      readers.add(Pipeline.LOOP);
    }
    if (parts.has(Role.DESK)) {
      readers.addAll(List.of("desk", Pipeline.DOWNLINK));
    }
    for (String reader : readers) {
      metrics.gauge(
          "foretell.lane.lag.entries",
          "Entries of a lane that a reader has still to read: loop (decoding and diagnosis), desk, downlink",
          engine,
          reachable(e -> e.lag(reader)),
          "reader",
          reader);
    }
  }

  private static ToDoubleFunction<Engine> reachable(ToDoubleFunction<Engine> read) {
    return new Reachable(read);
  }

  /** What was last read where the engine is not up: asking brokers that are away takes long. */
  private static final class Reachable implements ToDoubleFunction<Engine> {
    private final ToDoubleFunction<Engine> read;
    private volatile double last;

    Reachable(ToDoubleFunction<Engine> read) {
      this.read = read;
    }

    @Override
    public double applyAsDouble(Engine engine) {
      if (engine.health().ready()) {
        try {
          last = read.applyAsDouble(engine);
        } catch (LaneUnavailableException e) {
          log.debug("a lane cannot be counted: {}", e.getMessage());
        }
      }
      return last;
    }
  }

  private static void mqtt(Metrics metrics, MqttListener mqtt) {
    metrics.gauge(
        "foretell.mqtt.connections",
        "MQTT connections that are open",
        mqtt,
        m -> m.stats().connections());
    metrics.counter(
        "foretell.mqtt.protocol.violations",
        "MQTT connections closed for a packet that breaks the protocol",
        mqtt,
        m -> m.stats().violations());
    metrics.counter(
        "foretell.mqtt.sign.ins.accepted",
        "MQTT sign-ins that were accepted",
        mqtt,
        m -> m.stats().greeted());
    metrics.counter(
        "foretell.mqtt.sign.ins.refused",
        "MQTT sign-ins that were refused: wrong credentials, or a client id of another device",
        mqtt,
        m -> m.stats().refused());
  }

  private static void diagnosis(Metrics metrics, Troubles troubles, Config config) {
    metrics.counter(
        "foretell.diagnosis.late.reports",
        "Reports and samples that came later than the lateness window",
        troubles,
        t -> t.sum().late());
    metrics.counter(
        "foretell.diagnosis.early.releases",
        "Times that were taken in before their time because a device's buffer was full",
        troubles,
        t -> t.sum().early());
    metrics.counter(
        "foretell.diagnosis.new.timelines",
        "How often a device's clock was taken to have stepped back",
        troubles,
        t -> t.sum().newTimelines());
    metrics.counter(
        "foretell.diagnosis.refused.faults",
        "Faults of devices that have too many open already",
        troubles,
        t -> t.sum().refusedFaults());
    metrics.gauge(
        "foretell.diagnosis.buffer.limit.bytes",
        "Most telemetry of a device that waits to be put in order (diagnostics.buffer-bytes)",
        config,
        c -> c.get(Config.BUFFER));
    metrics.gauge(
        "foretell.diagnosis.lateness.seconds",
        "How late telemetry may come and still be put in order (diagnostics.lateness)",
        config,
        c -> c.get(Config.LATENESS).toMillis() / 1000.0);
  }

  private static void webhooks(Metrics metrics, WebhookStore store) {
    metrics.gauge(
        "foretell.webhook.deliveries.pending",
        "Deliveries to other systems that wait, or are tried again",
        store,
        s -> s.backlog().pending());
    metrics.gauge(
        "foretell.webhook.deliveries.dead",
        "Deliveries to other systems that were given up; they can be sent again",
        store,
        s -> s.backlog().dead());
  }

  private static void tickets(Metrics metrics, TicketDesk desk) {
    Map<ChangeType, LongAdder> changes = new EnumMap<>(ChangeType.class);
    for (ChangeType type : ChangeType.values()) {
      LongAdder count = new LongAdder();
      changes.put(type, count);
      metrics.counter(
          "foretell.ticket.changes",
          "Changes of tickets that this process made, by what has changed",
          count,
          LongAdder::sum,
          "change",
          type.word());
    }
    desk.onChange(change -> Objects.requireNonNull(changes.get(change.type())).increment());
  }

  private static void spans(Metrics metrics, Spans spans) {
    metrics.counter(
        "foretell.telemetry.spans.exported",
        "Spans that the OpenTelemetry collector has taken",
        spans,
        Spans::exported);
    metrics.counter(
        "foretell.telemetry.spans.failed",
        "Spans that were sent to the OpenTelemetry collector and not taken",
        spans,
        Spans::failed);
  }

  /** How the parts are that were started; for dashboards and alerts. */
  static void parts(Metrics metrics, List<Part> started) {
    for (Part part : started) {
      String name = part.health().part();
      metrics.gauge(
          "foretell.part.ready",
          "Whether a part of the server can do its work: 1 or 0; /health/ready says why",
          part,
          p -> p.health().ready() ? 1 : 0,
          "part",
          name);
      metrics.gauge(
          "foretell.part.notices",
          "Things that an operator should know of a part; /health/ready says which",
          part,
          p -> p.health().notices().size(),
          "part",
          name);
    }
  }

  private static void engine(Metrics metrics, RocksEngine rocks) {
    metrics.counter(
        "foretell.engine.synced.commits",
        "Group commits of the embedded engine that ended with an fsync",
        rocks,
        r -> r.stats().syncedGroups());
    metrics.counter(
        "foretell.engine.commit.seconds",
        "Time that the embedded engine has spent in group commits, fsync included",
        rocks,
        r -> r.stats().writeNanos() / 1e9);
    metrics.counter(
        "foretell.engine.appended.bytes",
        "Bytes of entries that were appended to lanes, without keys",
        rocks,
        r -> r.stats().bytes());
    metrics.counter(
        "foretell.engine.recoveries",
        "How often the lanes were opened again after the disk had failed",
        rocks,
        r -> r.stats().recoveries());
    troubles(metrics, rocks, r -> r.stats().skipped(), r -> r.stats().sinkFailures());
  }

  private static <E> void troubles(
      Metrics metrics, E engine, ToDoubleFunction<E> skipped, ToDoubleFunction<E> sinkFailures) {
    metrics.counter(
        "foretell.engine.entries.skipped",
        "Entries that a stage failed at; they are among the rejects",
        engine,
        skipped);
    metrics.counter(
        "foretell.engine.sink.failures",
        "Batches that a sink could not take at once",
        engine,
        sinkFailures);
  }
}
