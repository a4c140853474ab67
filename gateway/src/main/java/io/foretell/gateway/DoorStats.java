package io.foretell.gateway;

import io.foretell.proto.ReasonCode;
import java.util.Map;

/**
 * What has become of every message since the start. When nothing moves, {@code accepted = stored +
 * rejected + unavailable + inFlight} holds exactly, and inFlight is 0; while messages move, the two
 * sides differ by at most those that changed state during the reading. A lasting difference means
 * that a message has disappeared.
 *
 * @param accepted messages handed to the door, over every protocol
 * @param stored of these, on disk as uplinks
 * @param rejected of these, on disk as rejects, by reason; reasons that never occurred are absent
 * @param unavailable of these, not on disk and not acknowledged
 * @param inFlight of these, not yet decided; counted by itself, not derived from the others
 */
public record DoorStats(
    long accepted, long stored, Map<ReasonCode, Long> rejected, long unavailable, long inFlight) {
  /** Copies the map. */
  public DoorStats {
    rejected = Map.copyOf(rejected);
  }

  /** All rejects. */
  public long rejectedTotal() {
    return rejected.values().stream().mapToLong(Long::longValue).sum();
  }

  /** accepted − (stored + rejected + unavailable + in flight): 0 where nothing has disappeared. */
  public long missing() {
    return accepted - stored - rejectedTotal() - unavailable - inFlight;
  }
}
