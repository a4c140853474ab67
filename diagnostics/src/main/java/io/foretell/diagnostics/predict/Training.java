package io.foretell.diagnostics.predict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * Trains a {@link RulModel} on recorded lives.
 *
 * <p>The units are dealt into folds; for each fold a set of trees learns from the units of all
 * others. The model is the mean of the sets. What each set says of the units it has not seen tells
 * how far the model is off, without a unit set aside. The same table, options and seed give the
 * same model, on any machine and any number of threads.
 */
public final class Training {
  /** Name and version of the learner, part of every training record. */
  public static final String LIBRARY = "foretell-gbdt/1";

  private static final int EXPLAINED = 4;
  private static final int IMPORTANCES = 20;

  private final RunToFailure table;
  private final TrainingOptions options;
  private final ProgressListener progress;
  private int done;

  /** A model with its record. */
  public record Trained(RulModel model, TrainingRecord record) {}

  private Training(RunToFailure table, TrainingOptions options, ProgressListener progress) {
    this.table = table;
    this.options = options;
    this.progress = progress;
  }

  /**
   * @param table units that ran to failure, or whose remaining life is known
   * @param at written into the record
   */
  public static Trained train(
      RunToFailure table, TrainingOptions options, Instant at, ProgressListener progress) {
    return new Training(table, options, progress).train(at);
  }

  private Trained train(Instant at) {
    report("scaling");
    Scaling scaling = ScalingLearner.learn(table, options.settings());
    report("features");
    Rows rows = rows(scaling);
    BinnedTable binned = BinnedTable.of(rows.features);
    int[] foldOfUnit = deal(table.units().size());
    report("trees");
    List<Fold> folds = folds(rows, binned, foldOfUnit);
    double[] heldOut = new double[rows.target.length];
    folds.forEach(f -> f.copyTo(heldOut));
    Calibration calibration = Calibration.learn(heldOut, rows.target, table.units().size());
    Map<String, Integer> foldOf = new TreeMap<>();
    IntStream.range(0, foldOfUnit.length)
        .forEach(u -> foldOf.put(table.units().get(u).id(), foldOfUnit[u]));
    RulModel model =
        new RulModel(
            options.subject(),
            options.cap(),
            table.digest(),
            scaling,
            folds.stream().map(Fold::trees).toList(),
            foldOf,
            calibration);
    return new Trained(model, record(model, at, metrics(model, heldOut, rows), folds));
  }

  /** Rows of all units, one after the other. */
  private record Rows(float[][] features, float[] target, int[] unit) {}

  private Rows rows(Scaling scaling) {
    UnitFeatures source = new UnitFeatures(scaling, table);
    int size = table.rows();
    Rows rows = new Rows(new float[size][], new float[size], new int[size]);
    int at = 0;
    for (int u = 0; u < table.units().size(); u++) {
      RunToFailure.Unit unit = table.units().get(u);
      float[][] features = source.rows(unit);
      for (int c = 0; c < features.length; c++) {
        rows.features[at] = features[c];
        rows.target[at] = Math.min(options.cap(), unit.remainingAfter(c));
        rows.unit[at++] = u;
      }
    }
    return rows;
  }

  /** Deals units into folds at random, as evenly as can be. */
  private int[] deal(int units) {
    SplittableRandom random = new SplittableRandom(options.seed());
    int[] fold = new int[units];
    Arrays.setAll(fold, u -> u % options.folds());
    for (int u = units - 1; u > 0; u--) {
      int other = random.nextInt(u + 1);
      int kept = fold[u];
      fold[u] = fold[other];
      fold[other] = kept;
    }
    return fold;
  }

  /**
   * A set of trees, with what it says of the rows it has not seen.
   *
   * @param contributions by feature: sum of what it did to predictions, without sign
   */
  private record Fold(
      Trees trees, int[] rows, double[] predicted, double[] contributions, int explained) {
    void copyTo(double[] all) {
      for (int i = 0; i < rows.length; i++) {
        all[rows[i]] = predicted[i];
      }
    }
  }

  private List<Fold> folds(Rows rows, BinnedTable binned, int[] foldOfUnit) {
    int threads = Math.min(options.folds(), Runtime.getRuntime().availableProcessors());
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<CompletableFuture<Fold>> running =
          IntStream.range(0, options.folds())
              .mapToObj(
                  f -> CompletableFuture.supplyAsync(() -> fold(rows, binned, foldOfUnit, f), pool))
              .toList();
      List<Fold> folds = new ArrayList<>();
      for (CompletableFuture<Fold> next : running) {
        folds.add(next.join());
        report("trees");
      }
      return folds;
    } finally {
      pool.shutdownNow();
    }
  }

  private Fold fold(Rows rows, BinnedTable binned, int[] foldOfUnit, int fold) {
    int[] seen =
        IntStream.range(0, rows.unit.length)
            .filter(r -> foldOfUnit[rows.unit[r]] != fold)
            .toArray();
    int[] unseen =
        IntStream.range(0, rows.unit.length)
            .filter(r -> foldOfUnit[rows.unit[r]] == fold)
            .toArray();
    Trees trees =
        GradientBoosting.fit(binned, rows.target, seen, options.boosting(), options.seed() + fold);
    double[] predicted = new double[unseen.length];
    double[] contributions = new double[binned.features()];
    int explained = 0;
    for (int i = 0; i < unseen.length; i++) {
      float[] row = rows.features[unseen[i]];
      predicted[i] = Math.max(0, Math.min(options.cap(), trees.predict(row)));
      if (i % EXPLAINED == 0) {
        double[] one = new double[contributions.length];
        trees.explain(row, one);
        for (int f = 0; f < one.length; f++) {
          contributions[f] += Math.abs(one[f]);
        }
        explained++;
      }
    }
    return new Fold(trees, unseen, predicted, contributions, explained);
  }

  private static TrainingRecord.HeldOut metrics(RulModel model, double[] heldOut, Rows rows) {
    double squares = 0;
    double sizes = 0;
    int covered = 0;
    for (int r = 0; r < heldOut.length; r++) {
      var p = model.prediction(0, 0, heldOut[r]);
      double off = p.rul() - rows.target[r];
      squares += off * off;
      sizes += Math.abs(off);
      covered += p.p10() <= rows.target[r] && rows.target[r] <= p.p90() ? 1 : 0;
    }
    int n = heldOut.length;
    return new TrainingRecord.HeldOut(Math.sqrt(squares / n), sizes / n, (double) covered / n);
  }

  private TrainingRecord record(
      RulModel model, Instant at, TrainingRecord.HeldOut heldOut, List<Fold> folds) {
    return new TrainingRecord(
        model.id(),
        options.subject(),
        LIBRARY,
        at.toString(),
        table.digest().toString(),
        table.units().size(),
        table.rows(),
        table.signals(),
        model.scaling().sensors(),
        model.scaling().centres().length,
        options,
        heldOut,
        importances(LifeWindow.names(model.scaling().sensors()), folds));
  }

  private static List<TrainingRecord.Importance> importances(List<String> names, List<Fold> folds) {
    int explained = folds.stream().mapToInt(Fold::explained).sum();
    List<TrainingRecord.Importance> all = new ArrayList<>();
    for (int f = 0; f < names.size(); f++) {
      double sum = 0;
      for (Fold fold : folds) {
        sum += fold.contributions[f];
      }
      all.add(new TrainingRecord.Importance(names.get(f), sum / explained));
    }
    all.sort(Comparator.comparingDouble(i -> -i.cycles()));
    return List.copyOf(all.subList(0, Math.min(IMPORTANCES, all.size())));
  }

  private void report(String step) {
    progress.progress(step, done++, options.folds() + 2);
  }
}
