package io.foretell.servicedesk.outbox;

import java.util.List;

/**
 * The changes that were committed, in order, and how far each relay has taken them. Calls block on
 * a database: never from an event loop.
 */
public interface Outbox {
  /** Changes after a sequence number, in order. */
  List<OutboxEntry> after(long sequence, int limit);

  /** Up to which sequence number a relay has taken everything; 0 at first. */
  long progress(String relay);

  /** A relay has taken everything up to a sequence number. */
  void advance(String relay, long sequence);

  /** The sequence number of the newest change; 0 where there is none. */
  long end();

  /** Forgets what all of these relays have taken. */
  void forget(List<String> relays);
}
