package io.foretell.app.demo;

import io.foretell.agent.recording.Recordings;
import io.foretell.diagnostics.predict.Tables;
import io.foretell.diagnostics.predict.Training;
import io.foretell.diagnostics.predict.TrainingOptions;
import io.foretell.diagnostics.predict.json.ModelFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;

/** The demo's predictor: trained at the first run, by what 'foretell predict train' does. */
public final class DemoModel {
  private DemoModel() {}

  /**
   * The model of a demo folder, trained where there is none.
   *
   * @param training the recording that it is trained on
   * @param terminal whether a line can be written over
   */
  public static Path in(Path folder, String training, PrintWriter out, boolean terminal)
      throws IOException {
    Path model = folder.resolve("model").resolve("engine.model");
    if (Files.exists(model)) {
      return model;
    }
    Files.createDirectories(folder.resolve("model"));
    Path table = folder.resolve("model").resolve("train_FD001.txt");
    try (BufferedReader lines = Recordings.open(training)) {
      Files.write(table, (Iterable<String>) lines.lines()::iterator);
    }
    out.println("First run: training the predictor on 100 engines that ran to failure …");
    out.flush();
    Training.Trained trained =
        Training.train(
            Tables.cmapss(table),
            TrainingOptions.standard("engine", Tables.CMAPSS_SETTINGS),
            Instant.now(),
            (step, done, total) -> {
              if (terminal) {
                out.printf("\r  %s %d of %d        ", step, done, total);
                out.flush();
              }
            });
    ModelFiles.save(model, trained);
    out.printf(
        Locale.ROOT,
        "%sModel %s, its training record beside it in %s%n",
        terminal ? "\r" : "",
        trained.model().id(),
        model);
    return model;
  }
}
