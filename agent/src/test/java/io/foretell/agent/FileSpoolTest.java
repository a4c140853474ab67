package io.foretell.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.proto.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileSpoolTest {
  private static final int CAPACITY = 1000;

  @TempDir Path folder;

  private static Message message(String route, int n) {
    return new Message("v1/" + route, ("payload " + n).getBytes(UTF_8));
  }

  private static List<String> kept(Spool spool) {
    return spool.next(0, Integer.MAX_VALUE).stream()
        .map(k -> k.message().path() + "=" + new String(k.message().payload(), UTF_8))
        .toList();
  }

  @Property(tries = 60)
  void log_cut_at_any_byte_gives_a_state_that_was(
      @ForAll @Size(max = 12) List<@IntRange(min = -6, max = 6) Integer> steps) throws IOException {
    Path home = Files.createTempDirectory("spool");
    Path file = home.resolve("spool.log");
    List<Long> ends = new ArrayList<>(List.of(0L));
    List<List<String>> states = new ArrayList<>(List.of(List.of()));
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      List<Long> numbers = new ArrayList<>();
      numbers.add(spool.add(message("faults", 99)).number());
      ends.add(Files.size(file));
      states.add(kept(spool));
      for (int step : steps) {
        if (step >= 0 || numbers.size() <= 1) {
          numbers.add(spool.add(message("faults", step)).number());
        } else {
          // Never the first: an empty spool begins its log anew, which is another test's matter.
          spool.done(numbers.remove(1 + Math.floorMod(-step, numbers.size() - 1)));
        }
        ends.add(Files.size(file));
        states.add(kept(spool));
      }
    }
    byte[] log = Files.readAllBytes(file);
    Path torn = home.resolve("torn.log");
    for (int length = 0; length <= log.length; length++) {
      Files.write(torn, Arrays.copyOf(log, length));
      int whole = 0;
      while (whole + 1 < ends.size() && ends.get(whole + 1) <= length) {
        whole++;
      }
      try (FileSpool spool = new FileSpool(torn, CAPACITY)) {
        assertThat(kept(spool)).as("cut at %d", length).isEqualTo(states.get(whole));
      }
      assertThat(Files.size(torn)).isEqualTo(ends.get(whole));
    }
    deleteAll(home);
  }

  @Property(tries = 100)
  void spool_reopened_again_and_again_is_the_model(
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 9) Integer> steps) throws IOException {
    Path home = Files.createTempDirectory("spool");
    Path file = home.resolve("spool.log");
    List<String> model = new ArrayList<>();
    FileSpool spool = new FileSpool(file, CAPACITY);
    int n = 0;
    for (int step : steps) {
      if (step < 5) {
        Message message = message("replies", n++);
        long number = spool.add(message).number();
        assertThat(spool.next(number - 1, 1))
            .extracting(Spool.Kept::number)
            .containsExactly(number);
        model.add("v1/replies=" + "payload " + (n - 1));
      } else if (step < 9 && !model.isEmpty()) {
        int index = step % model.size();
        spool.done(spool.next(0, Integer.MAX_VALUE).get(index).number());
        model.remove(index);
      } else if (step == 9) {
        spool.close();
        spool = new FileSpool(file, CAPACITY);
      }
      assertThat(kept(spool)).isEqualTo(model);
      assertThat(spool.size()).isEqualTo(model.size());
    }
    spool.close();
    deleteAll(home);
  }

  @Test
  void message_added_after_a_torn_tail_is_there_at_the_next_start() throws IOException {
    Path file = folder.resolve("spool.log");
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      spool.add(message("faults", 1));
      spool.add(message("faults", 2));
    }
    byte[] log = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(log, log.length - 3));
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      spool.add(message("faults", 3));
    }
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      assertThat(kept(spool)).containsExactly("v1/faults=payload 1", "v1/faults=payload 3");
    }
  }

  @Test
  void byte_that_changed_ends_the_log_there() throws IOException {
    Path file = folder.resolve("spool.log");
    long first;
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      spool.add(message("faults", 1));
      first = Files.size(file);
      spool.add(message("faults", 2));
    }
    byte[] log = Files.readAllBytes(file);
    log[(int) first + 12] ^= 1;
    Files.write(file, log);
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      assertThat(kept(spool)).containsExactly("v1/faults=payload 1");
    }
  }

  @Test
  void steady_traffic_that_never_empties_the_spool_keeps_the_log_short() throws IOException {
    Path file = folder.resolve("spool.log");
    byte[] payload = new byte[50_000];
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      long before = spool.add(new Message("v1/faults", payload)).number();
      for (int i = 0; i < 200; i++) {
        long next = spool.add(new Message("v1/faults", payload)).number();
        spool.done(before);
        before = next;
      }
      assertThat(Files.size(file)).isLessThan(2_000_000);
      assertThat(spool.next(0, 10)).extracting(Spool.Kept::number).containsExactly(before);
    }
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      assertThat(spool.size()).isEqualTo(1);
      assertThat(spool.next(0, 1).get(0).message().payload()).hasSize(50_000);
    }
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void numbers_count_on_after_a_restart_while_something_is_kept() {
    Path file = folder.resolve("spool.log");
    long last;
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      spool.done(spool.add(message("faults", 1)).number());
      last = spool.add(message("faults", 2)).number();
    }
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      assertThat(spool.add(message("faults", 3)).number()).isGreaterThan(last);
      assertThat(spool.next(last, 10)).hasSize(1);
    }
  }

  @Test
  void message_acknowledged_twice_changes_nothing() throws IOException {
    Path file = folder.resolve("spool.log");
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      spool.add(message("faults", 1));
      long number = spool.add(message("faults", 2)).number();
      spool.done(number);
      long size = Files.size(file);
      spool.done(number);
      spool.done(4711);
      assertThat(Files.size(file)).isEqualTo(size);
    }
  }

  @Test
  void full_spool_gives_up_frames_then_telemetry_never_faults_also_after_a_restart() {
    Path file = folder.resolve("spool.log");
    try (FileSpool spool = new FileSpool(file, 3)) {
      spool.add(message("faults", 1));
      long telemetry = spool.add(message("telemetry", 2)).number();
      long frames = spool.add(message("frames", 3)).number();
      assertThat(spool.add(message("replies", 4)).givenUp()).containsExactly(frames);
      Spool.Added again = spool.add(message("frames", 5));
      assertThat(again.givenUp()).as("the message itself").containsExactly(again.number());
      assertThat(spool.add(message("updates", 6)).givenUp()).containsExactly(telemetry);
      assertThat(spool.add(message("faults", 7)).givenUp()).isEmpty();
      assertThat(spool.dropped()).isEqualTo(3);
    }
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      assertThat(kept(spool))
          .containsExactly(
              "v1/faults=payload 1",
              "v1/replies=payload 4",
              "v1/updates=payload 6",
              "v1/faults=payload 7");
    }
  }

  @Test
  void message_larger_than_a_record_is_refused_and_harms_nothing() {
    Path file = folder.resolve("spool.log");
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      spool.add(message("faults", 1));
      assertThatThrownBy(() -> spool.add(new Message("v1/frames", new byte[17 << 20])))
          .isInstanceOf(InvalidInputException.class);
      spool.add(message("faults", 2));
    }
    try (FileSpool spool = new FileSpool(file, CAPACITY)) {
      assertThat(spool.size()).isEqualTo(2);
    }
  }

  @Property(tries = 200)
  void memory_spool_keeps_what_matters_most(
      @ForAll @Size(max = 80) List<@IntRange(min = 0, max = 3) Integer> kinds,
      @ForAll @IntRange(min = 1, max = 10) int capacity) {
    List<String> routes = List.of("frames", "telemetry", "faults", "replies");
    MemorySpool spool = new MemorySpool(capacity);
    TreeMap<Long, Integer> model = new TreeMap<>();
    for (int kind : kinds) {
      Spool.Added added = spool.add(message(routes.get(kind), 0));
      model.put(added.number(), kind);
      while (model.size() > capacity && model.values().stream().anyMatch(k -> k < 2)) {
        int least = model.values().stream().mapToInt(k -> k).min().orElseThrow();
        long victim =
            model.entrySet().stream()
                .filter(e -> e.getValue() == least)
                .findFirst()
                .orElseThrow()
                .getKey();
        model.remove(victim);
        assertThat(added.givenUp()).contains(victim);
      }
      assertThat(spool.next(0, 1000))
          .extracting(Spool.Kept::number)
          .containsExactlyElementsOf(model.keySet());
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
