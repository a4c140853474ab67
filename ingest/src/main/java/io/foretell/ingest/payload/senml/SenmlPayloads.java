package io.foretell.ingest.payload.senml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.foretell.ingest.Decoded;
import io.foretell.ingest.Limits;
import io.foretell.ingest.Origin;
import io.foretell.ingest.PayloadReader;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/**
 * Reads SenML packs (RFC 8428), in JSON and CBOR, as telemetry.
 *
 * <p>The signal is the record's name with its base name before it, with dots for colons ({@code
 * urn:dev:ow:10e2:temp} is {@code urn.dev.ow.10e2.temp}); a sum is a signal of that name and {@code
 * .sum}. {@code vb} is 1 or 0; texts and data are refused, as in plain JSON. Times below 2^28 s are
 * relative to the receipt (section 4.5.3). Units are not kept: a signal has one unit for ever. A
 * field that must be understood (its label ends with an underscore) refuses the pack.
 *
 * <p>What a pack may cost is bounded: nesting, lengths of names and numbers, and samples.
 */
public final class SenmlPayloads implements PayloadReader {
  /** The content type of SenML in JSON. */
  public static final String JSON = "application/senml+json";

  /** The content type of SenML in CBOR. */
  public static final String CBOR = "application/senml+cbor";

  private static final int LONGEST_NAME = 1_000;
  private static final int LONGEST_NUMBER = 100;

  private final Limits limits;
  private final JsonFactory json;
  private final JsonFactory cbor;

  /** With the most that a message may say. */
  public SenmlPayloads(Limits limits) {
    this.limits = limits;
    StreamReadConstraints bounds =
        StreamReadConstraints.builder()
            .maxNestingDepth(limits.jsonDepth())
            .maxNameLength(LONGEST_NAME)
            .maxNumberLength(LONGEST_NUMBER)
            .build();
    this.json =
        JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(bounds)
            .build();
    this.cbor =
        CBORFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(bounds)
            .build();
  }

  @Override
  public Set<String> contentTypes() {
    return Set.of(JSON, CBOR);
  }

  @Override
  public Decoded read(Uplink uplink) {
    boolean binary = uplink.payload()[0] < 0;
    String stated = uplink.contentType().toLowerCase(Locale.ROOT);
    if (binary ? stated.startsWith(JSON) : stated.startsWith(CBOR)) {
      throw malformed(binary, "the body is not what its content type says");
    }
    if (uplink.kind() != UplinkKind.TELEMETRY) {
      throw new InvalidInputException(
          ReasonCode.UNSUPPORTED_CONTENT_TYPE, "SenML is telemetry, nothing else");
    }
    try (JsonParser parser = (binary ? cbor : json).createParser(uplink.payload())) {
      SenmlPack pack = new SenmlPack(parser, uplink.receivedAt(), limits.samples());
      return Decoded.of(Origin.NONE, pack.read());
    } catch (IOException e) {
      throw malformed(binary, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  /**
   * Whether a JSON body that states no more than that is a SenML pack: an array whose first record
   * has a name or base name that is a text, which a signal in plain JSON cannot be.
   */
  public boolean recognises(byte[] payload) {
    try (JsonParser parser = json.createParser(payload)) {
      if (parser.nextToken() != JsonToken.START_ARRAY
          || parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        boolean text = parser.nextToken() == JsonToken.VALUE_STRING;
        if (text && (name.equals("n") || name.equals("bn"))) {
          return true;
        }
        parser.skipChildren();
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  private static InvalidInputException malformed(boolean binary, String detail) {
    return binary
        ? new InvalidInputException(ReasonCode.WRONG_SHAPE, "no CBOR: " + detail)
        : new InvalidInputException(ReasonCode.MALFORMED_JSON, detail);
  }
}
