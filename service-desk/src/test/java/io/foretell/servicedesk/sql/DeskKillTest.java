package io.foretell.servicedesk.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.servicedesk.Desk;
import io.foretell.servicedesk.Findings;
import io.foretell.servicedesk.Ticket;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/** A process that writes is killed again and again; what it acknowledged is there, once. */
class DeskKillTest {
  private static final int FINDINGS = 400;
  private static final int CAUSES = 50;

  @TempDir Path dir;

  @Test
  void killed_desk_has_what_it_acknowledged_and_a_replay_completes_it() throws Exception {
    Path file = dir.resolve("desk.db");
    int acknowledged = 0;
    for (int life = 0; life < 3; life++) {
      acknowledged = Math.max(acknowledged, liveUntilKilled(file, 3 + 7 * life));
      Desk at = new Desk(file, SQLiteConfig.SynchronousMode.FULL);
      long kept = taken(at);
      assertThat(kept).isGreaterThanOrEqualTo(acknowledged);
      at.database.close();
    }

    Desk at = new Desk(file, SQLiteConfig.SynchronousMode.FULL);
    at.take(lane());
    assertThat(taken(at)).isEqualTo(FINDINGS);
    assertThat(at.tickets(Desk.TENANT)).hasSize(CAUSES);
    assertThat(at.tickets(Desk.TENANT))
        .allMatch(ticket -> ticket.sightings().count() == FINDINGS / CAUSES)
        .allMatch(Ticket::open);
    assertThat(at.database.outbox().end()).isEqualTo(CAUSES);
  }

  private static long taken(Desk at) {
    return at.tickets(Desk.TENANT).stream().mapToLong(t -> t.sightings().count()).sum();
  }

  private static List<Entry<Finding>> lane() {
    Findings findings = new Findings(Desk.TENANT);
    List<Entry<Finding>> lane = new ArrayList<>();
    for (int i = 0; i < FINDINGS; i++) {
      lane.add(findings.fault("truck-7", "obd:P" + i % CAUSES, Findings.T0 + i));
    }
    return lane;
  }

  /** Starts the writer, kills it after some lines, and says what it acknowledged at least. */
  private static int liveUntilKilled(Path file, int lines)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Writing.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int acknowledged = 0;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < lines; i++) {
        String line = out.readLine();
        if (line == null) {
          break;
        }
        acknowledged = Integer.parseInt(line);
      }
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(acknowledged).isPositive();
    return acknowledged;
  }

  /** The process that is killed: takes the lane from its beginning, as after every restart. */
  static final class Writing {
    private Writing() {}

    public static void main(String[] args) {
      PrintStream out =
          new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
      Desk at = new Desk(Path.of(args[0]), SQLiteConfig.SynchronousMode.FULL);
      List<Entry<Finding>> lane = lane();
      for (int i = 0; i < lane.size(); i += 4) {
        at.take(lane.subList(i, i + 4));
        out.println(i + 4);
      }
    }
  }
}
