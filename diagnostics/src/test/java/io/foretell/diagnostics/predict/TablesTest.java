package io.foretell.diagnostics.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.proto.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablesTest {
  private static final String ROW = " 0.1 0.2 100.0" + " 5".repeat(21) + "\n";

  @TempDir private Path dir;

  @Test
  void cmapss_rows_are_gathered_by_unit_in_the_order_of_cycles() throws IOException {
    Path file = dir.resolve("train.txt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(("1 2" + ROW.replace("0.1", "0.7") + "1 1" + ROW + "2 1" + ROW).getBytes());
    }

    RunToFailure table = Tables.cmapss(file);

    assertThat(table.signals()).hasSize(24).startsWith("engine.setting.1").endsWith("engine.s21");
    assertThat(table.units()).extracting(RunToFailure.Unit::id).containsExactly("1", "2");
    assertThat(table.units().get(0).cycles()[0][0]).isEqualTo(0.1);
    assertThat(table.units().get(0).cycles()[1][0]).isEqualTo(0.7);
  }

  @Test
  void csv_is_read_by_its_mapping_and_an_empty_cell_is_missing() throws IOException {
    Path file = write("when;id;n;t1;t2\nx;a;2;5;\nx;a;1;4;8\n");
    Map<String, String> signals = new LinkedHashMap<>();
    signals.put("t2", "pump.two");
    signals.put("t1", "pump.one");

    RunToFailure table = Tables.csv(file, new Tables.CsvMapping("id", "n", signals, ';'));

    assertThat(table.signals()).containsExactly("pump.two", "pump.one");
    assertThat(table.units().get(0).cycles()[0]).containsExactly(8, 4);
    assertThat(table.units().get(0).cycles()[1]).containsExactly(Double.NaN, 5);
  }

  @Test
  void line_that_cannot_be_read_is_refused_with_its_number() throws IOException {
    assertThatThrownBy(() -> Tables.cmapss(write("1 1" + ROW + "1 2 3\n")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("line 2: 3 columns instead of 26");
    Tables.CsvMapping mapping = new Tables.CsvMapping("id", "n", Map.of("t", "pump.t"), ',');
    assertThatThrownBy(() -> Tables.csv(write("id,n,t\na,1,warm\n"), mapping))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("line 2: 'warm' is no number");
    assertThatThrownBy(() -> Tables.csv(write("id,n\n"), mapping))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("line 1: no column 't'");
    assertThatThrownBy(() -> Tables.cmapss(write("")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("a table without units");
  }

  @Test
  void remaining_lives_must_be_as_many_as_units() throws IOException {
    RunToFailure table = Tables.cmapss(write("1 1" + ROW));

    assertThat(
            table.withRemaining(Tables.remainingLives(write("112\n"))).units().get(0).remaining())
        .isEqualTo(112);
    assertThatThrownBy(() -> table.withRemaining(List.of(1, 2)))
        .isInstanceOf(InvalidInputException.class);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(dir.resolve("table.txt"), text);
  }
}
