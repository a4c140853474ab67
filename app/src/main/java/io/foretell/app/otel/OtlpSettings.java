package io.foretell.app.otel;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where traces go.
 *
 * @param traces address of the collector's traces, {@code http://host:4318/v1/traces}
 * @param headers of each request; secret
 * @param ratio of uplinks that are traced though nothing follows from them, 0–1
 * @param version of this server
 * @param roles of this process
 */
public record OtlpSettings(
    URI traces, Map<String, String> headers, double ratio, String version, List<String> roles) {
  private static final String TRACES = "/v1/traces";

  /** Copies. */
  public OtlpSettings {
    headers = Map.copyOf(headers);
    roles = List.copyOf(roles);
  }

  /**
   * The address of traces at a collector's base address; empty for none, as it is where it ends so.
   */
  public static String collector(String endpoint) {
    if (endpoint.isEmpty()) {
      return endpoint;
    }
    URI uri = URI.create(endpoint);
    String scheme = String.valueOf(uri.getScheme());
    if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
      throw new IllegalArgumentException("must be like http://127.0.0.1:4318");
    }
    String base = endpoint.endsWith("/") ? endpoint.substring(0, endpoint.length() - 1) : endpoint;
    return base.endsWith(TRACES) ? base : base + TRACES;
  }

  /** Reads a ratio, 0 to 1. */
  public static double ratio(String text) {
    double ratio = Double.parseDouble(text.trim());
    if (ratio >= 0 && ratio <= 1) {
      return ratio;
    }
    throw new IllegalArgumentException("must be 0 to 1");
  }

  /** Reads {@code name=value,name=value}. */
  public static Map<String, String> headers(String text) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String header : text.isBlank() ? new String[0] : text.split(",", -1)) {
      int equals = header.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("not like name=value,name=value");
      }
      headers.put(header.substring(0, equals).trim(), header.substring(equals + 1).trim());
    }
    return headers;
  }

  @Override
  public String toString() {
    return "OtlpSettings[" + traces + "]";
  }
}
