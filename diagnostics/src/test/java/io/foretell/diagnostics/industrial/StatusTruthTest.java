package io.foretell.diagnostics.industrial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.proto.Fault;
import io.foretell.proto.InvalidInputException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Every value of every status byte, against the standards' rules written out once more. */
class StatusTruthTest {
  @Test
  void ne107_every_mask_has_its_signals_and_the_worst_of_them() {
    for (int mask = 0; mask < 16; mask++) {
      DeviceStatus status = Ne107Status.ofMask(mask, "tt-1");

      StringBuilder letters = new StringBuilder();
      letters.append((mask & 8) != 0 ? "F" : "").append((mask & 4) != 0 ? "C" : "");
      letters.append((mask & 2) != 0 ? "S" : "").append((mask & 1) != 0 ? "M" : "");
      assertThat(codes(status)).isEqualTo(letters.toString());
      assertThat(status.signal().letter())
          .isEqualTo(letters.isEmpty() ? "" : letters.substring(0, 1));
    }
    assertThatThrownBy(() -> Ne107Status.ofMask(16, "")).isInstanceOf(InvalidInputException.class);
    assertThat(Ne107.of("out of spec")).isEqualTo(Ne107.OUT_OF_SPECIFICATION);
    assertThat(Ne107.of("blue")).isEqualTo(Ne107.MAINTENANCE_REQUIRED);
    assertThat(Ne107.of("maintenance")).isEqualTo(Ne107.MAINTENANCE_REQUIRED);
    assertThatThrownBy(() -> Ne107.of("?")).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void hart_every_device_status_byte() {
    // Bit 7 to 0: failure; three that are no fault; check; three that say out of specification.
    String signals = "F---CSSS";
    for (int value = 0; value < 256; value++) {
      DeviceStatus status = Hart.read(new byte[] {(byte) value}, "");
      assertThat(codes(status)).isEqualTo(expected(value, 8, "D", signals));
      assertThat(status.complete()).isTrue();
      assertThat(status.signal()).isEqualTo(worst(value, 8, signals));
    }
  }

  @Test
  void hart_every_extended_device_status_byte() {
    String signals = "CSFFSM";
    for (int value = 0; value < 256; value++) {
      DeviceStatus status = Hart.read(new byte[] {0, 0, (byte) value}, "");
      assertThat(codes(status)).isEqualTo(expected(value & 0x3F, 6, "X", signals));
      assertThat(status.signal()).isEqualTo(worst(value & 0x3F, 6, signals));
    }
  }

  @Test
  void hart_every_first_byte_is_a_response_code_or_a_communication_error() {
    for (int value = 0; value < 256; value++) {
      DeviceStatus status = Hart.read(new byte[] {(byte) value, (byte) 0x80}, "");
      if (value < 128) {
        assertThat(codes(status)).isEqualTo("D7");
      } else {
        assertThat(codes(status)).startsWith("E").doesNotContain("D7");
        assertThat(status.complete()).isFalse();
      }
    }
  }

  @Test
  void profibus_every_classic_status_byte() {
    // Substatus 0 to 15 of bad, uncertain, good and good in a cascade; reserved ones by quality.
    String[] signals = {
      "FFFFFFFCFFFFFFFF", "SSCCSSSSCMSSSSSS", "--SS----FM------", "-----CC-F-------"
    };
    for (int value = 0; value < 256; value++) {
      DeviceStatus status = ProfibusPa.classic(value, "");
      char signal = signals[value >> 6].charAt(value >> 2 & 15);
      assertThat(status.signal().letter()).isEqualTo(signal == '-' ? "" : "" + signal);
      assertThat(status.faults()).hasSize(signal == '-' ? 0 : 1);
      if (signal != '-') {
        assertThat(status.faults().get(0).subType()).isEqualTo((value & 3) == 0 ? -1 : value & 3);
      }
    }
  }

  @Test
  void profibus_every_condensed_status_byte() {
    for (int value = 0; value < 256; value++) {
      char signal = condensed(value);
      assertThat(ProfibusPa.condensed(value, "").signal().letter())
          .as("0x%02X", value)
          .isEqualTo(signal == '-' ? "" : "" + signal);
    }
  }

  private static char condensed(int value) {
    return switch (value & 0xFC) {
      case 0x20, 0x3C, 0x48, 0x4C, 0x70, 0x74, 0xBC -> 'C';
      case 0x68, 0xA4, 0xA8 -> 'M';
      case 0x88, 0x8C -> 'S';
      case 0xA0 -> 'F';
      default -> value < 0x40 ? 'F' : value < 0x80 ? 'S' : '-';
    };
  }

  @Test
  void io_link_every_qualifier() {
    for (int qualifier = 0; qualifier < 256; qualifier++) {
      DeviceStatus status = IoLink.read(qualifier, 0x5100, "");
      int type = qualifier >> 4 & 3;
      int mode = qualifier >> 6;
      boolean fault = type >= 2;
      assertThat(status.faults()).hasSize(fault ? 1 : 0);
      if (fault) {
        Fault one = status.faults().get(0);
        assertThat(one.code()).isEqualTo((qualifier & 8) != 0 ? "M0x5100" : "0x5100");
        assertThat(one.subType()).isEqualTo(qualifier & 7);
        assertThat(one.active()).isEqualTo(mode != 2);
        Ne107 expected = type == 3 ? Ne107.FAILURE : Ne107.OUT_OF_SPECIFICATION;
        assertThat(one.lamp()).isEqualTo(expected.lamp());
        assertThat(status.signal()).isEqualTo(mode == 2 ? Ne107.GOOD : expected);
      }
    }
  }

  /** OPC 10000-4 7.39.1: severity, and what the sixteen bits of information say with each. */
  @Test
  void opc_ua_every_severity_with_every_bit_of_information() {
    Ne107[] signals = {Ne107.GOOD, Ne107.OUT_OF_SPECIFICATION, Ne107.FAILURE, Ne107.FAILURE};
    String[] limits = {"limits none", "limits low", "limits high", "limits constant"};
    for (int severity = 0; severity < 4; severity++) {
      for (int info = 0; info < 1 << 16; info += (info & 0x3000) == 0 ? 1 : 0x1000) {
        // A sub-code that no row of the texts has, so that severity alone decides.
        DeviceStatus status = OpcUaStatus.read(severity << 30 | 0xFFF << 16 | info, "");
        List<String> expected = new ArrayList<>();
        if ((info & 0x8000) != 0) {
          expected.add("structure changed");
        }
        if ((info & 0x4000) != 0) {
          expected.add("semantics changed");
        }
        if ((info & 0x0C00) == 0x0400) {
          expected.add(limits[(info & 0x0300) >> 8]);
          if ((info & 0x0080) != 0) {
            expected.add("overflow");
          }
          if ((info & 0x001F) != 0) {
            expected.add("historian bits " + (info & 0x001F));
          }
        }
        if (!String.join(", ", expected).equals(status.fields().getOrDefault("info", ""))
            || status.signal() != signals[severity]
            || status.faults().size() != (severity == 0 ? 0 : 1)) {
          assertThat(status.fields()).as("0x%04X of severity %d", info, severity).isNull();
        }
      }
    }
  }

  /** CiA 301 7.5.2.2, object 1001h. */
  @Test
  void canopen_every_error_register() {
    String[] names = {
      "generic",
      "current",
      "voltage",
      "temperature",
      "communication",
      "device profile",
      "reserved",
      "maker"
    };
    for (int register = 0; register < 256; register++) {
      List<String> expected = new ArrayList<>();
      for (int bit = 0; bit < 8; bit++) {
        if ((register >> bit & 1) == 1) {
          expected.add(names[bit]);
        }
      }
      byte[] data = {0x10, (byte) 0x81, (byte) register, 0, 0, 0, 0, 0};
      DeviceStatus status = CanOpenEmergency.read(0x81, data);
      assertThat(status.fields().get("register")).isEqualTo(String.join(", ", expected));
      assertThat(status.faults().get(0).subType()).isEqualTo(register);
    }
  }

  @Test
  void opc_ua_severity_decides_and_known_codes_have_words() {
    assertThat(OpcUaStatus.read(0, "").faults()).isEmpty();
    assertThat(OpcUaStatus.read(0x00300000, "").faults()).isEmpty();
    assertThat(OpcUaStatus.read(0x408F0000, "").signal()).isEqualTo(Ne107.OUT_OF_SPECIFICATION);
    Fault sensor = OpcUaStatus.read(0x808C0480, "").faults().get(0);
    assertThat(sensor.code()).isEqualTo("0x808C0000");
    assertThat(sensor.title()).isEqualTo("Sensor failure");
    assertThat(OpcUaStatus.read(0x808C0480, "").fields())
        .containsEntry("info", "limits none, overflow");
    assertThat(OpcUaStatus.read(0x8FFF0000, "").faults().get(0).title())
        .isEqualTo("Status bad, sub-code 4095");
  }

  @Property(tries = 200)
  void any_word_is_a_status_of_its_severity(
      @ForAll int word, @ForAll @IntRange(max = 0xFFFF) int c) {
    DeviceStatus status = OpcUaStatus.read(word, "x");
    assertThat(status.faults()).hasSize(word >>> 30 == 0 ? 0 : 1);
    assertThat(IoLink.read(word & 0xFF, c, "x").fields()).containsKey("event");
    byte[] emergency = {(byte) c, (byte) (c >> 8), 1, 2, 3, 4, 5, 6};
    DeviceStatus decoded = CanOpenEmergency.read(0x85, emergency);
    assertThat(decoded.faults()).hasSize(c >> 8 == 0 ? 0 : 1);
    if (c >> 8 != 0) {
      // Encode, decode: the code is the identity.
      assertThat(Integer.decode(decoded.faults().get(0).code())).isEqualTo(c);
      assertThat(decoded.faults().get(0).system()).isEqualTo("node:5");
    }
  }

  @Test
  void canopen_code_falls_back_to_its_class() {
    assertThat(CanOpenEmergency.words(0x8130)).isEqualTo("Life guard or heartbeat error");
    assertThat(CanOpenEmergency.words(0x8131)).isEqualTo("Life guard or heartbeat error");
    assertThat(CanOpenEmergency.words(0x8199)).isEqualTo("Communication");
    assertThat(CanOpenEmergency.words(0x2345)).isEqualTo("Current, output side of the device");
    assertThat(CanOpenEmergency.words(0xFF12)).isEqualTo("Device-specific error");
    assertThat(CanOpenEmergency.words(0x0001)).isEqualTo("No error, or errors are over");
    assertThat(CanOpenEmergency.words(0xA000)).isEqualTo("Error of a reserved class");
    assertThatThrownBy(() -> CanOpenEmergency.read(0x80, new byte[8]))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> CanOpenEmergency.read(0x81, new byte[7]))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void modbus_every_exception_in_every_frame() {
    Set<Integer> known = Set.of(1, 2, 3, 4, 5, 6, 7, 8, 10, 11);
    for (int code = 0; code < 256; code++) {
      byte[] pdu = {(byte) 0x83, (byte) code};
      DeviceStatus status = Modbus.read(pdu, "");
      assertThat(status.faults()).hasSize(code == 5 || code == 6 ? 0 : 1);
      assertThat(status.fields().get("exception").contains("reserved"))
          .isEqualTo(!known.contains(code));
      byte[] serial = {17, (byte) 0x83, (byte) code, 0, 0};
      int crc = Modbus.crc(serial, 3);
      serial[3] = (byte) crc;
      serial[4] = (byte) (crc >> 8);
      assertThat(Modbus.read(serial, "").faults()).isEqualTo(status.faults());
      serial[4] ^= 1;
      assertThatThrownBy(() -> Modbus.read(serial, "")).isInstanceOf(InvalidInputException.class);
      byte[] tcp = {0, 1, 0, 0, 0, 3, 17, (byte) 0x83, (byte) code};
      assertThat(Modbus.read(tcp, "").faults()).isEqualTo(status.faults());
    }
    assertThatThrownBy(() -> Modbus.read(new byte[] {3, 2}, ""))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void cip_every_general_status_and_its_first_word() {
    for (int status = 0; status < 256; status++) {
      DeviceStatus plain = Cip.read(new byte[] {(byte) 0xCC, 0, (byte) status, 0}, "");
      boolean fine = status == 0 || status == 6 || status == 0x0B;
      assertThat(plain.faults()).hasSize(fine ? 0 : 1);
    }
    byte[] timeout = {(byte) 0xD4, 0, 1, 1, 0x03, 0x02};
    Fault fault = Cip.read(timeout, "plc").faults().get(0);
    assertThat(fault.code()).isEqualTo("0x01:0x0203");
    assertThat(fault.title()).isEqualTo("Connection timed out");
    assertThatThrownBy(() -> Cip.read(new byte[] {(byte) 0xD4, 0, 1, 2, 3, 2}, ""))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Cip.read(new byte[] {0x54, 0, 1, 0}, ""))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void every_text_has_both_languages() {
    assertThat(Texts.size()).isEqualTo(TEXTS);
    for (Ne107 signal : EnumSet.complementOf(EnumSet.of(Ne107.GOOD))) {
      assertThat(Texts.get("ne107", signal.letter()).chinese()).matches(".*\\p{IsHan}.*");
    }
  }

  private static final int TEXTS = 387;

  private static String codes(DeviceStatus status) {
    List<String> codes = new ArrayList<>();
    status.faults().forEach(fault -> codes.add(fault.code()));
    return String.join("", codes);
  }

  private static String expected(int value, int bits, String prefix, String signals) {
    StringBuilder codes = new StringBuilder();
    for (int bit = bits - 1; bit >= 0; bit--) {
      if ((value >> bit & 1) != 0 && signals.charAt(bits - 1 - bit) != '-') {
        codes.append(prefix).append(bit);
      }
    }
    return codes.toString();
  }

  private static Ne107 worst(int value, int bits, String signals) {
    Ne107 worst = Ne107.GOOD;
    for (int bit = bits - 1; bit >= 0; bit--) {
      char signal = signals.charAt(bits - 1 - bit);
      if ((value >> bit & 1) != 0 && signal != '-') {
        worst = worst.or(Ne107.of("" + signal));
      }
    }
    return worst;
  }
}
