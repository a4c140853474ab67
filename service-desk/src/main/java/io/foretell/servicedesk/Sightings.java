package io.foretell.servicedesk;

import java.util.OptionalLong;

/**
 * When the device itself showed the problem; event time, ms since 1970.
 *
 * @param since when the condition began, as the earliest finding says
 * @param last of the newest finding that asserts the problem
 * @param cleared of the newest proof that it is gone; empty where there is none
 * @param count how many findings asserted it
 */
public record Sightings(long since, long last, OptionalLong cleared, int count) {

  Sightings seen(long at, long from) {
    return new Sightings(Math.min(since, from), Math.max(last, at), cleared, count + 1);
  }

  Sightings gone(long at) {
    return new Sightings(since, last, OptionalLong.of(at), count);
  }
}
