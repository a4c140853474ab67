package io.foretell.app;

import io.foretell.diagnostics.Detector;
import java.util.ArrayList;
import java.util.List;

/** Which detectors judge the signals, from the configuration. */
final class Detectors {
  private Detectors() {}

  static List<Detector<?>> of(Config config) {
    return new ArrayList<>();
  }
}
