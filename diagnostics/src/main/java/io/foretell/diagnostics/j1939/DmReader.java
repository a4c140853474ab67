package io.foretell.diagnostics.j1939;

import io.foretell.diagnostics.trace.Trace;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * Reads a diagnostic message into its typed form, SAE J1939-73 clause 5.7. Numbers are little
 * endian. What does not fill a whole item at the end is padding.
 */
public final class DmReader {
  private static final int TEST_NOT_COMPLETE = 0xFB00;
  private static final int TEST_IMPOSSIBLE = 0xFB01;

  private final DmKind kind;
  private final byte[] data;
  private final int length;
  private final SpnConversion conversion;
  private final Trace trace;

  private DmReader(DmKind kind, byte[] data, int length, SpnConversion conversion, Trace trace) {
    this.kind = kind;
    this.data = data;
    this.length = length;
    this.conversion = conversion;
    this.trace = trace;
  }

  /**
   * Reads a message.
   *
   * @param data its bytes from 0
   * @param length how many
   * @throws InvalidInputException where it is shorter than the standard's fixed part
   */
  public static Dm read(
      DmKind kind, byte[] data, int length, SpnConversion conversion, Trace trace) {
    return new DmReader(kind, data, length, conversion, trace).read();
  }

  private Dm read() {
    return switch (kind) {
      case DM1, DM2, DM6, DM12, DM23, DM27, DM28 -> codes();
      case DM3, DM11 -> new Dm.Clear(kind);
      case DM5 -> readiness();
      case DM7 -> command();
      case DM19 -> calibrations();
      case DM20 -> performance();
      case DM21 -> distances();
      case DM22 -> individualClear();
      case DM24 -> support();
      case DM25 -> freezeFrames();
      case DM26 -> tripReadiness();
      case DM29 -> counts();
      case DM30 -> results();
      case DM31 -> associations();
      case DM33 -> times();
      case DM34 -> nte();
      case DM56 -> family();
    };
  }

  private Dm codes() {
    DiagnosticMessage message = DiagnosticMessage.read(data, 0, length, conversion);
    step(0, 1, "lamps: MIL, red stop, amber warning, protect, two bits each from bit 7 down");
    step(1, 1, "flash: 00 slow, 01 fast, 11 not, in the same order");
    for (int at = 2; at + 4 <= length; at += 4) {
      step(at, 4, "trouble code by " + conversion + ": SPN, FMI, conversion method, occurrences");
    }
    return new Dm.Codes(kind, message);
  }

  private Dm readiness() {
    need(8);
    step(0, 3, "active codes, previously active codes, OBD compliance");
    step(3, 5, "monitored systems: supported, not complete");
    return new Dm.Readiness(kind, one(0), one(1), data[2] & 0xFF, DmSystems.read(data, 0));
  }

  private Dm tripReadiness() {
    need(8);
    step(0, 3, "seconds since engine start, warm-ups since clear");
    step(3, 5, "monitored systems: enabled, not complete");
    return new Dm.TripReadiness(kind, two(0), one(2), DmSystems.read(data, 0));
  }

  private Dm command() {
    need(4);
    step(0, 4, "test identifier, SPN, FMI");
    return new Dm.TestCommand(kind, data[0] & 0xFF, spn(1), data[3] & 31);
  }

  private Dm calibrations() {
    List<Dm.Calibration> list = new ArrayList<>();
    items(
        0,
        20,
        at -> {
          step(at, 4, "calibration verification number, least significant byte first");
          step(at + 4, 16, "calibration identification, ASCII");
          String cvn = String.format(Locale.ROOT, "%08X", (int) raw(at, 4));
          list.add(new Dm.Calibration(cvn, text(at + 4, 16)));
        });
    return new Dm.Calibrations(kind, List.copyOf(list));
  }

  private Dm performance() {
    need(4);
    step(0, 4, "ignition cycles, OBD monitoring conditions encountered");
    List<Dm.Ratio> list = new ArrayList<>();
    items(
        4,
        7,
        at -> {
          step(at, 7, "SPN of the monitor, numerator, denominator");
          list.add(new Dm.Ratio((int) raw(at, 3) & 0x7FFFF, two(at + 3), two(at + 5)));
        });
    return new Dm.Performance(kind, two(0), two(2), List.copyOf(list));
  }

  private Dm distances() {
    need(8);
    step(0, 4, "km with the lamp on, km since clear");
    step(4, 4, "minutes with the lamp on, minutes since clear");
    return new Dm.Distances(kind, two(0), two(2), two(4), two(6));
  }

  private Dm individualClear() {
    need(8);
    step(0, 2, "control byte, its indicator");
    step(5, 3, "SPN and FMI");
    return new Dm.IndividualClear(kind, data[0] & 0xFF, one(1), spn(5), data[7] & 31);
  }

  private Dm support() {
    List<Dm.SupportedSpn> list = new ArrayList<>();
    items(
        0,
        4,
        at -> {
          int flags = data[at + 2];
          if (!blank(at, 4)) {
            step(at, 4, "SPN, 0 bits: freeze frame, data stream, test results; data length");
            list.add(
                new Dm.SupportedSpn(
                    spn(at), (flags & 1) == 0, (flags & 2) == 0, (flags & 4) == 0, one(at + 3)));
          }
        });
    return new Dm.SpnSupport(kind, List.copyOf(list));
  }

  /** A length that is not there, or runs past the end, ends the list: the rest is padding. */
  private Dm freezeFrames() {
    List<Dm.FreezeFrame> list = new ArrayList<>();
    int at = 0;
    while (at < length && (data[at] & 0xFF) >= 4) {
      int bytes = data[at] & 0xFF;
      if (at + 1 + bytes > length) {
        if (bytes == 0xFF) {
          break;
        }
        need(at + 1 + bytes);
      }
      step(at, 5, "length, then the code that froze the frame");
      step(at + 5, bytes - 4, "values of the SPNs of DM24, in its order");
      byte[] values = Arrays.copyOfRange(data, at + 5, at + 1 + bytes);
      list.add(new Dm.FreezeFrame(dtc(at + 1), values));
      at += 1 + bytes;
    }
    return new Dm.FreezeFrames(kind, List.copyOf(list));
  }

  private Dm counts() {
    need(5);
    step(0, 5, "pending, all pending, MIL on, previously MIL on, permanent");
    return new Dm.Counts(kind, one(0), one(1), one(2), one(3), one(4));
  }

  private Dm results() {
    List<Dm.TestResult> list = new ArrayList<>();
    items(
        0,
        12,
        at -> {
          step(at, 6, "test identifier, SPN, FMI, SLOT");
          step(at + 6, 6, "value, maximum, minimum in steps of the SLOT");
          int value = (int) raw(at + 6, 2);
          int maximum = two(at + 8);
          int minimum = two(at + 10);
          list.add(
              new Dm.TestResult(
                  data[at] & 0xFF,
                  spn(at + 1),
                  data[at + 3] & 31,
                  (int) raw(at + 4, 2),
                  value,
                  maximum,
                  minimum,
                  outcome(value, maximum, minimum)));
        });
    return new Dm.TestResults(kind, List.copyOf(list));
  }

  private static String outcome(int value, int maximum, int minimum) {
    if (value == TEST_NOT_COMPLETE) {
      return "not complete";
    }
    if (value == TEST_IMPOSSIBLE) {
      return "cannot be performed";
    }
    boolean failed = minimum >= 0 && value < minimum || maximum >= 0 && value > maximum;
    return failed ? "failed" : "passed";
  }

  private Dm associations() {
    List<Dm.LampAssociation> list = new ArrayList<>();
    items(
        0,
        6,
        at -> {
          if (!blank(at, 4)) {
            step(at, 6, "trouble code, lamps, flash");
            LampStates lamp = LampStates.of(data[at + 4] & 0xFF);
            LampStates flash = LampStates.of(data[at + 5] & 0xFF);
            list.add(new Dm.LampAssociation(dtc(at), lamp, flash));
          }
        });
    return new Dm.LampAssociations(kind, List.copyOf(list));
  }

  private Dm times() {
    List<Dm.AecdTime> list = new ArrayList<>();
    items(
        0,
        9,
        at -> {
          step(at, 9, "AECD number, timer 1, timer 2 in minutes");
          list.add(new Dm.AecdTime(data[at] & 0xFF, four(at + 1), four(at + 5)));
        });
    return new Dm.AecdTimes(kind, List.copyOf(list));
  }

  private Dm nte() {
    need(2);
    step(0, 2, "NOx, PM: control area, carve-out area, deficiency area, two bits each");
    int nox = data[0] & 0xFF;
    int pm = data[1] & 0xFF;
    return new Dm.NteStatus(
        kind, nox >>> 6, nox >>> 4 & 3, nox >>> 2 & 3, pm >>> 6, pm >>> 4 & 3, pm >>> 2 & 3);
  }

  private Dm family() {
    need(8);
    step(0, 8, "model year, ASCII: E engine, V vehicle");
    step(8, length - 8, "certification family, ASCII, ended by an asterisk");
    String family = text(8, length - 8);
    int end = family.indexOf('*');
    return new Dm.EngineFamily(kind, text(0, 8), end < 0 ? family : family.substring(0, end));
  }

  private J1939Dtc dtc(int at) {
    int b2 = data[at + 2] & 0xFF;
    int b3 = data[at + 3] & 0xFF;
    int spn = conversion.spn(data[at] & 0xFF, data[at + 1] & 0xFF, b2);
    return new J1939Dtc(spn, b2 & 31, b3 & 127, b3 >>> 7);
  }

  private int spn(int at) {
    return data[at] & 0xFF | (data[at + 1] & 0xFF) << 8 | (data[at + 2] & 0xE0) << 11;
  }

  private boolean blank(int at, int bytes) {
    int all = 0xFF;
    int any = 0;
    for (int i = at; i < at + bytes; i++) {
      all &= data[i];
      any |= data[i] & 0xFF;
    }
    return any == 0 || (all & 0xFF) == 0xFF;
  }

  private void items(int from, int size, IntConsumer each) {
    for (int at = from; at + size <= length; at += size) {
      each.accept(at);
    }
  }

  private int one(int at) {
    return (data[at] & 0xFF) == 0xFF ? -1 : data[at] & 0xFF;
  }

  private int two(int at) {
    int value = (int) raw(at, 2);
    return value == 0xFFFF ? -1 : value;
  }

  private long four(int at) {
    long value = raw(at, 4);
    return value == 0xFFFFFFFFL ? -1 : value;
  }

  private long raw(int at, int bytes) {
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = value << 8 | data[at + i] & 0xFF;
    }
    return value;
  }

  /** ASCII up to the first zero, without blanks at the end; bytes of FF are padding. */
  private String text(int at, int bytes) {
    int end = at;
    while (end < at + bytes && data[end] != 0 && (data[end] & 0xFF) != 0xFF) {
      end++;
    }
    return new String(data, at, end - at, StandardCharsets.ISO_8859_1).stripTrailing();
  }

  private void step(int at, int bytes, String rule) {
    trace.step(at, bytes, rule, kind.clause());
  }

  private void need(int bytes) {
    if (length < bytes) {
      throw new InvalidInputException(
          ReasonCode.TRUNCATED_FRAME, kind + " has " + bytes + " bytes at least, not " + length);
    }
  }
}
