package io.foretell.diagnostics.industrial;

import io.foretell.proto.Fault;
import java.util.Locale;

/**
 * An event of an IO-Link device or master (IEC 61131-9; IO-Link interface specification 1.1.3,
 * annex A.6.4 and D).
 *
 * <pre>
 *   qualifier  bits 7 6  mode: 1 single shot, 2 disappears, 3 appears
 *              bits 5 4  type: 1 notification, 2 warning, 3 error
 *              bit 3     source: 0 device, 1 master or port
 *              bits 2–0  instance
 *   code       16 bits
 * </pre>
 *
 * A fault's code is the event code ({@code 0x4000}, {@code M0x1800} from a master); its sub-type is
 * the instance.
 */
public final class IoLink {
  /** The family of its faults. */
  public static final String FAMILY = "iolink";

  private static final String CLAUSE = "IO-Link 1.1.3 annex A.6.4";
  private static final String CODES = "IO-Link 1.1.3 annex D.2";
  private static final String[] MODES = {"reserved", "single shot", "disappears", "appears"};
  private static final String[] TYPES = {"reserved", "notification", "warning", "error"};
  private static final int SINGLE = 1;
  private static final int DISAPPEARS = 2;
  private static final int WARNING = 2;
  private static final int ERROR = 3;

  private IoLink() {}

  /** Reads an event. */
  public static DeviceStatus read(int qualifier, int code, String system) {
    int mode = qualifier >>> 6 & 3;
    int type = qualifier >>> 4 & 3;
    boolean master = (qualifier & 8) != 0;
    int instance = qualifier & 7;
    String notation = notation(master, code & 0xFFFF);
    String words = words(master, code & 0xFFFF);
    DeviceStatus.Draft draft = new DeviceStatus.Draft(FAMILY, system);
    draft.field("mode", MODES[mode]);
    draft.field("type", TYPES[type]);
    draft.field("source", master ? "master" : "device");
    draft.field("instance", Integer.toString(instance));
    draft.field("event", words);
    String bits = "bits 7–6 " + MODES[mode] + ", 5–4 " + TYPES[type] + ", 3 source, 2–0 instance";
    draft.step(0, 1, bits, CLAUSE);
    draft.step(1, 2, "event code " + notation + ": " + words, CODES);
    draft.condition(notation, instance, signal(master, code & 0xFFFF, type), status(mode), words);
    return draft.whole(false);
  }

  /** The canonical notation of a code. */
  public static String notation(boolean master, int code) {
    return (master ? "M" : "") + String.format(Locale.ROOT, "0x%04X", code);
  }

  private static int status(int mode) {
    return switch (mode) {
      case DISAPPEARS -> Fault.CONFIRMED;
      case SINGLE -> Fault.TEST_FAILED;
      default -> Fault.TEST_FAILED | Fault.CONFIRMED;
    };
  }

  /** The type says how bad; the code may say more precisely what a warning is about. */
  private static Ne107 signal(boolean master, int code, int type) {
    StatusText text = Texts.find(FAMILY, notation(master, code));
    boolean known = text != null && text.signal() != Ne107.GOOD;
    return switch (type) {
      case ERROR -> Ne107.FAILURE;
      case WARNING ->
          known && text != null && text.signal() != Ne107.FAILURE
              ? text.signal()
              : Ne107.OUT_OF_SPECIFICATION;
      default -> Ne107.GOOD;
    };
  }

  private static String words(boolean master, int code) {
    StatusText text = Texts.find(FAMILY, notation(master, code));
    if (text != null) {
      return text.english();
    }
    String range =
        code >= 0x1800 && code <= 0x18FF || code >= 0x8CA0 && code <= 0x8DFF
            ? "Maker's own event"
            : code >= 0xB000 && code <= 0xBFFF
                ? "Event of a device profile"
                : "Event of a reserved code";
    return range + " " + String.format(Locale.ROOT, "0x%04X", code);
  }
}
