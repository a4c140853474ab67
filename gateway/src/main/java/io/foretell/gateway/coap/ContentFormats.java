package io.foretell.gateway.coap;

import java.util.Map;

/**
 * CoAP Content-Formats (RFC 7252 section 12.3 and the IANA registry of the same name) as content
 * types. Protobuf has no registered number: {@value #PROTOBUF}, of the range for experiments, says
 * it; so does no Content-Format at all, and 42 where the route takes nothing else.
 */
final class ContentFormats {
  static final int OCTET_STREAM = 42;
  static final int JSON = 50;

  /** {@code application/x-protobuf}: our choice from the experimental range 65000–65535. */
  static final int PROTOBUF = 65001;

  /** What Californium gives where the option is not there. */
  private static final int NONE = -1;

  private static final Map<Integer, String> TYPES =
      Map.ofEntries(
          Map.entry(NONE, ""),
          Map.entry(0, "text/plain; charset=utf-8"),
          Map.entry(40, "application/link-format"),
          Map.entry(41, "application/xml"),
          Map.entry(OCTET_STREAM, "application/octet-stream"),
          Map.entry(47, "application/exi"),
          Map.entry(JSON, "application/json"),
          Map.entry(60, "application/cbor"),
          Map.entry(63, "application/cbor-seq"),
          Map.entry(110, "application/senml+json"),
          Map.entry(111, "application/sensml+json"),
          Map.entry(112, "application/senml+cbor"),
          Map.entry(113, "application/sensml+cbor"),
          Map.entry(310, "application/senml+xml"),
          Map.entry(PROTOBUF, "application/x-protobuf"));

  private ContentFormats() {}

  /** The content type; a number that is not known is kept, so that the reject names it. */
  static String type(int format) {
    String type = TYPES.get(format);
    return type != null ? type : "coap-content-format/" + format;
  }
}
