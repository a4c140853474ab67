package io.foretell.diagnostics.uds;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The services of ISO 14229-1:2020, by the identifier of their request. */
final class Services {
  private static final String TABLE =
      """
      10 DiagnosticSessionControl 10.2 s
      11 ECUReset 10.3 s
      27 SecurityAccess 10.4 s
      28 CommunicationControl 10.5 s
      29 Authentication 10.6 s
      3E TesterPresent 10.7 s
      85 ControlDTCSetting 10.8 s
      86 ResponseOnEvent 10.9 s
      87 LinkControl 10.10 s
      22 ReadDataByIdentifier 11.2 -
      23 ReadMemoryByAddress 11.3 -
      24 ReadScalingDataByIdentifier 11.4 -
      2A ReadDataByPeriodicIdentifier 11.5 -
      2C DynamicallyDefineDataIdentifier 11.6 s
      2E WriteDataByIdentifier 11.7 -
      3D WriteMemoryByAddress 11.8 -
      14 ClearDiagnosticInformation 12.2 -
      19 ReadDTCInformation 12.3 s
      2F InputOutputControlByIdentifier 13.2 -
      31 RoutineControl 14.2 s
      34 RequestDownload 15.2 -
      35 RequestUpload 15.3 -
      36 TransferData 15.4 -
      37 RequestTransferExit 15.5 -
      38 RequestFileTransfer 15.6 -
      84 SecuredDataTransmission 16.2 -
      83 AccessTimingParameter (2013) s
      """;
  private static final Map<Integer, Service> BY_ID = new HashMap<>();

  static {
    TABLE
        .lines()
        .map(line -> line.split(" "))
        .forEach(
            row ->
                BY_ID.put(
                    Integer.valueOf(row[0], 16),
                    new Service(row[1], "ISO 14229-1 " + row[2], row[3].equals("s"))));
  }

  /**
   * A service.
   *
   * @param clause standard and clause
   * @param hasSubFunction whether its second byte is a sub-function
   */
  record Service(String name, String clause, boolean hasSubFunction) {}

  private Services() {}

  static @Nullable Service of(int sid) {
    return BY_ID.get(sid);
  }

  static String name(int sid) {
    Service service = BY_ID.get(sid);
    return service == null ? String.format(Locale.ROOT, "service %02X", sid) : service.name();
  }
}
