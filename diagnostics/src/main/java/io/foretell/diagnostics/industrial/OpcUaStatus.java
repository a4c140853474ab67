package io.foretell.diagnostics.industrial;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A StatusCode of OPC UA (OPC 10000-4 clause 7.39, codes of OPC 10000-6 annex A.2 and OPC 10000-8).
 *
 * <pre>
 *   bits 31 30   severity: 00 good, 01 uncertain, 10 bad
 *   bits 27–16   sub-code
 *   bit 15, 14   structure changed, semantics changed
 *   bits 11 10   info type: 01 the bits below belong to a value
 *   bits 9 8     limits; bit 7 overflow; bits 4–0 historian
 * </pre>
 *
 * A fault's code is severity and sub-code in hex: {@code 0x808C0000}.
 */
public final class OpcUaStatus {
  /** The family of its faults. */
  public static final String FAMILY = "opcua";

  private static final String CLAUSE = "OPC 10000-4 7.39";
  private static final String[] SEVERITY = {"good", "uncertain", "bad", "reserved"};
  private static final String[] LIMITS = {"none", "low", "high", "constant"};
  private static final int CODE = 0xFFFF_0000;
  private static final int DATA_VALUE = 1;

  private OpcUaStatus() {}

  /** Reads a StatusCode. */
  public static DeviceStatus read(int status, String system) {
    int severity = status >>> 30;
    String code = notation(status & CODE);
    StatusText text = Texts.find(FAMILY, code);
    String words =
        text != null
            ? text.english()
            : "Status " + SEVERITY[severity] + ", sub-code " + (status >>> 16 & 0xFFF);
    Ne107 signal = severity == 0 ? Ne107.GOOD : text != null ? text.signal() : otherwise(severity);
    DeviceStatus.Draft draft = new DeviceStatus.Draft(FAMILY, system);
    draft.field("severity", SEVERITY[severity]);
    draft.field("status", words);
    draft.step(0, 4, "bits 31–30 " + SEVERITY[severity], CLAUSE);
    draft.step(0, 4, "bits 27–16: " + words, "OPC 10000-6 A.2");
    List<String> info = info(status);
    if (!info.isEmpty()) {
      draft.field("info", String.join(", ", info));
      draft.step(0, 4, "bits 15–0: " + String.join(", ", info), CLAUSE);
    }
    draft.condition(code, signal, words);
    return draft.whole(true);
  }

  /** The canonical notation: without the bits that say nothing of what is wrong. */
  public static String notation(int status) {
    return String.format(Locale.ROOT, "0x%08X", status & CODE);
  }

  private static Ne107 otherwise(int severity) {
    return severity == 1 ? Ne107.OUT_OF_SPECIFICATION : Ne107.FAILURE;
  }

  private static List<String> info(int status) {
    List<String> info = new ArrayList<>();
    if ((status & 1 << 15) != 0) {
      info.add("structure changed");
    }
    if ((status & 1 << 14) != 0) {
      info.add("semantics changed");
    }
    if ((status >>> 10 & 3) == DATA_VALUE) {
      info.add("limits " + LIMITS[status >>> 8 & 3]);
      if ((status & 1 << 7) != 0) {
        info.add("overflow");
      }
      if ((status & 0x1F) != 0) {
        info.add("historian bits " + (status & 0x1F));
      }
    }
    return info;
  }
}
