package io.foretell.diagnostics.obd;

import org.jspecify.annotations.Nullable;

/**
 * How a PID's bytes become a value, SAE J1979 annex B: raw × {@code times} ÷ {@code over} + {@code
 * plus}. Where an answer has several values, the one by which the PID is known.
 *
 * @param at first byte after the PID
 * @param bytes 1 or 2, big endian
 */
record Scale(
    int at, int bytes, boolean signed, double times, double over, double plus, String unit) {
  private static final @Nullable Scale[] OF_PID = new Scale[256];

  static {
    Scale percent = byteScale(100, 255, 0, "percent");
    put(percent, 0x04, 0x11, 0x2C, 0x2E, 0x2F, 0x45, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C);
    put(percent, 0x52, 0x5A, 0x5B);
    put(byteScale(1, 1, -40, "degree_Celsius"), 0x05, 0x0F, 0x46, 0x5C, 0x84);
    put(byteScale(100, 128, -100, "percent"), 0x06, 0x07, 0x08, 0x09, 0x2D);
    put(byteScale(100, 128, -100, "percent"), 0x55, 0x56, 0x57, 0x58);
    put(byteScale(3, 1, 0, "kilopascal"), 0x0A);
    put(byteScale(1, 1, 0, "kilopascal"), 0x0B, 0x33);
    put(wordScale(1, 4, 0, "revolutions_per_minute"), 0x0C);
    put(byteScale(1, 1, 0, "kilometer_per_hour"), 0x0D);
    put(byteScale(1, 2, -64, "degree"), 0x0E);
    put(wordScale(1, 100, 0, "gps"), 0x10);
    put(byteScale(1, 200, 0, "volt"), 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B);
    put(wordScale(1, 1, 0, "second"), 0x1F);
    put(wordScale(1, 1, 0, "kilometer"), 0x21, 0x31);
    put(wordScale(0.079, 1, 0, "kilopascal"), 0x22);
    put(wordScale(10, 1, 0, "kilopascal"), 0x23, 0x59);
    put(second(8, 65535, 0, "volt"), 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x2B);
    put(byteScale(1, 1, 0, "count"), 0x30);
    put(new Scale(0, 2, true, 1, 4, 0, "pascal"), 0x32);
    put(second(1, 256, -128, "milliampere"), 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x3B);
    put(wordScale(0.1, 1, -40, "degree_Celsius"), 0x3C, 0x3D, 0x3E, 0x3F);
    put(wordScale(0.001, 1, 0, "volt"), 0x42);
    put(wordScale(100, 255, 0, "percent"), 0x43);
    put(wordScale(0.0000305, 1, 0, "ratio"), 0x44);
    put(wordScale(1, 1, 0, "minute"), 0x4D, 0x4E);
    put(byteScale(10, 1, 0, "gps"), 0x50);
    put(wordScale(0.005, 1, 0, "kilopascal"), 0x53);
    put(new Scale(0, 2, true, 1, 1, 0, "pascal"), 0x54);
    put(wordScale(1, 128, -210, "degree"), 0x5D);
    put(wordScale(0.05, 1, 0, "lph"), 0x5E);
    put(byteScale(1, 1, -125, "percent"), 0x61, 0x62, 0x8E);
    put(wordScale(1, 1, 0, "newton_meter"), 0x63);
  }

  static @Nullable Scale of(int pid) {
    return OF_PID[pid];
  }

  double value(byte[] data, int from) {
    int raw = data[from + at] & 0xFF;
    if (bytes == 2) {
      raw = raw << 8 | data[from + at + 1] & 0xFF;
      raw = signed ? (short) raw : raw;
    }
    return raw * times / over + plus;
  }

  /** How many bytes must follow the PID. */
  int needs() {
    return at + bytes;
  }

  private static void put(Scale scale, int... pids) {
    for (int pid : pids) {
      OF_PID[pid] = scale;
    }
  }

  private static Scale byteScale(double times, double over, double plus, String unit) {
    return new Scale(0, 1, false, times, over, plus, unit);
  }

  private static Scale wordScale(double times, double over, double plus, String unit) {
    return new Scale(0, 2, false, times, over, plus, unit);
  }

  /** The second word of an answer of two. */
  private static Scale second(double times, double over, double plus, String unit) {
    return new Scale(2, 2, false, times, over, plus, unit);
  }
}
