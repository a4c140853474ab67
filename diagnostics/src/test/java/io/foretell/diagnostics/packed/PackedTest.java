package io.foretell.diagnostics.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.proto.InvalidInputException;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PackedTest {
  @Property
  void values_come_back_as_they_went(
      @ForAll @LongRange(min = 0) long count,
      @ForAll long number,
      @ForAll double real,
      @ForAll float real32,
      @ForAll String text,
      @ForAll byte[] bytes,
      @ForAll boolean flag) {
    Packer out = new Packer().count(count).number(number).real(real).real32(real32);
    out.text(encodable(text)).bytes(bytes).flag(flag);
    Unpacker in = new Unpacker(out.toBytes());

    assertThat(in.count()).isEqualTo(count);
    assertThat(in.number()).isEqualTo(number);
    assertThat(in.real()).isEqualTo(real);
    assertThat(in.real32()).isEqualTo(real32);
    assertThat(in.text()).isEqualTo(encodable(text));
    assertThat(in.bytes()).isEqualTo(bytes);
    assertThat(in.flag()).isEqualTo(flag);
    assertThat(in.done()).isTrue();
  }

  @Property
  void any_bytes_are_read_or_refused(@ForAll byte[] bytes) {
    Unpacker in = new Unpacker(bytes);
    try {
      while (!in.done()) {
        in.text();
        in.number();
      }
    } catch (InvalidInputException e) {
      assertThat(e.detail()).startsWith("packed bytes");
    }
  }

  @Test
  void equal_figures_are_equal_bytes_and_a_cut_is_refused() {
    byte[] bytes = new Packer().figures(Map.of("a", 1.0, "b", 2.0)).toBytes();

    assertThat(new Packer().figures(Map.of("b", 2.0, "a", 1.0)).toBytes()).isEqualTo(bytes);
    assertThat(new Unpacker(bytes).figures()).isEqualTo(Map.of("a", 1.0, "b", 2.0));
    assertThatThrownBy(() -> new Unpacker(Arrays.copyOf(bytes, bytes.length - 1)).figures())
        .isInstanceOf(InvalidInputException.class);
  }

  /** Lone surrogates have no UTF-8. */
  private static String encodable(String text) {
    return text.codePoints()
        .filter(c -> c < 0xD800 || c > 0xDFFF)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
