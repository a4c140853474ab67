package io.foretell.diagnostics.obdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ObdbSignalTest {
  private static final ObdbSignal.Scaling PLAIN =
      new ObdbSignal.Scaling(1, 1, 0, 0, 0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  @Property(tries = 300)
  void raw_value_that_was_written_is_read(
      @ForAll @IntRange(max = 40) int from,
      @ForAll @IntRange(min = 1, max = 64) int bits,
      @ForAll boolean signed,
      @ForAll long value) {
    long raw = bits == 64 ? value : value & (1L << bits) - 1;
    byte[] data = new byte[(from + bits + 7) / 8];
    for (int i = 0; i < bits; i++) {
      int at = from + i;
      data[at / 8] |= (byte) ((raw >>> bits - 1 - i & 1) << 7 - at % 8);
    }
    ObdbSignal signal = new ObdbSignal("x", from, bits, false, signed, PLAIN, Map.of(), false);

    assertThat(signal.in(data)).isTrue();
    assertThat(signal.raw(data)).isEqualTo(signed ? value << 64 - bits >> 64 - bits : raw);
    assertThat(signal.in(new byte[data.length - 1])).isFalse();
  }

  @Property(tries = 100)
  void bytes_with_the_lowest_first_are_read(
      @ForAll @IntRange(min = 1, max = 8) int bytes, @ForAll long value) {
    byte[] data = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      data[i] = (byte) (value >>> 8 * i);
    }
    ObdbSignal signal = new ObdbSignal("x", 0, 8 * bytes, true, false, PLAIN, Map.of(), false);

    assertThat(signal.raw(data)).isEqualTo(bytes == 8 ? value : value & (1L << 8 * bytes) - 1);
  }

  @ParameterizedTest
  @CsvSource({
    "7E0, '', 7E8, true",
    "7E0, '', 7E9, false",
    "7DF, '', 7EF, true",
    "7DF, '', 7F0, false",
    "744, 7AE, 7AE, true",
    "744, 7AE, 74C, false",
    "DA10, '', 98DAF110, true",
    "DA10, 10, 98DAF110, true",
    "DA10, 10, 98DAF210, false",
    "18DA10F1, '', 98DAF110, true",
    "DB33, '', 98DAF17A, true",
    "FC00, FE007B, 98FE007B, true",
    "FC00, '', 98FE007B, false"
  })
  void identifier_answers_a_command(String header, String answerer, String id, boolean answers) {
    ObdbCommand command =
        new ObdbCommand(header, answerer, "", "2210", 0, ObdbCommand.LAST_YEAR, List.of());

    assertThat(command.isAnsweredBy((int) Long.parseLong(id, 16))).isEqualTo(answers);
  }
}
