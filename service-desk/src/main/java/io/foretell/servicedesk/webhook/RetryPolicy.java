package io.foretell.servicedesk.webhook;

import java.time.Duration;

/**
 * How often, and how soon, a failed delivery is tried again: exponential back-off. There is no
 * jitter: a subscriber gets one delivery at a time, so there is no herd to break up.
 *
 * @param first wait after the first failure; 5 s by default
 * @param factor by which each wait is longer than the one before; 4 by default
 * @param longest wait; 6 h by default
 * @param attempts after which it is given up; 12 by default, so after about two days
 */
public record RetryPolicy(Duration first, double factor, Duration longest, int attempts) {
  /** The values above. */
  public static RetryPolicy defaults() {
    return new RetryPolicy(Duration.ofSeconds(5), 4, Duration.ofHours(6), 12);
  }

  /** The wait after so many failures, 1 or more. */
  Duration after(int failures) {
    double millis = first.toMillis() * Math.pow(factor, failures - 1);
    return Duration.ofMillis((long) Math.min(millis, longest.toMillis()));
  }

  boolean givesUpAfter(int failures) {
    return failures >= attempts;
  }
}
