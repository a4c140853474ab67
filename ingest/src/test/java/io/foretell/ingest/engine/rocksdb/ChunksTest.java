package io.foretell.ingest.engine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;

class ChunksTest {
  @Property(tries = 300)
  void records_any_come_back_in_their_order(
      @ForAll @NotEmpty List<@Size(max = 9000) byte[]> records) {
    Chunks.Builder builder = new Chunks.Builder();
    for (int time = 0; time < 2; time++) {
      records.forEach(builder::add);
      byte[] chunk = builder.take();

      assertThat(builder.isEmpty()).isTrue();
      assertThat(new Chunks.Walk(chunk).count()).isEqualTo(records.size());
      assertThat(walk(new Chunks.Walk(chunk), 0)).containsExactlyElementsOf(records);
      int some = records.size() / 2;
      assertThat(walk(new Chunks.Walk(chunk), some))
          .containsExactlyElementsOf(records.subList(some, records.size()));
    }
  }

  @Property(tries = 100)
  void record_of_the_format_before_is_alone(@ForAll @Size(min = 10, max = 50) byte[] record) {
    Keys.LONG.set(record, 0, 1_795_352_834_466L);

    assertThat(walk(new Chunks.Walk(record), 0)).containsExactly(record);
  }

  private static List<byte[]> walk(Chunks.Walk walk, int skipped) {
    for (int i = 0; i < skipped; i++) {
      walk.skip();
    }
    List<byte[]> records = new ArrayList<>();
    while (walk.hasNext()) {
      records.add(walk.next());
    }
    return records;
  }
}
