package io.foretell.app.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.app.cli.Foretell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands say to whoever asks, and to whoever uses them wrongly. */
final class MigrateCommandTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "migrate",
        "migrate --to elsewhere",
        "migrate --to embedded --from embedded",
        "migrate --to distributed --config no-such.yaml",
        "migrate --to distributed --fast",
        "upgrade --dry",
        "upgrade twice"
      })
  void wrongUse_endsWith2_andWritesNothing(String command) {
    Foretell.Ran ran = Foretell.run((command + " --data " + folder).split(" "));

    assertThat(ran.exit()).as(ran.err()).isEqualTo(2);
    assertThat(ran.err()).isNotBlank().doesNotContain("\tat ");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"migrate", "upgrade"})
  void help_saysHow(String command) {
    Foretell.Ran ran = Foretell.run(command, "--help");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("--dry-run", "--data", "--json", "foretell " + command);
  }

  @Test
  void nothingToMove_isSaid() throws IOException {
    Foretell.Ran none = Foretell.run("migrate", "--to", "distributed", "--data", folder + "");
    Path config =
        Files.writeString(folder.resolve("c.yaml"), "engine.kafka.bootstrap: 127.0.0.1:9");
    Foretell.Ran empty =
        Foretell.run(
            "migrate", "--to", "distributed", "--config", config + "", "--data", folder + "/none");

    for (Foretell.Ran ran : new Foretell.Ran[] {none, empty}) {
      assertThat(ran.exit()).as(ran.err()).isEqualTo(1);
      assertThat(ran.err()).contains("nothing to move", "--config", "--data");
    }
  }
}
