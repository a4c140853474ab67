package io.foretell.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class BacklogTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong nanos = new AtomicLong(5 * SECOND);

  /** One that shows these in turn, a second apart, and the last of them for ever. */
  private Backlog showing(Long... waiting) {
    Deque<Long> left = new ArrayDeque<>(List.of(waiting));
    return new Backlog(
        () -> left.size() > 1 ? left.removeFirst() : left.getFirst(),
        nanos::get,
        rest -> nanos.addAndGet(SECOND));
  }

  @Test
  void backlog_grownAndGone_tookUntilNoMoreThanThatWaited() {
    assertThat(showing(0L, 900L, 1_001L, 8_000L, 1_000L).secondsUntilGone(4 * SECOND, 1_000))
        .isEqualTo(5);
  }

  @Test
  void backlog_stillSmallAtFirst_isNotGone() {
    assertThat(showing(10L, 10L, 2_000L, 10L).secondsUntilGone(5 * SECOND, 1_000)).isEqualTo(3);
  }

  @Test
  void backlog_neverGrown_isRefused() {
    assertThatThrownBy(() -> showing(1_000L).secondsUntilGone(5 * SECOND, 1_000))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not seen to be behind");
  }

  @Test
  void backlog_neverGone_isRefused() {
    assertThatThrownBy(() -> showing(0L, 5_000L).secondsUntilGone(5 * SECOND, 1_000))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("did not catch up");
  }
}
