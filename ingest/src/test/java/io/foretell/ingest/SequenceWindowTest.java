package io.foretell.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class SequenceWindowTest {
  @Property
  void number_is_seen_exactly_when_it_came_before(
      @ForAll @Size(max = 400) List<@LongRange(min = 1, max = 600) Long> numbers) {
    SequenceWindow window = new SequenceWindow();
    Set<Long> model = new HashSet<>();
    for (long number : numbers) {
      assertThat(window.seen(number)).isEqualTo(model.contains(number));
      if (model.add(number)) {
        window.add(number);
      }
    }
    long highest = model.stream().mapToLong(n -> n).max().orElse(0);
    assertThat(window.missing()).isEqualTo(highest - model.size());
  }

  @Property(tries = 50)
  void numbers_of_the_last_thousand_are_told_apart_however_many_are_lost(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 6) int oneOf) {
    Random random = new Random(seed);
    SequenceWindow window = new SequenceWindow();
    Set<Long> model = new HashSet<>();
    for (long number = 1; number <= 5_000; number++) {
      if (random.nextInt(oneOf) == 0) {
        window.add(number);
        model.add(number);
      }
    }
    for (long number = 5_000 - 1_022; number <= 5_000; number++) {
      assertThat(window.seen(number)).isEqualTo(model.contains(number));
    }
    assertThat(window.runs()).isLessThanOrEqualTo(SequenceWindow.MAX_RUNS);
  }

  @Test
  void backlog_of_any_length_that_comes_after_what_is_new_is_not_taken_for_duplicates() {
    SequenceWindow window = new SequenceWindow();
    LongStream.rangeClosed(1_000_001, 1_000_100).forEach(window::add);

    LongStream.rangeClosed(1, 1_000_000)
        .forEach(
            number -> {
              assertThat(window.seen(number)).isFalse();
              window.add(number);
            });

    assertThat(window.runs()).isZero();
    assertThat(window.floor()).isEqualTo(1_000_100);
  }

  @Test
  void gap_that_is_closed_for_want_of_room_is_the_lowest() {
    SequenceWindow window = new SequenceWindow();
    LongStream.rangeClosed(1, SequenceWindow.MAX_RUNS).forEach(i -> window.add(i * 2));
    assertThat(window.seen(1)).isFalse();

    window.add(SequenceWindow.MAX_RUNS * 2 + 2);

    assertThat(window.seen(1)).isTrue();
    assertThat(window.seen(3)).isFalse();
  }

  @Property
  void device_stream_comes_back_as_it_was_kept(
      @ForAll @Size(max = 60) List<@LongRange(min = 1, max = 200) Long> numbers,
      @ForAll @IntRange(min = 1, max = 6) int boots) {
    DeviceStream stream = new DeviceStream();
    for (long number : numbers) {
      Origin origin = new Origin(-number % boots, number);
      if (stream.seen(origin)) {
        stream.reject(ReasonCode.DUPLICATE_SEQUENCE);
      } else {
        stream.store(origin, 1_795_308_448_257L + number, 1_795_308_448_000L + number);
      }
    }
    DeviceStreamCodec codec = new DeviceStreamCodec();

    DeviceStream back = codec.decode(codec.encode(stream));

    assertThat(codec.encode(back)).isEqualTo(codec.encode(stream));
    assertThat(back.stored() + back.rejectedTotal()).isEqualTo(numbers.size());
    assertThat(back.rejected()).isEqualTo(stream.rejected());
    assertThat(back.missing()).isEqualTo(stream.missing());
    assertThat(back.boots().stream().map(DeviceStream.Boot::id).collect(Collectors.toList()))
        .isEqualTo(stream.boots().stream().map(DeviceStream.Boot::id).toList());
    for (long number : numbers) {
      Origin origin = new Origin(-number % boots, number);
      assertThat(back.seen(origin)).isEqualTo(stream.seen(origin));
    }
  }

  @Property
  void bytes_of_any_kind_are_refused_or_read(@ForAll @Size(max = 60) byte[] bytes) {
    if (bytes.length > 0) {
      bytes[0] = 1;
    }
    Throwable thrown = catchThrowable(() -> new DeviceStreamCodec().decode(bytes));

    if (thrown != null) {
      assertThat(thrown).isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  void device_that_loses_nothing_is_kept_in_few_bytes() {
    DeviceStream stream = new DeviceStream();
    for (long number = 1; number <= 100_000; number++) {
      stream.store(
          new Origin(77, number), 1_795_308_448_257L + number, 1_795_308_448_257L + number);
    }

    assertThat(new DeviceStreamCodec().encode(stream)).hasSizeLessThan(32);
  }
}
