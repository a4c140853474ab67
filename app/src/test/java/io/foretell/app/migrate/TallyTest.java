package io.foretell.app.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The digest of rows tells every difference but that of their order. */
final class TallyTest {
  @Property(tries = 200)
  void rows_inAnyOrder_areTheSame(@ForAll @Size(max = 20) List<Long> rows, @ForAll long seed) {
    List<Long> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(seed));

    assertThat(of(shuffled).digest()).isEqualTo(of(rows).digest());
    assertThat(of(shuffled).same(of(rows))).isTrue();
  }

  @Property(tries = 200)
  void row_thatIsMissingTwiceOrAnother_isSeen(
      @ForAll @Size(min = 1, max = 20) List<Long> rows, @ForAll long seed) {
    int at = new Random(seed).nextInt(rows.size());
    List<Long> missing = new ArrayList<>(rows);
    missing.remove(at);
    List<Long> other = new ArrayList<>(rows);
    other.set(at, rows.get(at) + 1);
    List<Long> twice = new ArrayList<>(missing);
    twice.add(rows.get(at));
    twice.add(rows.get(at));

    assertThat(of(missing).same(of(rows))).isFalse();
    assertThat(of(other).same(of(rows))).isFalse();
    assertThat(of(twice).same(of(rows))).isFalse();
  }

  @Test
  void values_haveTheirBounds() {
    Tally one = new Tally();
    one.with("ab").with("c").end();
    Tally other = new Tally();
    other.with("a").with("bc").end();
    Tally empty = new Tally();
    empty.with("").end();
    Tally none = new Tally();
    none.with((String) null).end();

    assertThat(one.same(other)).isFalse();
    assertThat(empty.same(none)).isFalse();
  }

  private static Tally of(List<Long> rows) {
    Tally tally = new Tally();
    rows.forEach(row -> tally.with(row).end());
    return tally;
  }
}
