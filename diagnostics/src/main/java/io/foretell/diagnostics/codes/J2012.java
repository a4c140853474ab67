package io.foretell.diagnostics.codes;

/**
 * The letter form of trouble codes, SAE J2012 / ISO 15031-6.
 *
 * <pre>
 *   bit 15 14   13 12   11 … 8   7 … 4   3 … 0
 *   letter      digit   hex      hex     hex
 *   P C B U     0–3
 * </pre>
 */
public final class J2012 {
  private static final String LETTERS = "PCBU";
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private J2012() {}

  /** The letter form of a two-byte code: {@code 0x0301} is {@code P0301}. */
  public static String letters(int code) {
    char[] text = new char[5];
    put(text, code);
    return new String(text);
  }

  /** The letter form of a three-byte code with its failure type byte: {@code U3E1B-14}. */
  public static String lettersWithType(int dtc24) {
    char[] text = new char[8];
    put(text, dtc24 >>> 8);
    text[5] = '-';
    text[6] = HEX[dtc24 >>> 4 & 15];
    text[7] = HEX[dtc24 & 15];
    return new String(text);
  }

  /**
   * The two bytes of a letter form.
   *
   * @param code a letter of P, C, B, U, a digit of 0–3 and three hex digits, in upper case
   */
  public static int number(String code) {
    int letter = LETTERS.indexOf(code.charAt(0));
    return letter << 14 | Integer.parseInt(code.substring(1, 5), 16);
  }

  private static void put(char[] text, int code) {
    text[0] = LETTERS.charAt(code >>> 14 & 3);
    text[1] = HEX[code >>> 12 & 3];
    text[2] = HEX[code >>> 8 & 15];
    text[3] = HEX[code >>> 4 & 15];
    text[4] = HEX[code & 15];
  }
}
