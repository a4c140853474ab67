package io.foretell.app.cli;

import io.foretell.app.client.CommandFailed;
import io.foretell.diagnostics.predict.AlarmPolicy;
import io.foretell.diagnostics.predict.Backtest;
import io.foretell.diagnostics.predict.Evaluation;
import io.foretell.diagnostics.predict.ProgressListener;
import io.foretell.diagnostics.predict.RulModel;
import io.foretell.diagnostics.predict.RunToFailure;
import io.foretell.diagnostics.predict.Tables;
import io.foretell.diagnostics.predict.Training;
import io.foretell.diagnostics.predict.TrainingOptions;
import io.foretell.diagnostics.predict.json.ModelFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell predict …}. */
@Command(
    name = "predict",
    description = "Remaining-life predictors: train, evaluate, backtest.",
    footer = {
      "",
      "Data: a C-MAPSS file (26 columns, no header), or CSV with a header and --unit, --cycle.",
      "In CSV, every other column is a signal of its own name."
    })
final class PredictCommands {
  @Spec private CommandSpec spec;

  @Command(
      name = "train",
      description = "Trains on units that ran to failure; writes the model and its record.")
  int train(
      @Parameters(paramLabel = "DATA", description = "Run-to-failure data.") Path data,
      @Option(names = "--out", required = true, paramLabel = "FILE", description = "The model.")
          Path out,
      @Option(names = "--subject", defaultValue = "engine", description = "What wears out.")
          String subject,
      @Option(names = "--unit", description = "CSV column of the unit's name.")
          @Nullable String unit,
      @Option(names = "--cycle", description = "CSV column of the cycle.") @Nullable String cycle,
      @Option(names = "--setting", description = "CSV column that says how the unit was run.")
          @Nullable List<String> settings,
      @Option(names = "--json", description = "Print the training record as JSON.") boolean json)
      throws IOException {
    RunToFailure table = table(data, unit, cycle);
    List<String> ran =
        settings != null ? settings : unit == null ? Tables.CMAPSS_SETTINGS : List.of();
    Training.Trained trained;
    try (Progress progress = new Progress("training", json)) {
      trained =
          Training.train(table, TrainingOptions.standard(subject, ran), Instant.now(), progress);
    }
    ModelFiles.save(out, trained);
    String record = ModelFiles.json(trained.record());
    print(json, record, "model " + trained.model().id() + " in " + out + "\n" + record);
    return 0;
  }

  @Command(
      name = "evaluate",
      description = "Compares a model with units whose remaining life is known.")
  int evaluate(
      @Parameters(index = "0", paramLabel = "MODEL") Path model,
      @Parameters(index = "1", paramLabel = "DATA", description = "Units cut off before failure.")
          Path data,
      @Option(
              names = "--truth",
              required = true,
              description = "Their remaining lives, one a line.")
          Path truth,
      @Option(names = "--json", description = "Print JSON with every unit.") boolean json)
      throws IOException {
    RulModel loaded = model(model);
    RunToFailure table = Tables.cmapss(data).withRemaining(Tables.remainingLives(truth));
    Evaluation e;
    try (Progress progress = new Progress("evaluating", json)) {
      e = Evaluation.of(loaded, table, progress);
    }
    print(
        json,
        ModelFiles.json(e),
        String.format(
            "%s on %d units%n"
                + "  RMSE      %.2f cycles (truth capped), %.2f (raw)%n"
                + "  PHM08     %.0f (capped), %.0f (raw)%n"
                + "  interval  %.0f %% of the truth within a mean width of %.0f cycles (80 %% wanted)",
            e.model(),
            e.units(),
            e.rmseCapped(),
            e.rmseRaw(),
            e.scoreCapped(),
            e.scoreRaw(),
            100 * e.coverage(),
            e.width()));
    return 0;
  }

  @Command(
      name = "backtest",
      description = "Runs a model through recorded lives: which alarms would have come, and when.")
  int backtest(
      @Parameters(index = "0", paramLabel = "MODEL") Path model,
      @Parameters(index = "1", paramLabel = "DATA") Path data,
      @Option(names = "--truth", description = "Remaining lives; absent: the units ran to failure.")
          @Nullable Path truth,
      @Option(names = "--horizon", defaultValue = "30", description = "Cycles.") double horizon,
      @Option(names = "--json", description = "Print JSON with every unit.") boolean json)
      throws IOException {
    RulModel loaded = model(model);
    RunToFailure table = Tables.cmapss(data);
    if (truth != null) {
      table = table.withRemaining(Tables.remainingLives(truth));
    }
    Backtest b;
    try (Progress progress = new Progress("back-testing", json)) {
      b =
          Backtest.of(
              loaded, table, new Backtest.Terms(AlarmPolicy.within(horizon), 12, 5), progress);
    }
    print(
        json,
        ModelFiles.json(b),
        String.format(
            "%s on %d units, horizon %.0f cycles%n"
                + "  right %d, early %d, late %d, missed %d; median lead %.0f cycles",
            b.model(),
            b.units(),
            b.horizonCycles(),
            b.right(),
            b.early(),
            b.late(),
            b.missed(),
            b.medianLead()));
    return 0;
  }

  private void print(boolean json, String machine, String person) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? machine : person);
    out.flush();
  }

  private static RulModel model(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new CommandFailed("no model " + file + "; 'foretell predict train' makes one");
    }
    return ModelFiles.model(file);
  }

  private static RunToFailure table(Path data, @Nullable String unit, @Nullable String cycle)
      throws IOException {
    if (!Files.exists(data)) {
      throw new CommandFailed("no file " + data);
    }
    if (unit == null || cycle == null) {
      return Tables.cmapss(data);
    }
    String header;
    try (var lines = Files.lines(data)) {
      header = lines.findFirst().orElseThrow(() -> new CommandFailed(data + " is empty"));
    }
    char separator = header.indexOf(';') >= 0 ? ';' : ',';
    Map<String, String> signals = new LinkedHashMap<>();
    for (String column : header.split(String.valueOf(separator), -1)) {
      String name = column.trim();
      if (!name.equals(unit) && !name.equals(cycle)) {
        signals.put(name, name);
      }
    }
    return Tables.csv(data, new Tables.CsvMapping(unit, cycle, signals, separator));
  }

  /** A bar on standard error, unless a program reads. */
  private static final class Progress implements ProgressListener, AutoCloseable {
    private final @Nullable ProgressBar bar;

    Progress(String task, boolean quiet) {
      bar =
          quiet
              ? null
              : new ProgressBarBuilder()
                  .setTaskName(task)
                  .setInitialMax(100)
                  .setStyle(ProgressBarStyle.ASCII)
                  .build();
    }

    @Override
    public void progress(String step, int done, int total) {
      if (bar != null) {
        bar.setExtraMessage(step);
        bar.stepTo(total == 0 ? 0 : 100L * done / total);
      }
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
    }
  }
}
