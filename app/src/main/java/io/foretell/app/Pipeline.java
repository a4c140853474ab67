package io.foretell.app;

import io.foretell.diagnostics.Detector;
import io.foretell.diagnostics.Diagnosis;
import io.foretell.diagnostics.DiagnosisRules;
import io.foretell.diagnostics.DiagnosisState;
import io.foretell.diagnostics.FaultSeverity;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.signals.ModelDecoding;
import io.foretell.ingest.Decoding;
import io.foretell.ingest.DeviceStream;
import io.foretell.ingest.Limits;
import io.foretell.ingest.payload.Payloads;
import io.foretell.proto.Finding;
import io.foretell.proto.Sink;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Uplink;
import io.foretell.proto.wire.Topics;
import java.util.List;
import java.util.Optional;

/**
 * Every arrow of the loop, from top to bottom as a message takes them.
 *
 * <pre>
 *   device ─► gateway ─uplink─► ingest ─telemetry─► diagnostics ─finding─► service desk ─ticket─► engineer
 *     ▲                                                                                             │
 *     └──────────── gateway ◄─command─ firmware-ota ◄─ campaign ◄───────────────────────────────────┘
 * </pre>
 */
final class Pipeline {
  /** The identity of the hosted stage on disk. */
  static final String LOOP = "loop";

  /** The identities of the sinks on findings. */
  static final String DESK = "desk";

  static final String NEWS = "news";

  /** The identity of the sink that keeps commands. */
  static final String DOWNLINK = "downlink";

  private Pipeline() {}

  /** Draws the arrows between a server's parts. */
  static void draw(Parts parts, Sink<Telemetry> watchers, Sink<Finding> news) {
    // device ─► gateway: each listener knows the device by its credentials and hands its bytes to
    // the door, which answers when they are on the lane "uplink". See Parts for the listeners.

    // uplink ─► ingest ─► telemetry ─► diagnostics ─► findings: one pass over each uplink. What
    // cannot be decoded goes to "rejects" with its reason.
    Loop<Naming.Named<DeviceStream>, DiagnosisState, Uplink, Telemetry> loop =
        loop(parts.config, parts.knowledge, parts.decoding, parts.detectors);
    if (parts.has(Role.WORKER)) {
      parts.engine.host(LOOP, Topics.UPLINK, parts.traced(loop));

      // telemetry ─► whoever needs it, before the pass commits.
      parts.engine.attach("history", Topics.TELEMETRY, parts.history);
      parts.engine.attach("campaign-tracking", Topics.TELEMETRY, parts.campaigns.tracking());
      parts.engine.attach("command-replies", Topics.TELEMETRY, parts.downlink.replies());
      parts.engine.attach("watchers", Topics.TELEMETRY, watchers);
    }
    if (parts.has(Role.DESK)) {
      // findings ─► service desk: one open ticket per device and cause; its outbox feeds the lane
      // "tickets" and webhooks.
      parts.engine.attach(DESK, Topics.FINDINGS, parts.tickets());
      Engines.follow(parts.engine, NEWS, Topics.FINDINGS, news, Optional.empty());

      // ticket ─► engineer ─► campaign ─► firmware-ota ─► commands ─► gateway ─► device: a campaign
      // is started through the API; its commands wait in the downlink until the device answers.
      // What the device then reports comes in at the top again. See CampaignBridge for the way back
      // to the desk.
      parts.engine.attach(DOWNLINK, Topics.COMMANDS, parts.downlink);
    }
    if (parts.neighbours.isPresent()) {
      among(parts, loop);
    }

    // A revoked device is cut off at once.
    parts.registry.onRevoked(parts.coap::cut);
    parts.registry.onRevoked(parts.mqtt::disconnect);

    parts.registry.onRemoved(parts.models::forget);

    // What waits for a device that is removed must not reach the next one of its name.
    parts.registry.onRemoved(
        device -> {
          var unused = parts.downlink.withdraw(device);
        });
  }

  /** What is different where other processes have a share in it. */
  private static void among(
      Parts parts, Loop<Naming.Named<DeviceStream>, DiagnosisState, Uplink, Telemetry> loop) {
    if (parts.has(Role.DESK)) {
      Engines.observe(parts.engine, LOOP, Topics.UPLINK, loop);
    }
    if (parts.has(Role.GATEWAY)) {
      // Each gateway passes every command, and has those that come for its own devices.
      Optional<String> kept = Optional.of(DOWNLINK);
      Engines.follow(parts.engine, "deliveries", Topics.COMMANDS, parts.downlink, kept);
    }
  }

  /**
   * Decoding and diagnosis as one fold; for the server, and for replays with other rules.
   *
   * @param naming reads raw frames by the manifest of the device's model
   */
  static Loop<Naming.Named<DeviceStream>, DiagnosisState, Uplink, Telemetry> loop(
      Config config, Knowledge knowledge, ModelDecoding naming, List<Detector<?>> detectors) {
    Limits limits = Limits.DEFAULT.withClockSkewMillis(config.get(Config.CLOCK_SKEW).toMillis());
    Decoding decoding =
        new Decoding(Topics.TELEMETRY, Topics.REJECTS, Payloads.standard(limits), limits);
    Diagnosis diagnosis =
        new Diagnosis(
            knowledge.readers(naming),
            detectors,
            severity(knowledge.book()),
            rules(config),
            Topics.FINDINGS);
    return new Loop<>(
        new Naming<>(decoding, Topics.TELEMETRY, naming), Topics.TELEMETRY, diagnosis);
  }

  private static DiagnosisRules rules(Config config) {
    DiagnosisRules rules = DiagnosisRules.standard().withHealingPeriod(config.get(Config.HEALING));
    return new DiagnosisRules(
        config.get(Config.LATENESS),
        rules.episodes(),
        config.get(Config.BUFFER),
        rules.lateBeforeNewTimeline());
  }

  /** How bad by the code book, how sure by lamp and status. */
  private static FaultSeverity severity(CodeBook book) {
    FaultSeverity byStatus = FaultSeverity.byLampAndStatus();
    return fault ->
        new FaultSeverity.Rating(book.severity(fault), byStatus.rate(fault).confidence());
  }
}
