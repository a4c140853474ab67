package io.foretell.diagnostics.codes;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fault code in its family's canonical notation, read from any of the forms in which devices and
 * people write it: {@code P0301}, {@code u3e1b-14}, {@code SPN 102 FMI 3}, {@code 102/3}, {@code
 * 0xFE1B14}. What is in no known form belongs to the family {@link #MAKER} and keeps its text.
 *
 * @param family {@link #OBD} (two bytes), {@link #UDS} (three), {@link #J1939}, {@link #MAKER} or
 *     that of a status word ({@code hart}, {@code iolink}, …: {@code HART D7}, {@code IO-Link
 *     0x5100})
 * @param code {@code P0301}, {@code SPN 102}, or the maker's own text
 * @param subType failure type byte or FMI; -1 where none is given
 */
public record Notation(String family, String code, int subType) {
  /** Two-byte codes of SAE J2012. */
  public static final String OBD = "obd";

  /** Three-byte codes of ISO 14229-1: SAE J2012 with a failure type byte. */
  public static final String UDS = "uds";

  /** SPN and FMI of SAE J1939-73. */
  public static final String J1939 = "j1939";

  /** Codes of no standard. */
  public static final String MAKER = "maker";

  /** Families of industrial status words, as people write them, to the family's name. */
  private static final Map<String, String> STATUS =
      Map.of(
          "NE107", "ne107",
          "HART", "hart",
          "PROFIBUS", "profibus",
          "IOLINK", "iolink",
          "OPCUA", "opcua",
          "EMCY", "canopen",
          "CANOPEN", "canopen",
          "MODBUS", "modbus",
          "CIP", "cip");

  private static final Pattern STATUS_FORM =
      Pattern.compile(
          "(?:NAMUR )?(NE ?107|HART|PROFIBUS|IO[- ]?LINK|OPC ?UA|EMCY|CANOPEN|MODBUS|CIP)[ :]+"
              + "(?:(?:EXCEPTION|ERROR|EVENT|STATUS|CODE)[ :]+){0,2}(\\S+)");

  /** How many hex digits a code has where it may stand without 0x. */
  private static final Map<String, Integer> DIGITS =
      Map.of("canopen", 4, "iolink", 4, "opcua", 8, "cip", 2);

  private static final Pattern HEX = Pattern.compile("[0-9A-F]+");

  /** That a number is one to the base 16. */
  private static final Pattern HEX_MARKS = Pattern.compile("^(?:0X|\\$)|(?<=[0-9A-F])H$");

  /** A code of Modbus: in its tables it is a plain number. */
  private static final Pattern EXCEPTION = Pattern.compile("\\d{1,3}|0X[0-9A-F]{1,2}");

  /** What people write around a code. */
  private static final Pattern AROUND =
      Pattern.compile("^[\\p{Punct}\\s]*(?:(?:DTC|CODE|FAULT|故障码)[\\s:#]+)?|[\\p{Punct}\\s]+$");

  /** What word processors and PDF files make of a hyphen. */
  private static final Pattern DASH = Pattern.compile("[\\p{Pd}\u2212]");

  private static final int LONGEST = 64;
  private static final int LARGEST_SPN = 0x7FFFF;
  private static final Pattern LETTERS =
      Pattern.compile(
          "([PCBU])\\s?([0-3][0-9A-F]{3})(?:\\s?[-:/._ (]?\\s?(?:FTB\\s?)?(?:0X)?([0-9A-F]{2}))?");

  /** How often it occurred. */
  private static final String COUNT = "(?:\\W{1,3}OC\\s?[-:=#]?\\s?\\d{1,3})?";

  private static final Pattern SPN =
      Pattern.compile(
          "(?:J1939\\s?)?SPN\\s?[-:=#]?\\s?(\\d{1,6})(?:(?:\\W{0,3}FMI\\s?[-:=#]?|\\s?[/:-])\\s?(\\d{1,2}))?"
              + COUNT);
  private static final Pattern FMI_FIRST =
      Pattern.compile("FMI\\s?[-:=#]?\\s?(\\d{1,2})\\W{0,3}SPN\\s?[-:=#]?\\s?(\\d{1,6})" + COUNT);
  private static final Pattern PAIR = Pattern.compile("(\\d{1,6})\\s?[/:-]\\s?(\\d{1,2})");
  private static final Pattern HEX24 = Pattern.compile("(?:0X|\\$)?([0-9A-F]{6})H?");
  private static final Pattern HEX16 = Pattern.compile("(?:0X|\\$)([0-9A-F]{4})|([0-9A-F]{4})H");

  /**
   * Reads a code as it was written; never fails. What is in no form as it stands is read once more
   * without what people write around a code, and full-width letters and any dash as plain ones.
   */
  public static Notation of(String written) {
    String plain = plain(written);
    Optional<Notation> known = known(plain.toUpperCase(Locale.ROOT));
    if (known.isEmpty()) {
      String narrow = Normalizer.normalize(plain, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT);
      narrow = DASH.matcher(narrow).replaceAll("-");
      known = known(AROUND.matcher(narrow).replaceAll(""));
    }
    return known.orElseGet(() -> new Notation(MAKER, plain, -1));
  }

  private static Optional<Notation> known(String upper) {
    Matcher m = LETTERS.matcher(upper);
    if (m.matches()) {
      String code = m.group(1) + m.group(2);
      return Optional.of(
          m.group(3) == null
              ? new Notation(OBD, code, -1)
              : new Notation(UDS, code, Integer.parseInt(m.group(3), 16)));
    }
    m = SPN.matcher(upper);
    if (m.matches() || (m = PAIR.matcher(upper)).matches()) {
      int spn = Integer.parseInt(m.group(1));
      int fmi = m.group(2) == null ? -1 : Integer.parseInt(m.group(2));
      if (spn <= LARGEST_SPN && fmi <= 31) {
        return Optional.of(j1939(spn, fmi));
      }
    }
    m = FMI_FIRST.matcher(upper);
    if (m.matches()) {
      return known("SPN " + m.group(2) + " FMI " + m.group(1));
    }
    m = HEX24.matcher(upper);
    if (m.matches()) {
      return Optional.of(uds(Integer.parseInt(m.group(1), 16)));
    }
    m = HEX16.matcher(upper);
    if (m.matches()) {
      int code = Integer.parseInt(m.group(1) == null ? m.group(2) : m.group(1), 16);
      return Optional.of(new Notation(OBD, J2012.letters(code), -1));
    }
    m = STATUS_FORM.matcher(upper);
    return m.matches() ? Optional.of(status(m.group(1), m.group(2))) : Optional.empty();
  }

  private static Notation status(String word, String written) {
    String family = String.valueOf(STATUS.get(word.replaceAll("[ -]", "")));
    String digits = HEX_MARKS.matcher(written).replaceAll("");
    int most = DIGITS.getOrDefault(family, 0);
    boolean marked = !digits.equals(written);
    if (digits.length() <= most && HEX.matcher(digits).matches()) {
      boolean whole = digits.length() == most || marked || family.equals("cip");
      return new Notation(
          family, whole ? "0x" + "0".repeat(most - digits.length()) + digits : written, -1);
    }
    if (family.equals("modbus") && EXCEPTION.matcher(marked ? "0X" + digits : digits).matches()) {
      return new Notation(family, Integer.toString(Integer.parseInt(digits, marked ? 16 : 10)), -1);
    }
    return new Notation(family, written.replace("0X", "0x"), -1);
  }

  /** The notation of an SPN and FMI; {@code fmi} -1 where none is given. */
  public static Notation j1939(int spn, int fmi) {
    return new Notation(J1939, "SPN " + spn, fmi);
  }

  /** The notation of a three-byte code. */
  public static Notation uds(int dtc24) {
    return new Notation(UDS, J2012.letters(dtc24 >>> 8), dtc24 & 0xFF);
  }

  /** How it is written: {@code P0301}, {@code U3E1B-14}, {@code SPN 102 FMI 3}, {@code HART D7}. */
  public String written() {
    if (isStatus()) {
      return family.toUpperCase(Locale.ROOT) + " " + code;
    }
    if (subType < 0) {
      return code;
    }
    return family.equals(J1939)
        ? code + " FMI " + subType
        : code + String.format(Locale.ROOT, "-%02X", subType);
  }

  /** The SPN; -1 in another family. */
  public int spn() {
    return family.equals(J1939) ? Integer.parseInt(code.substring(4)) : -1;
  }

  /** Whether it is a code of SAE J2012. */
  public boolean isJ2012() {
    return family.equals(OBD) || family.equals(UDS);
  }

  /** Whether it is a status word of an industrial standard. */
  public boolean isStatus() {
    return STATUS.containsValue(family);
  }

  private static String plain(String written) {
    StringBuilder text = new StringBuilder();
    boolean gap = false;
    for (int i = 0; i < written.length(); i += Character.charCount(written.codePointAt(i))) {
      int c = written.codePointAt(i);
      if (c <= ' ' || Character.isISOControl(c) || Character.isWhitespace(c)) {
        gap = text.length() > 0;
        continue;
      }
      if (text.length() + (gap ? 1 : 0) + Character.charCount(c) > LONGEST) {
        break;
      }
      if (gap) {
        text.append(' ');
        gap = false;
      }
      text.appendCodePoint(c);
    }
    return text.toString();
  }
}
