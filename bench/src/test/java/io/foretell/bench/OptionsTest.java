package io.foretell.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What all commands understand by options of one name. */
final class OptionsTest {
  private static final int USAGE = 2;

  private final StringWriter said = new StringWriter();
  private final CommandLine bench = Main.commandLine().setErr(new PrintWriter(said, true));

  @ParameterizedTest
  @CsvSource({
    "fleet, --pace",
    "soak, --pace",
    "overload, --pace",
    "fleet, --rest",
    "soak, --minutes",
    "mqtt, --window",
    "profile, --window",
    "idle, --idle",
    "node, --seconds",
    "start, --rounds",
    "coap, --connections"
  })
  void number_thatMeasuresNothing_isRefusedWithAdvice(String command, String option) {
    for (String number : new String[] {"0", "-3", "many"}) {
      said.getBuffer().setLength(0);

      assertThat(bench.execute(command, option, number)).isEqualTo(USAGE);
      assertThat(said.toString()).contains(option).contains(number).contains("give 1 or more");
    }
  }

  @ParameterizedTest
  @CsvSource({"fleet, 1000", "soak, 1000", "overload, 2000"})
  void pace_untold_isWhatTheHelpOfTheCommandSays(String command, int usual) {
    CommandLine of = bench.getSubcommands().get(command);

    assertThat(of.getUsageMessage().replaceAll("\\s+", " "))
        .contains(
            "Messages a second, of all honest devices together (default: %d).".formatted(usual));
    assertThat(of.getCommandSpec().findOption("--pace").<Integer>getValue()).isEqualTo(usual);
  }

  @Test
  void warmUp_mayBeNone() {
    assertThat(bench.parseArgs("fleet", "--warm-up", "0").errors()).isEmpty();
  }
}
