package io.foretell.app.otel;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Position;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The ids of traces and spans as functions of what they are about: so every process that knows the
 * finding, or the uplink, knows the trace, and nothing carries it from one to the next. A step that
 * is done again after a crash gives the same span again.
 *
 * <p>Trace ids have 32 hexadecimal digits, span ids 16 (W3C Trace Context).
 */
final class TraceIds {
  private static final int TRACE_BYTES = 16;
  private static final int SPAN_BYTES = 8;

  private TraceIds() {}

  /** The trace of what follows from a device's report: a finding, its ticket, its deliveries. */
  static String ofFinding(String findingId) {
    return hex("finding " + findingId, TRACE_BYTES);
  }

  /** The trace of an uplink by itself. */
  static String ofUplink(DeviceId device, Position position) {
    return hex("uplink " + position + " " + device, TRACE_BYTES);
  }

  /** The span of a step within a trace. */
  static String span(String trace, String step) {
    return hex(trace + " " + step, SPAN_BYTES);
  }

  /**
   * Whether a trace is among a ratio of all: its lowest 56 bits are below it, as random ids' would
   * be (W3C Trace Context 2, 2.2.5).
   */
  static boolean sampled(String trace, double ratio) {
    return Long.parseLong(trace.substring(18), 16) < ratio * (1L << 56);
  }

  private static String hex(String text, int bytes) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
