package io.foretell.gateway;

import io.foretell.proto.ReasonCode;
import io.foretell.proto.UplinkKind;
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
 * @param refused of the unavailable, those over their sender's quota
 * @param shed of the unavailable, those that were in the way when too much waited, by kind; kinds
 *     that never were are absent
 * @param inFlight of these, not yet decided; counted by itself, not derived from the others
 */
public record DoorStats(
    long accepted,
    long stored,
    Map<ReasonCode, Long> rejected,
    long unavailable,
    long refused,
    Map<UplinkKind, Long> shed,
    long inFlight) {
  /** Copies the maps. */
  public DoorStats {
    rejected = Map.copyOf(rejected);
    shed = Map.copyOf(shed);
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
