package io.foretell.ingest.payload.sparkplug;

import com.google.protobuf.InvalidProtocolBufferException;
import io.foretell.ingest.Announced;
import io.foretell.ingest.Announced.Metric;
import io.foretell.ingest.Decoded;
import io.foretell.ingest.Limits;
import io.foretell.ingest.Origin;
import io.foretell.ingest.PayloadReader;
import io.foretell.ingest.payload.sparkplug.MetricReader.Said;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads payloads of Sparkplug B (specification 3.0.0, chapter 6). The gateway writes the message's
 * type into the content type: {@code application/x-sparkplug-b; type=DDATA}.
 *
 * <p>A birth says that the device is there, announces its metrics and gives their values; data
 * gives values of announced metrics, by alias or name; a death says that it is gone. Numbers,
 * booleans and dates become signals, under the metric's name with underscores for characters that a
 * signal's name cannot have; texts, bytes, data sets and templates are not telemetry and stay in
 * the uplink alone. Metrics under {@code Node Control/} and {@code Device Control/}, and {@code
 * bdSeq}, are the protocol's own.
 */
public final class SparkplugPayloads implements PayloadReader {
  /** The content type. */
  public static final String TYPE = "application/x-sparkplug-b";

  private static final String PARAMETER = "type=";
  private static final String VIA = "sparkplug";

  private final Limits limits;

  /** With the most that a message may say. */
  public SparkplugPayloads(Limits limits) {
    this.limits = limits;
  }

  @Override
  public Set<String> contentTypes() {
    return Set.of(TYPE);
  }

  @Override
  public Decoded read(Uplink uplink) {
    return read(uplink, Announced.NOTHING);
  }

  @Override
  public Decoded read(Uplink uplink, Announced announced) {
    String type = type(uplink.contentType());
    MetricReader payload = new MetricReader(uplink.payload(), limits.series());
    try {
      payload.read();
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(
          ReasonCode.MALFORMED_PROTOBUF, String.valueOf(e.getMessage()));
    }
    long time = payload.timestamp() == 0 ? uplink.receivedAt() : payload.timestamp();
    return switch (type) {
      case "NBIRTH", "DBIRTH" -> birth(payload, time);
      case "NDATA", "DDATA" -> data(payload, time, announced);
      case "NDEATH", "DDEATH" ->
          Decoded.of(Origin.NONE, new Telemetry.Presence(uplink.receivedAt(), false, VIA, "death"));
      default ->
          throw new InvalidInputException(
              ReasonCode.UNSUPPORTED_CONTENT_TYPE, "Sparkplug message of type '" + type + "'");
    };
  }

  private Decoded birth(MetricReader payload, long time) {
    List<Metric> metrics = new ArrayList<>();
    Signals signals = new Signals(time);
    for (Said said : payload.metrics()) {
      if (said.name().isEmpty()) {
        throw wrong("a birth with a metric that has no name");
      }
      if (said.name().length() > limits.textLength()) {
        throw wrong("a metric's name of " + said.name().length() + " characters");
      }
      metrics.add(new Metric(said.alias(), said.type() & 0xFF, said.name()));
      signals.add(said.name(), said.type(), said);
    }
    List<Telemetry> values = new ArrayList<>();
    values.add(new Telemetry.Presence(time, true, VIA, "birth"));
    signals.done().ifPresent(values::add);
    return new Decoded(Origin.NONE, values, Optional.of(Announced.of(metrics)));
  }

  private static Decoded data(MetricReader payload, long time, Announced announced) {
    Signals signals = new Signals(time);
    for (Said said : payload.metrics()) {
      Optional<Metric> metric =
          said.name().isEmpty() ? announced.metric(said.alias()) : announced.metric(said.name());
      if (metric.isEmpty()) {
        throw wrong(
            said.name().isEmpty()
                ? "alias " + Long.toUnsignedString(said.alias()) + " was not announced"
                : "a metric that was not announced: " + shown(said.name()));
      }
      int type = said.type() == 0 ? metric.get().type() : said.type();
      signals.add(metric.get().name(), type, said);
    }
    return Decoded.of(
        Origin.NONE, signals.done().orElseThrow(() -> wrong("no metric of it is a number")));
  }

  private static String type(String contentType) {
    int at = contentType.indexOf(PARAMETER);
    if (at < 0) {
      return "";
    }
    int end = contentType.indexOf(';', at);
    String type =
        contentType.substring(at + PARAMETER.length(), end < 0 ? contentType.length() : end);
    return type.strip().toUpperCase(Locale.ROOT);
  }

  private static String shown(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }

  private static InvalidInputException wrong(String detail) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, detail);
  }
}
