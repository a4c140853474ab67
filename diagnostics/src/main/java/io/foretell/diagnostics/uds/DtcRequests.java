package io.foretell.diagnostics.uds;

import java.util.List;

/** What follows the sub-function in requests of ReadDTCInformation, ISO 14229-1 clause 12.3.2. */
final class DtcRequests {
  private static final String MASK = "DTCStatusMask";
  private static final String DTC = "DTC";
  private static final String MEMORY = "memorySelection";
  private static final String GROUP = "functionalGroupIdentifier";
  private static final String SNAPSHOT = "DTCSnapshotRecordNumber";
  private static final String EXTENDED = "DTCExtDataRecordNumber";
  private static final String SEVERITY = "DTCSeverityMask";

  private DtcRequests() {}

  static List<String> parts(int sub) {
    return switch (sub) {
      case 0x01, 0x02, 0x0F, 0x11, 0x12, 0x13 -> List.of(MASK);
      case 0x04 -> List.of(DTC, SNAPSHOT);
      case 0x05 -> List.of("DTCStoredDataRecordNumber");
      case 0x06, 0x10 -> List.of(DTC, EXTENDED);
      case 0x07, 0x08 -> List.of(SEVERITY, MASK);
      case 0x09 -> List.of(DTC);
      case 0x16, 0x1A -> List.of(EXTENDED);
      case 0x17 -> List.of(MASK, MEMORY);
      case 0x18 -> List.of(DTC, SNAPSHOT, MEMORY);
      case 0x19 -> List.of(DTC, EXTENDED, MEMORY);
      case 0x42 -> List.of(GROUP, MASK, SEVERITY);
      case 0x55 -> List.of(GROUP);
      case 0x56 -> List.of(GROUP, "DTCReadinessGroupIdentifier");
      default -> List.of();
    };
  }

  /** The sub-function's name. */
  static String name(int sub) {
    return switch (sub) {
      case 0x01 -> "reportNumberOfDTCByStatusMask";
      case 0x02 -> "reportDTCByStatusMask";
      case 0x03 -> "reportDTCSnapshotIdentification";
      case 0x04 -> "reportDTCSnapshotRecordByDTCNumber";
      case 0x05 -> "reportDTCStoredDataByRecordNumber";
      case 0x06 -> "reportDTCExtDataRecordByDTCNumber";
      case 0x07 -> "reportNumberOfDTCBySeverityMaskRecord";
      case 0x08 -> "reportDTCBySeverityMaskRecord";
      case 0x09 -> "reportSeverityInformationOfDTC";
      case 0x0A -> "reportSupportedDTC";
      case 0x0B -> "reportFirstTestFailedDTC";
      case 0x0C -> "reportFirstConfirmedDTC";
      case 0x0D -> "reportMostRecentTestFailedDTC";
      case 0x0E -> "reportMostRecentConfirmedDTC";
      case 0x0F -> "reportMirrorMemoryDTCByStatusMask";
      case 0x10 -> "reportMirrorMemoryDTCExtDataRecordByDTCNumber";
      case 0x11 -> "reportNumberOfMirrorMemoryDTCByStatusMask";
      case 0x12 -> "reportNumberOfEmissionsOBDDTCByStatusMask";
      case 0x13 -> "reportEmissionsOBDDTCByStatusMask";
      case 0x14 -> "reportDTCFaultDetectionCounter";
      case 0x15 -> "reportDTCWithPermanentStatus";
      case 0x16 -> "reportDTCExtDataRecordByRecordNumber";
      case 0x17 -> "reportUserDefMemoryDTCByStatusMask";
      case 0x18 -> "reportUserDefMemoryDTCSnapshotRecordByDTCNumber";
      case 0x19 -> "reportUserDefMemoryDTCExtDataRecordByDTCNumber";
      case 0x1A -> "reportSupportedDTCExtDataRecord";
      case 0x42 -> "reportWWHOBDDTCByMaskRecord";
      case 0x55 -> "reportWWHOBDDTCWithPermanentStatus";
      case 0x56 -> "reportDTCInformationByDTCReadinessGroupIdentifier";
      default -> "reserved";
    };
  }
}
