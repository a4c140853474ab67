package io.foretell.diagnostics.fuzz;

import io.foretell.diagnostics.Diagnosis;
import io.foretell.diagnostics.DiagnosisRules;
import io.foretell.diagnostics.DiagnosisState;
import io.foretell.diagnostics.FaultSeverity;
import io.foretell.diagnostics.FoldRun;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.CodeReader;
import io.foretell.diagnostics.drift.DriftDetector;
import io.foretell.diagnostics.drift.DriftRule;
import io.foretell.diagnostics.j1939.J1939Reader;
import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.predict.AlarmPolicy;
import io.foretell.diagnostics.predict.RemainingLifePredictor;
import io.foretell.diagnostics.predict.RulModel;
import io.foretell.diagnostics.predict.RunToFailure;
import io.foretell.diagnostics.predict.Training;
import io.foretell.diagnostics.predict.TrainingOptions;
import io.foretell.diagnostics.signals.FrameMemory;
import io.foretell.diagnostics.tables.TableReader;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Stage;
import io.foretell.proto.Topic;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/** What is read back from disk: the state of a device, and models, as functions of any bytes. */
final class StateTargets {
  private static final DeviceId DEVICE = new DeviceId("default", "d");

  /** Whoever listens to a fold. */
  private static final Emit NOBODY =
      new Emit() {
        @Override
        public <T> void to(Topic<T> topic, DeviceId key, T value) {}
      };

  private StateTargets() {}

  /** Trained once, by the first who asks. */
  static final class Kept {
    static final RulModel MODEL = train();
    static final Diagnosis DIAGNOSIS =
        new Diagnosis(
            List.of(
                new CodeReader(new CodeBook()),
                new J1939Reader(new CodeBook()),
                new TableReader(List.of())),
            List.of(
                new DriftDetector(List.of(new DriftRule("battery.*", 20, 1, 10, 0))),
                new RemainingLifePredictor(MODEL, AlarmPolicy.within(10))),
            FaultSeverity.byLampAndStatus(),
            DiagnosisRules.standard(),
            FoldRun.FINDINGS);

    private Kept() {}

    private static RulModel train() {
      RunToFailure table =
          new RunToFailure(
              List.of("fan.wear"), IntStream.range(0, 6).mapToObj(u -> unit(u, 60 + u)).toList());
      TrainingOptions options =
          new TrainingOptions("fan", List.of(), 50, 2, 5, 0.3, 4, 5, 1, 1, 1, 1);
      return Training.train(table, options, Instant.EPOCH, (step, done, total) -> {}).model();
    }

    private static RunToFailure.Unit unit(int id, int cycles) {
      double[][] rows =
          IntStream.range(0, cycles)
              .mapToObj(c -> new double[] {Math.max(0, 50 - (cycles - 1 - c)) + c % 3})
              .toArray(double[][]::new);
      return new RunToFailure.Unit("f" + id, rows, 0);
    }
  }

  /** A state that can be read is written, read again, shown, and goes on. */
  static void state(byte[] data) {
    Codec<DiagnosisState> codec = Kept.DIAGNOSIS.codec();
    DiagnosisState state = codec.decode(data);
    state.outlooks();
    state.healed();
    byte[] written = codec.encode(state);
    DiagnosisState again = codec.decode(written);
    Targets.check(List.copyOf(again.episodes()).equals(List.copyOf(state.episodes())));
    long wake = Kept.DIAGNOSIS.wakeAt(again);
    if (wake != Stage.NEVER) {
      Kept.DIAGNOSIS.tick(again, DEVICE, wake, NOBODY);
    }
  }

  /** What is open on a device's buses is written as it was read, and goes on. */
  static void frameMemory(byte[] data) {
    Codec<FrameMemory> codec = FrameMemory.codec();
    FrameMemory memory = codec.decode(data);
    byte[] written = codec.encode(memory);
    FrameMemory again = codec.decode(written);
    Targets.check(Arrays.equals(written, codec.encode(again)));
    Targets.check(memory.isEmpty() == again.isEmpty());
    Targets.goesOn(again);
    Targets.check(codec.encode(again).length < 1 << 19);
  }

  /** A model's body, with the digest that belongs to it. */
  static void model(byte[] data) {
    byte[] file = new Packer().bytes(data).text(sha256(data)).toBytes();
    RulModel model = RulModel.codec().decode(file);
    Targets.check(model.id().startsWith("rul-gbdt/"));
    RemainingLifePredictor predictor = new RemainingLifePredictor(model, AlarmPolicy.within(10));
    predictor.outlook(predictor.fresh());
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
