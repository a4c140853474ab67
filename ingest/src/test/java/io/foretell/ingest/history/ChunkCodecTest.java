package io.foretell.ingest.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.foretell.proto.InvalidInputException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class ChunkCodecTest {
  private static final long T = 1_795_308_448_257L;

  @Property
  void chunk_of_any_samples_comes_back_bit_by_bit(@ForAll("samples") Samples samples) {
    Samples back = ChunkCodec.decode(ChunkCodec.encode(samples));

    assertThat(back.times()).isEqualTo(samples.times());
    assertThat(bits(back.values())).isEqualTo(bits(samples.values()));
  }

  @Property
  void bytes_of_any_kind_are_refused_or_read(@ForAll byte[] bytes) {
    Throwable thrown = catchThrowable(() -> ChunkCodec.decode(bytes));

    if (thrown != null) {
      assertThat(thrown).isInstanceOf(InvalidInputException.class);
    }
  }

  @Property
  void chunk_with_a_changed_byte_is_refused_or_read(
      @ForAll("samples") Samples samples, @ForAll int place, @ForAll byte value) {
    byte[] bytes = ChunkCodec.encode(samples);
    bytes[Math.floorMod(place, bytes.length)] = value;

    Throwable thrown = catchThrowable(() -> ChunkCodec.decode(bytes));

    if (thrown != null) {
      assertThat(thrown).isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  void signal_that_stands_still_at_a_fixed_period_takes_bytes_for_a_chunk_and_none_a_sample() {
    double[] values = new double[1000];
    Arrays.fill(values, 0.1 + 0.2);

    assertThat(ChunkCodec.encode(new Samples(period(1000), values))).hasSizeLessThan(24);
  }

  @Test
  void decimal_that_moves_little_takes_a_byte_a_sample() {
    Random random = new Random(7);
    double[] values = new double[1000];
    int tenths = 915;
    for (int i = 0; i < values.length; i++) {
      tenths += random.nextInt(7) - 3;
      values[i] = tenths / 10.0;
    }

    assertThat(ChunkCodec.encode(new Samples(period(1000), values))).hasSizeLessThan(1_030);
  }

  @Test
  void single_precision_value_takes_at_most_six_bytes_a_sample() {
    Random random = new Random(7);
    double[] values = new double[1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (90 + random.nextGaussian());
    }

    assertThat(ChunkCodec.encode(new Samples(period(1000), values))).hasSizeLessThan(6_050);
  }

  @Provide
  Arbitrary<Samples> samples() {
    Arbitrary<Long> steps =
        Arbitraries.oneOf(Arbitraries.just(1000L), Arbitraries.longs().between(1, 5_000_000_000L));
    Arbitrary<Double> values =
        Arbitraries.oneOf(
            Arbitraries.integers().between(-5000, 5000).map(i -> i / 10.0),
            Arbitraries.doubles(),
            Arbitraries.floats().map(Float::doubleValue),
            Arbitraries.of(
                0.0,
                -0.0,
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.MIN_VALUE,
                Double.MAX_VALUE,
                9007199254740993.0,
                1e22));
    return Combinators.combine(
            Arbitraries.longs().between(0, 1L << 50),
            Arbitraries.oneOf(
                steps.array(long[].class).ofMinSize(0).ofMaxSize(300),
                Arbitraries.just(LongStream.range(0, 50).map(i -> 250).toArray())),
            Arbitraries.oneOf(
                values.array(double[].class).ofSize(301),
                Arbitraries.doubles().map(v -> filled(v))))
        .as(ChunkCodecTest::build);
  }

  private static double[] filled(double value) {
    double[] all = new double[301];
    Arrays.fill(all, value);
    return all;
  }

  private static Samples build(long first, long[] steps, double[] values) {
    long[] times = new long[steps.length + 1];
    times[0] = first;
    for (int i = 0; i < steps.length; i++) {
      times[i + 1] = times[i] + steps[i];
    }
    return new Samples(times, Arrays.copyOf(values, times.length));
  }

  private static long[] period(int n) {
    return LongStream.range(0, n).map(i -> T + i * 1000).toArray();
  }

  private static long[] bits(double[] values) {
    return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
  }
}
