package io.foretell.app;

import io.foretell.diagnostics.Detector;
import io.foretell.diagnostics.drift.DriftDetector;
import io.foretell.diagnostics.drift.DriftRule;
import io.foretell.diagnostics.predict.AlarmPolicy;
import io.foretell.diagnostics.predict.RemainingLifePredictor;
import io.foretell.diagnostics.predict.json.ModelFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Which detectors judge the signals, from the configuration. */
final class Detectors {
  private Detectors() {}

  static List<Detector<?>> of(Config config) {
    return of(config, UnaryOperator.identity());
  }

  /**
   * @param tuned changes the rule of each watched signal
   */
  static List<Detector<?>> of(Config config, UnaryOperator<DriftRule> tuned) {
    List<Detector<?>> detectors = new ArrayList<>();
    List<DriftRule> drift =
        Arrays.stream(config.get(Config.DRIFT_SIGNALS).split(","))
            .map(String::trim)
            .filter(signal -> !signal.isEmpty())
            .map(signal -> tuned.apply(DriftRule.cautious(signal)))
            .toList();
    if (!drift.isEmpty()) {
      detectors.add(new DriftDetector(drift));
    }
    String model = config.get(Config.MODEL);
    if (!model.isEmpty()) {
      detectors.add(predictor(Path.of(model), config.get(Config.HORIZON_CYCLES)));
    }
    return detectors;
  }

  private static RemainingLifePredictor predictor(Path model, int horizon) {
    try {
      return new RemainingLifePredictor(ModelFiles.model(model), AlarmPolicy.within(horizon));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the model " + model, e);
    }
  }
}
