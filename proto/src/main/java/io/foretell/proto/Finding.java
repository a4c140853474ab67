package io.foretell.proto;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What diagnostics asserts of a device, with its evidence.
 *
 * @param id the same for the same assertion, however often it is derived
 * @param kind what is asserted
 * @param cause what it is about, stable over time: a fault's identity, a predictor's subject
 *     ({@code rul:engine}, {@code drift:battery.voltage}); a ticket is one open problem of a
 *     (device, cause)
 * @param title one line for a person
 * @param severity how bad
 * @param confidence 0–1
 * @param horizon how long until the predicted failure; empty where nothing is predicted
 * @param at event time, ms since 1970
 * @param since event time when the condition began
 * @param occurrences how often it came, 1 at first
 * @param fault the code, where one is behind it
 * @param evidence what it rests on, oldest first
 * @param model the predictor or rule and its version: {@code rul-gbdt/3f2a…}, {@code episodes/1}
 */
public record Finding(
    String id,
    Kind kind,
    String cause,
    String title,
    Severity severity,
    double confidence,
    Optional<Duration> horizon,
    long at,
    long since,
    int occurrences,
    Optional<Fault> fault,
    List<Evidence> evidence,
    String model) {
  /** Copies the evidence. */
  public Finding {
    evidence = List.copyOf(evidence);
  }

  /** What is asserted. */
  public enum Kind {
    ACTIVE_FAULT,
    ANOMALY,
    PREDICTED_FAILURE,
    /** The cause is gone for its healing period, by the device's own reports. */
    CLEARED
  }

  /**
   * A piece of what a finding rests on.
   *
   * @param kind {@code fault}, {@code freeze-frame}, {@code signal}, {@code prediction}, {@code
   *     healing}
   * @param at event time, ms since 1970
   * @param text for a person
   * @param values figures with their names and units ({@code rul.cycles}, {@code engine.coolant})
   */
  public record Evidence(String kind, long at, String text, Map<String, Double> values) {
    /** Copies the values. */
    public Evidence {
      values = Map.copyOf(values);
    }
  }
}
