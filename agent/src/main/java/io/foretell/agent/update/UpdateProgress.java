package io.foretell.agent.update;

import io.foretell.proto.Telemetry;
import java.util.Map;

/**
 * One thing to report of an installation; a report may come twice.
 *
 * @param campaign empty in the report after a start that no campaign caused
 * @param percent of the download, 0–100
 * @param reason reason code of a failed step; empty otherwise
 * @param software component to version, as it runs now
 */
public record UpdateProgress(
    String campaign,
    Telemetry.UpdateStep step,
    int percent,
    String reason,
    String detail,
    Map<String, String> software) {
  /** Copies the software. */
  public UpdateProgress {
    software = Map.copyOf(software);
  }
}
