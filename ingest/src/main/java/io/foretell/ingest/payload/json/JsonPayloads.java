package io.foretell.ingest.payload.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.foretell.ingest.Decoded;
import io.foretell.ingest.Limits;
import io.foretell.ingest.Origin;
import io.foretell.ingest.PayloadReader;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Uplink;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads JSON: the plain form for a first try, or the proto3 form of the schema's messages.
 *
 * <p><b>Telemetry</b>, plain: {@code {"t": 1795308448257, "engine.coolant": 91.5}}, or an array of
 * such objects. {@code t} is ms since 1970, and the receipt's time where it is absent. Nested
 * objects flatten with dots; {@code true} is 1 and {@code false} 0; {@code null} is no value; texts
 * and arrays are refused. A body with an array named {@code series} is the proto3 form.
 *
 * <p><b>Faults</b>, plain: {@code {"t": …, "code": "P0301", "status": 47, "count": 3, "source":
 * "ecm", "freezeFrame": {"rpm": 900}}}, or an array of such objects, or several codes of one
 * moment: {@code {"t": …, "source": "ecm", "complete": true, "codes": ["P0301", {"code": "P0420",
 * "status": 8}]}}. All but the code may be absent; a status that is, is 0x09 (ISO 14229-1: failed
 * and confirmed). With {@code complete}, a code that is not named is not present; {@code
 * {"complete": true, "codes": []}} says that there is none. A body with neither {@code code} nor
 * {@code codes} is the proto3 form.
 *
 * <p><b>Frames, replies and updates</b> have the proto3 form alone. <b>Presence</b>, which only the
 * gateway writes, is {@code {"online": true, "via": "mqtt", "reason": "connected"}}.
 */
public final class JsonPayloads implements PayloadReader {
  private static final int LONGEST_NAME = 1_000;
  private static final int LONGEST_NUMBER = 100;

  private final PayloadReader messages;
  private final Limits limits;
  private final JsonFactory factory;

  /**
   * @param messages reads the proto3 form
   * @param limits how much one message may say
   */
  public JsonPayloads(PayloadReader messages, Limits limits) {
    this.messages = messages;
    this.limits = limits;
    this.factory =
        JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(limits.jsonDepth())
                    .maxNameLength(LONGEST_NAME)
                    .maxNumberLength(LONGEST_NUMBER)
                    .build())
            .build();
  }

  @Override
  public Set<String> contentTypes() {
    return Set.of("application/json");
  }

  @Override
  public Decoded read(Uplink uplink) {
    try (JsonParser parser = factory.createParser(uplink.payload())) {
      Optional<List<Telemetry>> plain = plain(uplink, parser);
      return plain.isPresent() ? new Decoded(Origin.NONE, plain.get()) : messages.read(uplink);
    } catch (JsonProcessingException e) {
      throw malformed(e.getOriginalMessage() + at(e));
    } catch (IOException e) {
      // Jackson says so where bytes are no text in the encoding that they begin in.
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private Optional<List<Telemetry>> plain(Uplink uplink, JsonParser parser) throws IOException {
    PlainBody body =
        switch (uplink.kind()) {
          case TELEMETRY -> new PlainSignals(parser, uplink.receivedAt(), limits.samples());
          case FAULTS -> new PlainFaults(parser, uplink.receivedAt(), limits.codes());
          case PRESENCE -> new PlainPresence(parser, uplink.receivedAt());
          case FRAMES, REPLIES, UPDATES -> new NoPlainForm(parser);
        };
    return body.read();
  }

  private static String at(JsonProcessingException e) {
    return e.getLocation() == null ? "" : " at byte " + e.getLocation().getByteOffset();
  }

  private static InvalidInputException malformed(String detail) {
    return new InvalidInputException(ReasonCode.MALFORMED_JSON, detail);
  }
}
