package io.foretell.gateway.downlink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.downlink.sql.SqlCommandStore;
import io.foretell.gateway.identity.LiteDatabase;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import java.io.BufferedReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

class DownlinkKillTest {
  private static final DeviceId TRUCK = new DeviceId("acme", "truck-1");

  @TempDir Path folder;

  @RepeatedTest(3)
  void commands_that_were_taken_survive_a_killed_process_in_order() throws Exception {
    Path file = folder.resolve("records.db");
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> taken = new ArrayList<>();
    try (BufferedReader lines = writer.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("taken ")) {
          taken.add(line.substring(6));
        }
        if (taken.size() == 25) {
          // not of the Process itself, which would also throw away what it said
          writer.toHandle().destroyForcibly();
        }
      }
    }
    assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(taken).hasSizeGreaterThanOrEqualTo(25);

    DurableDownlink downlink =
        DurableDownlink.alone(new SqlCommandStore(LiteDatabase.at(file)), InstantSource.system());
    downlink.start();
    List<String> waiting =
        downlink.pending(TRUCK).stream().map(tracked -> tracked.command().id()).toList();
    downlink.close();

    assertThat(waiting).startsWith(taken.toArray(String[]::new));
  }

  /** The process that is killed: takes commands one after the other and says so. */
  static final class Writer {
    public static void main(String[] arguments) throws Exception {
      PrintStream out = System.out;
      DurableDownlink downlink =
          DurableDownlink.alone(
              new SqlCommandStore(LiteDatabase.at(Path.of(arguments[0]))), InstantSource.system());
      downlink.start();
      for (int i = 0; i < 100_000; i++) {
        Command command =
            new Command("c" + i, "reboot", "{}", 0, Long.MAX_VALUE, List.of("parked"), "user:a");
        Entry<Command> entry = new Entry<>(new Position("commands", 0, i), 0, TRUCK, 0, command);
        downlink.write(List.of(entry)).toCompletableFuture().get(60, TimeUnit.SECONDS);
        out.println("taken c" + i);
        out.flush();
      }
    }
  }
}
