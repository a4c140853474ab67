package io.foretell.ingest.engine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class TailTest {
  @Property(tries = 200)
  void read_gives_what_was_added_or_says_that_it_fell_out(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 3000) Integer> groups,
      @ForAll @IntRange(max = 5000) int bytesEach,
      @ForAll @IntRange(max = 40_000) int from,
      @ForAll @IntRange(min = 1, max = 5000) int limit) {
    Tail<Integer> tail = new Tail<>();
    tail.reset(100);
    int next = 100;
    for (int size : groups) {
      List<Entry<Integer>> group = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        group.add(entry(next++));
      }
      tail.add(group, (long) size * bytesEach);
    }

    List<Entry<Integer>> read = tail.read(from, limit);

    if (read == null) {
      assertThat(
              from < 100
                  || from >= next
                  || next - from > 8192
                  || (next - from) * (long) bytesEach > 4 << 20)
          .isTrue();
    } else {
      assertThat(read).hasSize(Math.min(limit, next - from));
      for (int i = 0; i < read.size(); i++) {
        assertThat(read.get(i).value()).isEqualTo(from + i);
      }
    }
  }

  private static Entry<Integer> entry(int offset) {
    return new Entry<>(new Position("t", 0, offset), 0, DeviceId.parse("d"), 0, offset);
  }
}
