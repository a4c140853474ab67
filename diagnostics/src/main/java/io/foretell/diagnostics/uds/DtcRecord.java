package io.foretell.diagnostics.uds;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A trouble code in an answer, with what the sub-function says of it.
 *
 * @param dtc three bytes: two of SAE J2012, and the failure type byte
 * @param status ISO 14229-1 annex D.2; 0 where the sub-function names none
 * @param severity severity byte (annex D.3): bits 7–5 check immediately, at next halt, maintenance
 *     only; 4–0 class
 * @param functionalUnit which unit reports it
 * @param detectionCounter two's complement, -128 … 127; 127: failed
 * @param records snapshot or extended data records
 */
public record DtcRecord(
    int dtc,
    int status,
    OptionalInt severity,
    OptionalInt functionalUnit,
    OptionalInt detectionCounter,
    Optional<Records> records) {
  /** What kind of records, and the records. */
  public record Records(Kind kind, List<Data> data) {
    /** Copies the records. */
    public Records {
      data = List.copyOf(data);
    }
  }

  /** What records are. */
  public enum Kind {
    SNAPSHOT,
    STORED_DATA,
    EXTENDED
  }

  /**
   * One data item.
   *
   * @param record record number
   * @param did data identifier; -1 in extended data
   * @param bytes the data
   */
  public record Data(int record, int did, byte[] bytes) {}

  static DtcRecord of(int dtc, int status) {
    return new DtcRecord(
        dtc,
        status,
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty());
  }

  static DtcRecord of(int dtc, int status, Records records) {
    return new DtcRecord(
        dtc,
        status,
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.of(records));
  }
}
