package io.foretell.app.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.foretell.diagnostics.DiagnosisRules;
import io.foretell.diagnostics.Outlook;
import io.foretell.diagnostics.episodes.Episode;
import io.foretell.diagnostics.episodes.Healed;
import io.foretell.gateway.Downlink;
import io.foretell.ingest.history.Bucket;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.proto.History;
import io.foretell.proto.Reject;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The shapes of the OpenAPI file that several routes and events share. */
public final class Shapes {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final int INTERMITTENT_AFTER =
      DiagnosisRules.standard().episodes().intermittentAfter();

  private Shapes() {}

  /** An Episode. */
  public static Map<String, Object> episode(DeviceId device, Episode episode) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("device", device.device());
    shape.put("cause", "fault:" + episode.identity());
    shape.put("family", episode.fault().family());
    shape.put("system", episode.fault().system());
    shape.put("code", episode.fault().code());
    shape.put("subType", episode.fault().subType());
    shape.put("title", episode.fault().title());
    shape.put("severity", episode.severity().name());
    shape.put("lamp", episode.lamp().name());
    shape.put("status", episode.fault().status());
    shape.put(
        "phase",
        switch (episode.phase()) {
          case SUSPECTED -> "PENDING";
          case ACTIVE -> "ACTIVE";
          case ABSENT -> "HEALING";
        });
    shape.put("standing", episode.standing(INTERMITTENT_AFTER).name());
    shape.put("since", episode.since());
    shape.put("last", episode.lastSeen());
    shape.put("occurrences", episode.occurrences());
    shape.put("freezeFrame", episode.freezeFrame());
    return shape;
  }

  /** An Episode that is over. */
  public static Map<String, Object> healed(DeviceId device, Healed healed) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("device", device.device());
    shape.put("cause", "fault:" + healed.identity());
    shape.put("family", healed.family());
    shape.put("system", healed.system());
    shape.put("code", healed.code());
    shape.put("subType", healed.subType());
    shape.put("title", healed.title());
    shape.put("severity", healed.severity().name());
    shape.put("standing", Episode.Standing.HEALED.name());
    shape.put("since", healed.since());
    shape.put("last", healed.at());
    shape.put("occurrences", healed.occurrences());
    return shape;
  }

  /** A Prediction. */
  static Map<String, Object> prediction(Outlook.RemainingLife life) {
    Outlook.Prediction latest = life.latest();
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("cause", life.subject());
    shape.put("at", latest.at());
    shape.put("cycles", latest.rul());
    shape.put("low", latest.p10());
    shape.put("high", latest.p90());
    shape.put("horizonMs", (long) (latest.rul() * life.cycleMillis()));
    shape.put("alarmed", life.alarmed());
    shape.put("drivers", life.drivers());
    shape.put("model", life.model());
    return shape;
  }

  /** A Command. */
  public static Map<String, Object> command(Downlink.Tracked tracked) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", tracked.command().id());
    shape.put("device", tracked.device().device());
    shape.put("verb", tracked.command().verb());
    shape.put("arguments", json(tracked.command().arguments()));
    shape.put("state", tracked.state().name());
    shape.put("issuedAt", tracked.command().issuedAt());
    shape.put("expiresAt", tracked.command().expiresAt());
    shape.put("changedAt", tracked.changedAt());
    shape.put("issuedBy", tracked.command().issuedBy());
    shape.put("detail", tracked.detail());
    return shape;
  }

  /** A finding, as events tell it. */
  public static Map<String, Object> finding(DeviceId device, Finding finding) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", finding.id());
    shape.put("device", device.device());
    shape.put("kind", finding.kind().name());
    shape.put("cause", finding.cause());
    shape.put("title", finding.title());
    shape.put("severity", finding.severity().name());
    shape.put("confidence", finding.confidence());
    finding.horizon().ifPresent(horizon -> shape.put("horizonMs", horizon.toMillis()));
    shape.put("at", finding.at());
    shape.put("model", finding.model());
    return shape;
  }

  /** A Sample; with what it stands for where that is more than one. */
  public static Map<String, Object> sample(History.Sample sample, Optional<Bucket> bucket) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("signal", sample.signal());
    shape.put("t", sample.t());
    shape.put("value", sample.value());
    bucket.ifPresent(
        of -> {
          shape.put("min", of.min());
          shape.put("max", of.max());
          shape.put("last", of.last());
          shape.put("count", of.count());
          shape.put("width", of.width());
        });
    return shape;
  }

  /** A Reject. */
  public static Map<String, Object> reject(Entry<Reject> entry) {
    Reject reject = entry.value();
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("device", entry.key().device());
    shape.put("at", reject.at());
    shape.put("reason", reject.reason().name());
    shape.put("detail", reject.detail());
    shape.put("via", reject.via());
    shape.put("route", reject.route());
    shape.put("contentType", reject.contentType());
    shape.put("payload", Base64.getEncoder().encodeToString(reject.payload()));
    shape.put("position", entry.position().toString());
    return shape;
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return new TextNode(text);
    }
  }
}
