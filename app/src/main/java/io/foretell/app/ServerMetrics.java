package io.foretell.app;

import io.foretell.app.metrics.Metrics;
import io.foretell.gateway.LaneDoor;
import io.foretell.gateway.mqtt.MqttListener;
import io.foretell.ingest.engine.kafka.KafkaEngine;
import io.foretell.ingest.engine.rocksdb.RocksEngine;
import io.foretell.proto.Engine;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Topic;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.wire.Topics;
import io.foretell.servicedesk.webhook.WebhookStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Which counts of which parts become metrics, under which names. */
final class ServerMetrics {
  private ServerMetrics() {}

  static void bind(Metrics metrics, Parts parts, Troubles troubles) {
    LaneDoor door = parts.door;
    metrics.counter(
        "foretell.door.accepted",
        "Messages that came in; accepted = stored + rejected + unavailable + in flight",
        door,
        d -> d.stats().accepted());
    metrics.counter(
        "foretell.door.stored", "Messages on disk as uplinks", door, d -> d.stats().stored());
    metrics.counter(
        "foretell.door.unavailable",
        "Messages that could not be made durable and were not acknowledged",
        door,
        d -> d.stats().unavailable());
    metrics.gauge(
        "foretell.door.in.flight",
        "Messages that wait for the disk",
        door,
        d -> d.stats().inFlight());
    for (ReasonCode reason : ReasonCode.values()) {
      metrics.counter(
          "foretell.door.rejected",
          "Messages on disk as rejects, by reason",
          door,
          d -> d.stats().rejected().getOrDefault(reason, 0L),
          "reason",
          reason.name());
    }
    metrics.counter(
        "foretell.door.refused",
        "Messages over the quota of their device or tenant; among the unavailable",
        door,
        d -> d.stats().refused());
    for (UplinkKind kind : List.of(UplinkKind.FRAMES, UplinkKind.TELEMETRY)) {
      metrics.counter(
          "foretell.door.shed",
          "Messages shed since too much waited for the disk; among the unavailable",
          door,
          d -> d.stats().shed().getOrDefault(kind, 0L),
          "kind",
          kind.route());
    }
    lanes(metrics, parts);
    mqtt(metrics, parts.mqtt);
    if (parts.has(Role.WORKER) || parts.has(Role.DESK)) {
      diagnosis(metrics, troubles, parts.config);
    }
    if (parts.has(Role.DESK)) {
      webhooks(metrics, parts.deskDatabase.webhooks());
    }
    if (parts.engine instanceof RocksEngine rocks) {
      engine(metrics, rocks);
    } else if (parts.engine instanceof KafkaEngine kafka) {
      troubles(metrics, kafka, KafkaEngine::skipped, KafkaEngine::sinkFailures);
    }
  }

  private static void lanes(Metrics metrics, Parts parts) {
    Engine engine = parts.engine;
    for (Topic<?> topic :
        List.of(Topics.UPLINK, Topics.FINDINGS, Topics.TICKETS, Topics.COMMANDS, Topics.REJECTS)) {
      metrics.counter(
          "foretell.lane.entries",
          "Entries that were ever appended to a lane",
          engine,
          e -> Engines.count(e, topic),
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
          "foretell.lag",
          "Entries that a reader of a lane has still to read",
          engine,
          e -> e.lag(reader),
          "reader",
          reader);
    }
  }

  private static void mqtt(Metrics metrics, MqttListener mqtt) {
    metrics.gauge(
        "foretell.mqtt.connections", "Open connections", mqtt, m -> m.stats().connections());
    metrics.counter(
        "foretell.mqtt.violations",
        "Connections closed for a malformed packet",
        mqtt,
        m -> m.stats().violations());
    metrics.counter("foretell.mqtt.refused", "Refused sign-ins", mqtt, m -> m.stats().refused());
  }

  private static void diagnosis(Metrics metrics, Troubles troubles, Config config) {
    metrics.counter(
        "foretell.diagnosis.late",
        "Reports and samples that came later than the lateness window",
        troubles,
        t -> t.sum().late());
    metrics.counter(
        "foretell.diagnosis.early",
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
        "foretell.webhook.pending",
        "Deliveries to other systems that wait, or are tried again",
        store,
        s -> s.backlog().pending());
    metrics.gauge(
        "foretell.webhook.dead",
        "Deliveries to other systems that were given up; they can be sent again",
        store,
        s -> s.backlog().dead());
  }

  private static void engine(Metrics metrics, RocksEngine rocks) {
    metrics.counter(
        "foretell.engine.synced.groups",
        "Groups of appends that were synced to disk",
        rocks,
        r -> r.stats().syncedGroups());
    troubles(metrics, rocks, r -> r.stats().skipped(), r -> r.stats().sinkFailures());
  }

  private static <E> void troubles(
      Metrics metrics, E engine, ToDoubleFunction<E> skipped, ToDoubleFunction<E> sinkFailures) {
    metrics.counter(
        "foretell.engine.skipped",
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
