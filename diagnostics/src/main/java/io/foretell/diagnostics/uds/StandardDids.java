package io.foretell.diagnostics.uds;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Data identifiers that ISO 14229-1 annex C.1 defines, with their length where it is fixed. */
final class StandardDids {
  private static final String TABLE =
      """
      F180 0 bootSoftwareIdentification
      F181 0 applicationSoftwareIdentification
      F182 0 applicationDataIdentification
      F183 0 bootSoftwareFingerprint
      F184 0 applicationSoftwareFingerprint
      F185 0 applicationDataFingerprint
      F186 1 activeDiagnosticSession
      F187 t vehicleManufacturerSparePartNumber
      F188 t vehicleManufacturerECUSoftwareNumber
      F189 t vehicleManufacturerECUSoftwareVersionNumber
      F18A t systemSupplierIdentifier
      F18B 0 ECUManufacturingDate
      F18C t ECUSerialNumber
      F18D 0 supportedFunctionalUnits
      F18E t vehicleManufacturerKitAssemblyPartNumber
      F190 17 VIN
      F191 t vehicleManufacturerECUHardwareNumber
      F192 t systemSupplierECUHardwareNumber
      F193 t systemSupplierECUHardwareVersionNumber
      F194 t systemSupplierECUSoftwareNumber
      F195 t systemSupplierECUSoftwareVersionNumber
      F196 t exhaustRegulationOrTypeApprovalNumber
      F197 t systemNameOrEngineType
      F198 0 repairShopCodeOrTesterSerialNumber
      F199 0 programmingDate
      F19A 0 calibrationRepairShopCodeOrCalibrationEquipmentSerialNumber
      F19B 0 calibrationDate
      F19C 0 calibrationEquipmentSoftwareNumber
      F19D 0 ECUInstallationDate
      F19E t ODXFile
      F19F 0 entityData
      FF00 4 UDSVersion
      """;

  private StandardDids() {}

  static Map<Integer, Definition.Item> read() {
    Map<Integer, Definition.Item> items = new HashMap<>();
    for (String line : TABLE.lines().toList()) {
      String[] row = line.split(" ");
      boolean text = row[1].equals("t") || row[1].equals("17");
      int length = row[1].equals("t") ? 0 : Integer.parseInt(row[1]);
      items.put(
          Integer.valueOf(row[0], 16),
          new Definition.Item(row[2], length, text ? List.of(text(row[2])) : List.of()));
    }
    return items;
  }

  private static Definition.Field text(String name) {
    return new Definition.Field(name, 0, 0, false, 1, 0, "", Map.of());
  }
}
