package io.foretell.diagnostics.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.foretell.diagnostics.Moment;
import io.foretell.diagnostics.predict.Training.Trained;
import io.foretell.proto.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** On the C-MAPSS turbofans, with the published test sets. */
class CmapssTest {
  private static final Logger LOG = LoggerFactory.getLogger(CmapssTest.class);
  private static final Path DATA =
      Path.of(System.getProperty("foretell.shared", "shared"), "data", "cmapss");

  @ParameterizedTest
  @CsvSource({"FD001, 12.5, 95", "FD003, 11.0, 95"})
  void model_trained_on_the_training_file_is_good_on_the_test_file(
      String set, double rmse, int inTime) throws IOException {
    assumeThat(Files.isDirectory(DATA)).as("no C-MAPSS files in " + DATA).isTrue();
    RunToFailure train = Tables.cmapss(DATA.resolve("train_" + set + ".txt.gz"));
    RunToFailure test =
        Tables.cmapss(DATA.resolve("test_" + set + ".txt.gz"))
            .withRemaining(Tables.remainingLives(DATA.resolve("RUL_" + set + ".txt.gz")));
    long begin = System.nanoTime();
    Trained trained =
        Training.train(
            train,
            TrainingOptions.standard("engine", Tables.CMAPSS_SETTINGS),
            Instant.EPOCH,
            (s, d, t) -> {});
    double seconds = (System.nanoTime() - begin) / 1e9;

    Evaluation onTest = Evaluation.of(trained.model(), test, (s, d, t) -> {});
    Backtest.Terms terms = new Backtest.Terms(AlarmPolicy.within(30), 15, 5);
    Backtest onTrain = Backtest.of(trained.model(), train, terms, (s, d, t) -> {});
    Backtest onCut = Backtest.of(trained.model(), test, terms, (s, d, t) -> {});

    LOG.info(
        String.format(
            Locale.ROOT,
            "%s trained in %.1f s, %d bytes, held out %s",
            set,
            seconds,
            RulModel.codec().encode(trained.model()).length,
            trained.record().heldOut()));
    LOG.info(
        "{} regimes {}, {}",
        set,
        trained.record().regimes(),
        trained.record().importances().subList(0, 5));
    LOG.info(
        String.format(
            Locale.ROOT,
            "%s test: rmse %.2f capped %.2f raw, score %.0f %.0f, coverage %.2f width %.1f",
            set,
            onTest.rmseCapped(),
            onTest.rmseRaw(),
            onTest.scoreCapped(),
            onTest.scoreRaw(),
            onTest.coverage(),
            onTest.width()));
    for (Backtest b : new Backtest[] {onTrain, onCut}) {
      LOG.info(
          "{} alarms: right {} early {} late {} missed {} recalled {} lead {}",
          set,
          b.right(),
          b.early(),
          b.late(),
          b.missed(),
          b.recalled(),
          b.medianLead());
    }
    LOG.info(
        String.format(
            Locale.ROOT,
            "%s one cycle online: %.1f us, memory %d bytes",
            set,
            microsOfACycle(trained.model(), train),
            memoryBytes(trained.model(), train)));
    assertThat(onTest.rmseCapped()).isLessThanOrEqualTo(rmse);
    assertThat(onTest.coverage()).isBetween(0.70, 0.95);
    assertThat(onTrain.right()).isGreaterThanOrEqualTo(inTime);
  }

  private static int memoryBytes(RulModel model, RunToFailure table) {
    RemainingLifePredictor predictor = new RemainingLifePredictor(model, AlarmPolicy.within(30));
    LifeMemory memory = predictor.fresh();
    run(predictor, memory, table, 0);
    return predictor.codec().encode(memory).length;
  }

  private static double microsOfACycle(RulModel model, RunToFailure table) {
    RemainingLifePredictor predictor = new RemainingLifePredictor(model, AlarmPolicy.within(30));
    double best = Double.POSITIVE_INFINITY;
    for (int u = 0; u < 20; u++) {
      long begin = System.nanoTime();
      int cycles = run(predictor, predictor.fresh(), table, u);
      best = Math.min(best, (System.nanoTime() - begin) / 1e3 / cycles);
    }
    return best;
  }

  private static int run(
      RemainingLifePredictor predictor, LifeMemory memory, RunToFailure table, int unit) {
    double[][] life = table.units().get(unit).cycles();
    for (int c = 0; c < life.length; c++) {
      TreeMap<String, Double> values = new TreeMap<>();
      for (int i = 0; i < life[c].length; i++) {
        values.put(table.signals().get(i), life[c][i]);
      }
      predictor.take(memory, DeviceId.parse("engine-1"), new Moment(c * 1000L, values), f -> {});
    }
    return life.length;
  }
}
