package io.foretell.servicedesk;

import io.foretell.proto.Finding;
import io.foretell.proto.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A finding as its ticket keeps it: the evidence.
 *
 * @param id of the finding
 * @param at event time, ms since 1970
 * @param takenAt when the desk took it, by the server's clock, ms since 1970
 * @param model the predictor or rule and its version
 */
public record TicketFinding(
    String id,
    Finding.Kind kind,
    String title,
    Severity severity,
    double confidence,
    Optional<Duration> horizon,
    long at,
    long takenAt,
    String model,
    List<Finding.Evidence> evidence) {
  /** Copies the evidence. */
  public TicketFinding {
    evidence = List.copyOf(evidence);
  }
}
