package io.foretell.servicedesk.outbox;

/** Takes changes from the outbox to one place, at least once, those of a ticket in order. */
public interface Relay extends AutoCloseable {
  /** Its name, which is its identity in the outbox. */
  String name();

  /**
   * Does what can be done now. Blocks, but not for longer than its own limits.
   *
   * @param now ms since 1970
   * @return how many it moved; 0: nothing is left to do at this moment
   * @throws RelayException where the other side is not there; what was not taken comes again
   */
  int pump(long now);

  @Override
  void close();
}
