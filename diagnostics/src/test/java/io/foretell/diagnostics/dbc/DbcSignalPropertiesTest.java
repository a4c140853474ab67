package io.foretell.diagnostics.dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.InvalidInputException;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class DbcSignalPropertiesTest {
  private static final String FILE =
      """
      VERSION ""
      VAL_TABLE_ T 0 "a" 1 "b" ;
      BO_ 256 Pump: 8 ECU
       SG_ Mode M : 0|8@1+ (1,0) [0|1] "" ECU
       SG_ Temperature m0 : 8|8@1- (0.5,0) [-64|63.5] "degC" ECU
       SG_ Pressure : 23|16@0+ (1,0) [0|65535] "kPa" ECU
      CM_ SG_ 256 Mode "what it does;
      BO_ 999 not a message";
      VAL_ 256 Mode 0 "idle" 1 "run" ;
      SG_MUL_VAL_ 256 Temperature Mode 0-0;
      SIG_VALTYPE_ 256 Pressure : 0;
      BA_ "SystemSignalLongSymbol" SG_ 256 Mode "Mode of the pump";
      """;

  /** Bits are written one by one, as the format describes them, and read back. */
  @Property(tries = 400)
  void encoded_value_is_decoded(
      @ForAll @IntRange(min = 1, max = 64) int bits,
      @ForAll @IntRange(max = 63) int position,
      @ForAll @IntRange(min = 1, max = 16) int bytes,
      @ForAll boolean bigEndian,
      @ForAll boolean signed,
      @ForAll long value) {
    int room = bytes * 8;
    if (bits > room) {
      return;
    }
    int first = position % (room - bits + 1);
    int start = bigEndian ? first / 8 * 8 + 7 - first % 8 : first;
    byte[] data = new byte[bytes];
    new Random(value).nextBytes(data);
    for (int i = 0; i < bits; i++) {
      int at = bigEndian ? first + bits - 1 - i : first + i;
      int mask = bigEndian ? 0x80 >>> at % 8 : 1 << at % 8;
      boolean one = (value >>> i & 1) != 0;
      data[at / 8] = (byte) (one ? data[at / 8] | mask : data[at / 8] & ~mask);
    }
    String sign = signed ? "-" : "+";
    DbcFile file =
        DbcParser.parse(
            "BO_ 1 A: "
                + bytes
                + " X\n SG_ S : "
                + start
                + "|"
                + bits
                + "@"
                + (bigEndian ? 0 : 1)
                + sign
                + " (1,0) [0|0] \"\" X\n");
    DbcMessage message = Objects.requireNonNull(file.message(1));
    long[] decoded = {0, 0};
    message.decode(
        data,
        (signal, raw) -> {
          decoded[0] = raw;
          decoded[1]++;
        });

    int spare = 64 - bits;
    long expected = signed ? value << spare >> spare : value << spare >>> spare;
    assertThat(decoded).containsExactly(expected, 1);
    assertThat(message.signals().get(0).raw(data)).isEqualTo(expected);
  }

  @Property(tries = 400)
  void mutated_file_is_read_or_refused_and_decodes_any_frame(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(FILE);
    for (int i = random.nextInt(8); i >= 0; i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, (char) random.nextInt(256));
        case 2 -> text.setCharAt(at, "\"|@;: \n0123456789-+()".charAt(random.nextInt(20)));
        default -> text.insert(at, text.substring(at, Math.min(text.length(), at + 40)));
      }
    }
    try {
      DbcFile file = DbcParser.parse(text.toString());
      byte[] data = new byte[random.nextInt(70)];
      random.nextBytes(data);
      file.messages().forEach(message -> message.decode(data, (s, raw) -> s.scaled(raw)));
    } catch (InvalidInputException e) {
      assertThat(e.detail()).isNotBlank();
    }
  }
}
