package io.foretell.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.bench.server.Neighbours;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class FleetCommandTest {
  private static final String JAVA = Path.of(System.getProperty("java.home"), "bin/java") + "";
  private static final String CLASSES = System.getProperty("java.class.path");
  private static final Pattern MEASURED = Pattern.compile("\"measured\":(\\S+?),");
  private static final Pattern PER_SECOND = Pattern.compile("; (\\S+) messages/s");

  @TempDir private Path folder;

  private static FleetCommand told(String... options) {
    List<String> words = new ArrayList<>(List.of("fleet"));
    words.addAll(List.of(options));
    CommandLine.ParseResult all = Main.commandLine().parseArgs(words.toArray(String[]::new));
    return (FleetCommand) all.subcommand().commandSpec().userObject();
  }

  @Test
  void parts_untold_areAll() {
    assertThat(told().parts()).containsExactly(FleetCommand.Part.values());
    assertThat(new FleetCommand(new Setting()).parts()).containsExactly(FleetCommand.Part.values());
  }

  @Test
  void parts_inAnyOrderAndCase_areEachMeasuredOnce() {
    assertThat(told("--parts", "faults,Embedded,faults").parts())
        .containsExactly(FleetCommand.Part.EMBEDDED, FleetCommand.Part.FAULTS);
  }

  @Test
  void part_thatThereIsNot_isRefusedWithThoseThatThereAre() {
    StringWriter said = new StringWriter();
    CommandLine bench = Main.commandLine().setErr(new PrintWriter(said, true));

    assertThat(bench.execute("fleet", "--parts", "embedded,kafka")).isEqualTo(2);
    assertThat(said.toString())
        .contains("'kafka'")
        .contains("EMBEDDED, ALONE, SHARED, FAULTS, BROKERS");
  }

  @Test
  void neighbours_withoutTheLibrariesOfKafka_sayWhoFetchesThem() {
    assertThatThrownBy(() -> new Neighbours(folder.resolve("none"), folder, "", 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("bench/run fetches it");
  }

  @Test
  void catchingUp_isReckonedForAnHour() {
    List<Row> rows = FleetCommand.caughtUp(60_000, 30, 60, 1_000);

    assertThat(rows.get(0).measured()).isEqualTo(2_000);
    assertThat(rows.get(0).how()).startsWith("60000 messages after 60 s without a worker");
    assertThat(rows.get(1).measured()).isEqualTo(1_800);
    assertThat(rows.get(1).what()).contains("after an hour at 1000/s");
  }

  @Test
  void catchingUp_atAPaceOfMillions_staysANumberOfSeconds() {
    assertThat(FleetCommand.caughtUp(60_000, 30, 60, 2_000_000).get(1).measured())
        .isEqualTo(3_600_000);
  }

  @Test
  void catchingUp_withNothingThatWaited_isRefusedWithAdvice() {
    assertThatThrownBy(() -> FleetCommand.caughtUp(0, 0.1, 1, 1_000))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("--rest");
  }

  /** The whole server in a process, the bench in another, as {@code bench/run} starts it. */
  @Test
  void embeddedPart_ofAFewDevices_isOneRowOfWhatAMessageCost()
      throws IOException, InterruptedException {
    Path errors = folder.resolve("errors");
    List<String> command = new ArrayList<>(List.of(JAVA, "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-Dforetell.root=" + root(), "-cp", CLASSES, Main.class.getName()));
    command.addAll(List.of("fleet", "--parts", "embedded", "--connections", "5"));
    command.addAll(List.of("--seconds", "1", "--rounds", "2", "--warm-up", "0"));
    command.addAll(List.of("--server-cores", "", "--json"));
    Process bench = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String said = new String(bench.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(bench.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(bench.exitValue()).as(Files.readString(errors)).isZero();
    assertThat(said.lines()).singleElement().asString().contains("embedded, one process");
    assertThat(said)
        .contains("brokers 0.00, databases 0.00")
        .contains("5 devices, 10 unacked, 2 r");
    assertThat(number(MEASURED, said)).isPositive();
    assertThat(number(PER_SECOND, said)).isPositive();
  }

  /** A folder whose {@code foretell} is the one of this build, without building it again. */
  private Path root() throws IOException {
    Path script = folder.resolve("foretell");
    Files.writeString(
        script,
        "#!/bin/sh\nexec '%s' -Xmx256m -XX:TieredStopAtLevel=1 -cp '%s' io.foretell.app.cli.Main \"$@\"\n"
            .formatted(JAVA, CLASSES));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return folder;
  }

  private static double number(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    assertThat(found.find()).as(text).isTrue();
    return Double.parseDouble(found.group(1).replace(",", ""));
  }
}
