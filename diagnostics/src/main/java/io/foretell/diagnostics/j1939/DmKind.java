package io.foretell.diagnostics.j1939;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The diagnostic messages of SAE J1939-73 that are decoded; DM n is clause 5.7.n. */
public enum DmKind {
  DM1(65226, "Active diagnostic trouble codes"),
  DM2(65227, "Previously active diagnostic trouble codes"),
  DM3(65228, "Diagnostic data clear/reset of previously active DTCs"),
  DM5(65230, "Diagnostic readiness 1"),
  DM6(65231, "Emission-related pending DTCs"),
  DM7(58112, "Command non-continuously monitored test"),
  DM11(65235, "Diagnostic data clear/reset for active DTCs"),
  DM12(65236, "Emissions-related active DTCs"),
  DM19(54016, "Calibration information"),
  DM20(49664, "Monitor performance ratio"),
  DM21(49408, "Diagnostic readiness 2"),
  DM22(49920, "Individual clear/reset of active and previously active DTC"),
  DM23(64949, "Previously active emission-related faults"),
  DM24(64950, "SPN support"),
  DM25(64951, "Expanded freeze frame"),
  DM26(64952, "Diagnostic readiness 3"),
  DM27(64898, "All pending DTCs"),
  DM28(64896, "Permanent DTCs"),
  DM29(40448, "Regulated DTC counts"),
  DM30(41984, "Scaled test results"),
  DM31(41728, "DTC to lamp association"),
  DM33(41216, "Emission-increasing AECD active time"),
  DM34(40960, "NTE status"),
  DM56(64711, "Model year and certification engine family");

  private static final Map<Integer, DmKind> BY_PGN = new HashMap<>();

  static {
    for (DmKind kind : values()) {
      BY_PGN.put(kind.pgn, kind);
    }
  }

  private final int pgn;
  private final String title;

  DmKind(int pgn, String title) {
    this.pgn = pgn;
    this.title = title;
  }

  /** Parameter group number, without a destination. */
  public int pgn() {
    return pgn;
  }

  /** The standard's name. */
  public String title() {
    return title;
  }

  /** Where the standard defines it. */
  public String clause() {
    return "SAE J1939-73 5.7." + name().substring(2);
  }

  /** The message of a PGN; null where it is none of these. */
  public static @Nullable DmKind ofPgn(int pgn) {
    return BY_PGN.get(pgn);
  }
}
