package io.foretell.diagnostics.uds;

import java.util.List;
import java.util.OptionalInt;

/**
 * A decoded answer to ReadDTCInformation (0x19).
 *
 * @param subFunction which question it answers
 * @param count how many codes: as counted by the control unit, or named here
 * @param availability which status bits the unit supports
 * @param format DTC format identifier: 0 SAE J2012-DA, 1 ISO 14229-1, 2 SAE J1939-73, 3 ISO
 *     11992-4, 4 SAE J2012-DA WWH-OBD
 * @param group functional group identifier of WWH-OBD: 0x33 emissions
 * @param memory which user-defined memory was read
 * @param record record number asked for, or readiness group of sub-function 56
 * @param severityMask which severity bits the unit supports
 * @param dtcs the codes
 */
public record DtcReport(
    int subFunction,
    int count,
    OptionalInt availability,
    OptionalInt format,
    OptionalInt group,
    OptionalInt memory,
    OptionalInt record,
    OptionalInt severityMask,
    List<DtcRecord> dtcs) {
  /** Copies the codes. */
  public DtcReport {
    dtcs = List.copyOf(dtcs);
  }
}
