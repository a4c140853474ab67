package io.foretell.diagnostics.obdb;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * One command of an OBDb signal set.
 *
 * @param header identifier it is sent to, in hex
 * @param answerer identifier that answers; empty: as the header says
 * @param extension address byte of extended addressing, in hex; empty: none
 * @param code service and what is asked for, in hex: {@code 010C}, {@code 22F407}
 * @param from first model year that has it; 0: any
 * @param to last model year that has it; 9999: any
 */
public record ObdbCommand(
    String header,
    String answerer,
    String extension,
    String code,
    int from,
    int to,
    List<ObdbSignal> signals) {
  /** Of a command that every later year has. */
  public static final int LAST_YEAR = 9999;

  private static final int EXTENDED = 1 << 31;
  private static final int ANSWERS_AFTER = 8;
  private static final int FUNCTIONAL = 0x7DF;
  private static final int FIRST_UNIT = 0x7E8;
  private static final int LAST_UNIT = 0x7EF;
  private static final int TO_TESTER = 0x18DAF100;
  private static final int ADDRESS = 0xFF;
  private static final int PHYSICAL_FORMAT = 0xDA;
  private static final int FUNCTIONAL_FORMAT = 0xDB;

  /** Copies the signals. */
  public ObdbCommand {
    signals = List.copyOf(signals);
  }

  /** Whether a model year has it; an unknown year (0) has all. */
  public boolean in(int year) {
    return year == 0 || from <= year && year <= to;
  }

  /** The bytes with which an answer begins. */
  public byte[] answer() {
    byte[] prefix = HexFormat.of().parseHex(code);
    prefix[0] |= 0x40;
    return prefix;
  }

  /**
   * Whether an identifier is meant by the hex digits of an answerer: with two of them, the source
   * address of a 29-bit identifier (ISO 15765-2 normal fixed addressing).
   */
  public static boolean answers(int id, String answerer) {
    int plain = id & Integer.MAX_VALUE;
    return answerer.length() == 2
        ? String.format(Locale.ROOT, "%02X", plain & ADDRESS).equalsIgnoreCase(answerer)
        : String.format(Locale.ROOT, "%03X", plain).equalsIgnoreCase(answerer);
  }

  /**
   * Whether a control unit that is asked by this command answers with an identifier: the answerer
   * where the set names it (two digits: a source address; three: 11 bits; more: the end of a 29-bit
   * identifier), otherwise eight above the header, or for 29 bits the header's target as source
   * towards a tester (ISO 15765-4, legislated identifiers).
   *
   * @param id bit 31 set: 29 bits
   */
  public boolean isAnsweredBy(int id) {
    boolean extended = (id & EXTENDED) != 0;
    int plain = id & Integer.MAX_VALUE;
    boolean towardsTester = extended && (plain & ~ADDRESS) == TO_TESTER;
    if (!answerer.isEmpty()) {
      int wanted = Integer.parseUnsignedInt(answerer, 16);
      return switch (answerer.length()) {
        case 2 -> towardsTester && (plain & ADDRESS) == wanted;
        case 3 -> id == wanted;
        default -> extended && (plain & (1L << 4 * answerer.length()) - 1) == wanted;
      };
    }
    int to = Integer.parseUnsignedInt(header, 16);
    if (header.length() == 3) {
      return to == FUNCTIONAL ? id >= FIRST_UNIT && id <= LAST_UNIT : id == to + ANSWERS_AFTER;
    }
    int target = header.length() == 4 ? to : to >>> 8 & 0xFFFF;
    int format = target >>> 8;
    return towardsTester
        && (format == FUNCTIONAL_FORMAT
            || format == PHYSICAL_FORMAT && (plain & ADDRESS) == (target & ADDRESS));
  }
}
