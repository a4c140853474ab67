package io.foretell.ingest;

import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.Stage;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Topic;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stage that turns each uplink into telemetry, or into exactly one reject: nothing disappears,
 * and nothing of a message is handed on unless all of it can stand.
 *
 * <p>The stated content type chooses the reader. Where none is stated, or one that says nothing
 * ({@code application/octet-stream}, {@code text/plain}), a body that begins with <code>{</code> or
 * {@code [} is JSON, one that begins as an array of CBOR is SenML where there is a reader for it,
 * and any other is Protobuf. Parameters of a content type do not matter here.
 *
 * <p>A numbered message that was stored before is a duplicate, in whatever order messages come, and
 * so is an MQTT message with QoS 2 that is repeated because the gateway ended before it had noted
 * its identifier ({@link Deliveries}). One that was rejected is not: it may come again, or be
 * replayed, once its cause is mended.
 */
public final class Decoding implements Stage<DeviceStream, Uplink> {
  /** The content type of proto3 messages. */
  public static final String PROTOBUF = "application/protobuf";

  /** The content type of JSON. */
  public static final String JSON = "application/json";

  /** The content type of SenML in CBOR (RFC 8428). */
  public static final String SENML_CBOR = "application/senml+cbor";

  private static final Logger LOG = LoggerFactory.getLogger(Decoding.class);
  private static final int LONGEST_DETAIL = 300;

  private final Topic<Telemetry> telemetry;
  private final Topic<Reject> rejects;
  private final Map<String, PayloadReader> readers = new HashMap<>();
  private final Admission admission;
  private final Codec<DeviceStream> codec = new DeviceStreamCodec();

  /**
   * @param telemetry where decoded values go
   * @param rejects where uplinks go that cannot be used
   * @param readers one a notation; {@value #PROTOBUF} and {@value #JSON} are among their types
   * @param limits how much one message may say
   */
  public Decoding(
      Topic<Telemetry> telemetry,
      Topic<Reject> rejects,
      List<PayloadReader> readers,
      Limits limits) {
    this.telemetry = telemetry;
    this.rejects = rejects;
    this.admission = new Admission(limits);
    for (PayloadReader reader : readers) {
      for (String type : reader.contentTypes()) {
        this.readers.put(type, reader);
      }
    }
    for (String type : List.of(PROTOBUF, JSON)) {
      if (!this.readers.containsKey(type)) {
        throw new IllegalArgumentException("no reader for " + type);
      }
    }
  }

  @Override
  public DeviceStream initial(DeviceId key) {
    return new DeviceStream();
  }

  @Override
  public DeviceStream apply(DeviceStream state, Entry<Uplink> entry, Emit out) {
    Uplink uplink = entry.value();
    Decoded decoded;
    try {
      decoded = decode(state, uplink);
    } catch (InvalidInputException e) {
      refuse(state, entry, e.reason(), e.detail(), out);
      return state;
    } catch (RuntimeException e) {
      // Boundary: a reader that fails costs the message and not the stage.
      LOG.error("uplink {} of {} could not be read", entry.position(), entry.key(), e);
      refuse(state, entry, ReasonCode.INTERNAL, e.toString(), out);
      return state;
    }
    long eventTime = 0;
    for (Telemetry value : decoded.values()) {
      eventTime = Math.max(eventTime, value.time());
      out.to(telemetry, entry.key(), value);
    }
    state.store(decoded.origin(), uplink.receivedAt(), eventTime);
    uplink.delivery().ifPresent(state.deliveries()::store);
    decoded.announced().ifPresent(state::announce);
    return state;
  }

  @Override
  public DeviceStream tick(DeviceStream state, DeviceId key, long at, Emit out) {
    return state;
  }

  @Override
  public long wakeAt(DeviceStream state) {
    return NEVER;
  }

  @Override
  public Codec<DeviceStream> codec() {
    return codec;
  }

  private Decoded decode(DeviceStream state, Uplink uplink) {
    if (uplink.payload().length == 0) {
      throw new InvalidInputException(ReasonCode.EMPTY_PAYLOAD, "no bytes");
    }
    if (uplink.delivery().map(state.deliveries()::stored).orElse(false)) {
      throw new InvalidInputException(
          ReasonCode.DUPLICATE_SEQUENCE,
          "packet " + uplink.delivery().get().packetId() + " of its session was stored before");
    }
    Decoded read = readerOf(uplink).read(uplink, state.announced());
    Decoded admitted = admission.admit(read, uplink.receivedAt());
    if (state.seen(admitted.origin())) {
      throw new InvalidInputException(
          ReasonCode.DUPLICATE_SEQUENCE,
          "sequence %d of boot %s was stored before"
              .formatted(
                  admitted.origin().sequence(), Long.toUnsignedString(admitted.origin().bootId())));
    }
    return admitted;
  }

  private PayloadReader readerOf(Uplink uplink) {
    String type = mediaType(uplink.contentType());
    PayloadReader reader =
        readers.get(
            switch (type) {
              case "", "application/octet-stream", "text/plain" -> sniffed(uplink.payload()[0]);
              default -> type;
            });
    if (reader == null) {
      throw new InvalidInputException(
          ReasonCode.UNSUPPORTED_CONTENT_TYPE, "'" + uplink.contentType() + "'");
    }
    return reader;
  }

  private static String sniffed(byte first) {
    // As Protobuf tags both would open a group, and an array of CBOR (RFC 8949 section 3.1) would
    // be
    // a field above 15; no message of ours has any of them.
    if (first == '{' || first == '[') {
      return JSON;
    }
    return (first & 0xE0) == 0x80 ? SENML_CBOR : PROTOBUF;
  }

  private static String mediaType(String contentType) {
    int end = contentType.indexOf(';');
    String bare = end < 0 ? contentType : contentType.substring(0, end);
    return bare.strip().toLowerCase(Locale.ROOT);
  }

  private void refuse(
      DeviceStream state, Entry<Uplink> entry, ReasonCode reason, String detail, Emit out) {
    Uplink uplink = entry.value();
    String kept =
        detail.length() > LONGEST_DETAIL ? detail.substring(0, LONGEST_DETAIL) + "…" : detail;
    state.reject(reason);
    out.to(
        rejects,
        entry.key(),
        new Reject(
            uplink.receivedAt(),
            reason,
            kept,
            uplink.via(),
            uplink.kind() == UplinkKind.PRESENCE ? "" : "v1/" + uplink.kind().route(),
            uplink.contentType(),
            uplink.payload(),
            Optional.of(entry.position())));
  }
}
