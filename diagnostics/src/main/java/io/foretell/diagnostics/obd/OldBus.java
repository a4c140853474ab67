package io.foretell.diagnostics.obd;

import java.util.function.Predicate;

/**
 * Header and checksum of the buses before CAN.
 *
 * <pre>
 *   ISO 9141-2       48 6B source, data, sum of all bytes modulo 256
 *   ISO 14230-2      80|length, target, source, data, the same sum; length 0: a fourth byte has it
 *   SAE J1850        priority, target, source, data, CRC-8 (1D, from FF, inverted)
 * </pre>
 */
final class OldBus {
  private static final int HEADER = 3;
  private static final int ADDRESSED = 0x80;
  private static final int LENGTH = 0x3F;
  private static final int POLYNOMIAL = 0x1D;

  private OldBus() {}

  /** How many bytes of header a line has; 0: none. */
  static int header(byte[] frame, Predicate<Byte> answers) {
    if (frame.length <= HEADER + 1 || answers.test(frame[0])) {
      return 0;
    }
    if (answers.test(frame[HEADER])) {
      return HEADER;
    }
    boolean longer = (frame[0] & ADDRESSED) != 0 && (frame[0] & LENGTH) == 0;
    return longer && frame.length > HEADER + 2 && answers.test(frame[HEADER + 1]) ? HEADER + 1 : 0;
  }

  /** What is wrong with a line that has a header; empty where nothing is. */
  static String wrong(byte[] frame, int header) {
    int last = frame.length - 1;
    int sum = 0;
    int crc = 0xFF;
    for (int i = 0; i < last; i++) {
      sum += frame[i];
      crc = next(crc, frame[i] & 0xFF);
    }
    int check = frame[last] & 0xFF;
    if ((frame[0] & ADDRESSED) == 0) {
      return (sum & 0xFF) == check || (crc ^ 0xFF) == check ? "" : "the checksum is wrong";
    }
    int length = header > HEADER ? frame[HEADER] & 0xFF : frame[0] & LENGTH;
    if (length != last - header) {
      return "the header says " + length + " bytes, there are " + (last - header);
    }
    return (sum & 0xFF) == check ? "" : "the checksum is wrong";
  }

  private static int next(int crc, int value) {
    int next = crc ^ value;
    for (int i = 0; i < Byte.SIZE; i++) {
      next = (next & 0x80) != 0 ? (next << 1 ^ POLYNOMIAL) & 0xFF : next << 1;
    }
    return next;
  }
}
