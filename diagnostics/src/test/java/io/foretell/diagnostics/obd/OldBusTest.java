package io.foretell.diagnostics.obd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OldBusTest {
  @ParameterizedTest
  @CsvSource({
    "486B10410C1AF822, 3, ''",
    "486B10410C1AF823, 3, the checksum is wrong",
    "83F111410D00D3, 3, ''",
    "83F111410D00D4, 3, the checksum is wrong",
    "84F111410D00D4, 3, 'the header says 4 bytes, there are 3'",
    "80F11103410D00D3, 4, ''",
    "80F11102410D00D2, 4, 'the header says 2 bytes, there are 3'",
    "410D00, 0, ''"
  })
  void line_of_an_old_bus_is_verified(String hex, int header, String wrong) {
    byte[] frame = HexFormat.of().parseHex(hex);
    assertThat(OldBus.header(frame, first -> first == 0x41)).isEqualTo(header);
    if (header > 0) {
      assertThat(OldBus.wrong(frame, header)).isEqualTo(wrong);
    }
  }

  /** The checksum of SAE J1850 over a message and its own CRC leaves the remainder C4. */
  @Property(tries = 200)
  void line_of_j1850_is_verified_and_any_flipped_bit_is_seen(
      @ForAll @Size(min = 1, max = 7) byte[] data, @ForAll @IntRange(max = 500) int flip) {
    byte[] frame = new byte[data.length + 4];
    System.arraycopy(new byte[] {0x48, 0x6B, 0x10}, 0, frame, 0, 3);
    System.arraycopy(data, 0, frame, 3, data.length);
    int crc = 0xFF;
    for (int i = 0; i < frame.length - 1; i++) {
      for (int bit = 7; bit >= 0; bit--) {
        boolean high = (crc >> 7 & 1) != (frame[i] >> bit & 1);
        crc = crc << 1 & 0xFF ^ (high ? 0x1D : 0);
      }
    }
    frame[frame.length - 1] = (byte) ~crc;
    assertThat(OldBus.wrong(frame, 3)).isEmpty();

    byte[] flipped = Arrays.copyOf(frame, frame.length);
    int at = 8 + flip % (8 * frame.length - 8);
    flipped[at / 8] ^= (byte) (1 << at % 8);
    int sum = 0;
    for (int i = 0; i < flipped.length - 1; i++) {
      sum += flipped[i];
    }
    boolean bySum = (sum & 0xFF) == (flipped[flipped.length - 1] & 0xFF);
    assertThat(OldBus.wrong(flipped, 3).isEmpty()).isEqualTo(bySum);
  }
}
