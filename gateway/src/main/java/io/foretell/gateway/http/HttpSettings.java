package io.foretell.gateway.http;

import java.time.Duration;

/**
 * Limits of the device routes.
 *
 * @param maxBody bytes of a request body, compressed or not; more is answered 413
 * @param maxWait the longest that a poll for commands may last
 */
public record HttpSettings(int maxBody, Duration maxWait) {
  /** 1 MiB, as on every protocol. */
  public static final int DEFAULT_MAX_BODY = 1 << 20;

  /** Shorter than the idle timeout of common proxies. */
  public static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(55);

  /** The ordinary limits. */
  public static HttpSettings defaults() {
    return new HttpSettings(DEFAULT_MAX_BODY, DEFAULT_MAX_WAIT);
  }
}
