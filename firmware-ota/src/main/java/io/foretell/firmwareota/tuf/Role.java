package io.foretell.firmwareota.tuf;

import java.time.Duration;
import java.util.Locale;

/** The four top-level roles of TUF (specification, section 2.1). */
public enum Role {
  /** Says which keys the other roles have. */
  ROOT(2, Duration.ofDays(365)),
  /** Says which artifacts there are. */
  TARGETS(2, Duration.ofDays(90)),
  /** Says which versions of the metadata belong together. */
  SNAPSHOT(1, Duration.ofDays(7)),
  /** Says what is newest. */
  TIMESTAMP(1, Duration.ofDays(1));

  private final int threshold;
  private final Duration life;

  Role(int threshold, Duration life) {
    this.threshold = threshold;
    this.life = life;
  }

  /** How many good signatures make its metadata valid; it has as many keys. */
  int threshold() {
    return threshold;
  }

  /** How long its metadata is valid; it is signed anew when half of that is over. */
  Duration life() {
    return life;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  String file() {
    return text() + ".json";
  }
}
