package io.foretell.diagnostics.j1939;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.proto.InvalidInputException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DiagnosticMessageTest {
  @Property
  void message_written_and_read_is_the_same(
      @ForAll("dtcs") @Size(max = 60) List<J1939Dtc> dtcs,
      @ForAll SpnConversion conversion,
      @ForAll @IntRange(max = 255) int lamp,
      @ForAll @IntRange(max = 255) int flash) {
    DiagnosticMessage message =
        new DiagnosticMessage(LampStates.of(lamp), LampStates.of(flash), dtcs);

    byte[] data = message.write(conversion);

    assertThat(DiagnosticMessage.read(data, 0, data.length, conversion)).isEqualTo(message);
  }

  @Property
  void arbitrary_bytes_are_read_or_refused(@ForAll byte[] data, @ForAll SpnConversion conversion) {
    try {
      assertThat(DiagnosticMessage.read(data, 0, data.length, conversion).dtcs().size())
          .isLessThanOrEqualTo(data.length / 4);
    } catch (InvalidInputException e) {
      assertThat(data).hasSizeLessThan(6);
    }
  }

  @Test
  void version_out_of_range_is_refused() {
    assertThatThrownBy(() -> SpnConversion.of(5)).isInstanceOf(InvalidInputException.class);
  }

  @Provide
  Arbitrary<List<J1939Dtc>> dtcs() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 0x7FFFE),
            Arbitraries.integers().between(0, 31),
            Arbitraries.integers().between(0, 127),
            Arbitraries.integers().between(0, 1))
        .as(J1939Dtc::new)
        .list();
  }
}
