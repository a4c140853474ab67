package io.foretell.app.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The map of offsets agrees with a list of all pairs. */
final class PlacesTest {
  private static final String LANE = "findings";

  @Property(tries = 300)
  void places_areThoseOfAllPairs(
      @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 4) Integer> steps,
      @ForAll @IntRange(max = 20) int first) {
    Places places = new Places();
    places.begin(LANE, 1, first);
    List<Long> from = new ArrayList<>();
    long offset = 5;
    for (int step : steps) {
      from.add(offset);
      places.add(LANE, 1, offset, first + from.size() - 1L);
      offset += step;
    }

    for (long asked = 0; asked < offset + 3; asked++) {
      int at = from.indexOf(asked);
      assertThat(places.exact(LANE, 1, asked).orElse(-1)).isEqualTo(at < 0 ? -1 : first + at);
      long bound = asked;
      long before = from.stream().filter(known -> known < bound).count();
      assertThat(places.next(LANE, 1, asked)).isEqualTo(first + before);
    }
    assertThat(places.end(LANE, 1)).isEqualTo(first + from.size());
  }

  @Test
  void last_ofAnEntryThatIsNotKept_isBeforeAllThatAre() {
    Places places = new Places();
    places.begin(LANE, 0, 100);
    places.add(LANE, 0, 7, 100);
    places.begin(LANE, 1, 0);
    places.add(LANE, 1, 1000, 0);
    places.begin(LANE, 2, 80);

    assertThat(places.last(LANE, 0, 3)).isEqualTo(96);
    assertThat(places.last(LANE, 0, 7)).isEqualTo(100);
    assertThat(places.last(LANE, 1, 990)).isZero();
    assertThat(places.last(LANE, 2, 5)).isEqualTo(79);
  }
}
