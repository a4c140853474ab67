package io.foretell.diagnostics.j1939;

/**
 * How much memory the transport protocol may take, whatever is on the bus.
 *
 * @param sessions how many sessions are open at once
 * @param messageBytes the longest message that is taken
 * @param allBytes what all open sessions may hold together
 */
public record TransportLimits(int sessions, int messageBytes, int allBytes) {
  /** For one device of a fleet: what diagnostic messages need, and not more. */
  public static final TransportLimits DEVICE = new TransportLimits(32, 1 << 13, 1 << 17);

  /** For a log that is decoded on its own. */
  public static final TransportLimits LOG = new TransportLimits(4096, 1 << 20, 1 << 24);

  /** Refuses what is not positive. */
  public TransportLimits {
    if (sessions < 1 || messageBytes < 1 || allBytes < messageBytes) {
      throw new IllegalArgumentException("limits must be positive, and all hold one message");
    }
  }
}
