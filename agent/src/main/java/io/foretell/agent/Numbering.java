package io.foretell.agent;

import io.foretell.proto.v1.Origin;
import java.util.concurrent.atomic.AtomicLong;

/** Numbers the messages of one device within one boot, so that the server can drop duplicates. */
public final class Numbering {
  private final long bootId;
  private final AtomicLong sequence = new AtomicLong();

  /** Starts at 1. */
  public Numbering(long bootId) {
    this.bootId = bootId;
  }

  /** The next message's origin. */
  public Origin next() {
    return Origin.newBuilder().setBootId(bootId).setSequence(sequence.incrementAndGet()).build();
  }
}
