package io.foretell.diagnostics.industrial;

import java.util.Locale;

/**
 * The status byte of a PROFIBUS PA value: classic (PA profile 3.0, table of clause 4.3) and
 * condensed (PA profile 3.02 amendment 2, "condensed status").
 *
 * <pre>
 *   bits 7 6      quality: 00 bad, 01 uncertain, 10 good (not cascade), 11 good (cascade)
 *   bits 5 4 3 2  substatus
 *   bits 1 0      limits: 0 none, 1 low, 2 high, 3 constant
 * </pre>
 *
 * A fault's code is the byte without its limits, in hex, {@code Q} before it where it is classic
 * and {@code C} where it is condensed; its sub-type is the limits.
 */
public final class ProfibusPa {
  /** The family of its faults. */
  public static final String FAMILY = "profibus";

  private static final String[] QUALITY = {
    "bad", "uncertain", "good (not cascade)", "good (cascade)"
  };
  private static final String[] LIMITS = {"not limited", "limited low", "limited high", "constant"};
  private static final Ne107[] OTHERWISE = {
    Ne107.FAILURE, Ne107.OUT_OF_SPECIFICATION, Ne107.GOOD, Ne107.GOOD
  };

  private ProfibusPa() {}

  /** Reads a classic status byte. */
  public static DeviceStatus classic(int status, String system) {
    return read(status & 0xFF, "Q", "PROFIBUS PA profile 3.0, 4.3", system);
  }

  /** Reads a condensed status byte. */
  public static DeviceStatus condensed(int status, String system) {
    return read(
        status & 0xFF,
        "C",
        "PROFIBUS PA profile 3.02, condensed status (values from memory)",
        system);
  }

  private static DeviceStatus read(int status, String form, String clause, String system) {
    DeviceStatus.Draft draft = new DeviceStatus.Draft(FAMILY, system);
    int quality = status >>> 6;
    int limits = status & 3;
    String code = form + String.format(Locale.ROOT, "%02X", status & 0xFC);
    StatusText text = Texts.find(FAMILY, code);
    String words =
        text != null
            ? text.english()
            : "Value " + QUALITY[quality] + ", substatus " + (status >>> 2 & 15);
    Ne107 signal = text != null ? text.signal() : OTHERWISE[quality];
    draft.field("quality", QUALITY[quality]);
    draft.field("substatus", words);
    draft.field("limits", LIMITS[limits]);
    draft.step(0, 1, "bits 7–6 " + QUALITY[quality] + ", bits 5–2 substatus: " + words, clause);
    draft.step(0, 1, "bits 1–0 " + LIMITS[limits], clause);
    draft.condition(code, limits == 0 ? -1 : limits, signal, signal.status(), words);
    return draft.whole(true);
  }
}
