package io.foretell.diagnostics.predict.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.diagnostics.predict.AlarmPolicy;
import io.foretell.diagnostics.predict.Backtest;
import io.foretell.diagnostics.predict.Evaluation;
import io.foretell.diagnostics.predict.RunToFailure;
import io.foretell.diagnostics.predict.Training;
import io.foretell.diagnostics.predict.Training.Trained;
import io.foretell.diagnostics.predict.TrainingOptions;
import io.foretell.proto.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {
  private static final RunToFailure TABLE =
      new RunToFailure(
          List.of("fan.wear"), IntStream.range(0, 6).mapToObj(u -> unit("f" + u, 60 + u)).toList());
  private static final Trained TRAINED =
      Training.train(
          TABLE,
          new TrainingOptions("fan", List.of(), 50, 2, 5, 0.3, 4, 5, 1, 1, 1, 1),
          Instant.EPOCH,
          (step, done, total) -> {});

  @TempDir private Path dir;

  @Test
  void model_and_record_come_back() throws IOException {
    Path file = dir.resolve("fan.model");
    ModelFiles.save(file, TRAINED);
    ModelFiles.save(file, TRAINED);

    assertThat(ModelFiles.model(file).id()).isEqualTo(TRAINED.model().id());
    assertThat(ModelFiles.record(file)).isEqualTo(TRAINED.record());
    assertThat(dir).isDirectoryContaining("glob:**fan.model.json");
    assertThat(Files.list(dir)).hasSize(2);
  }

  @Test
  void file_that_is_no_model_is_refused() throws IOException {
    Path file = Files.writeString(dir.resolve("fan.model"), "hello");

    assertThatThrownBy(() -> ModelFiles.model(file)).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void results_are_json_with_the_names_of_their_figures() {
    Backtest.Terms terms = new Backtest.Terms(AlarmPolicy.within(10), 5, 2);

    assertThat(ModelFiles.json(Evaluation.of(TRAINED.model(), TABLE, (s, d, t) -> {})))
        .contains("\"rmseCapped\" : ", "\"p10\" : ");
    assertThat(ModelFiles.json(Backtest.of(TRAINED.model(), TABLE, terms, (s, d, t) -> {})))
        .contains("\"verdict\" : \"RIGHT\"", "\"leftAtAlarm\" : ");
  }

  private static RunToFailure.Unit unit(String id, int cycles) {
    double[][] life = new double[cycles][];
    for (int c = 0; c < cycles; c++) {
      life[c] = new double[] {Math.max(0, 40 - (cycles - c))};
    }
    return new RunToFailure.Unit(id, life, 0);
  }
}
