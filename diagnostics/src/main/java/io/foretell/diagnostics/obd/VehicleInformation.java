package io.foretell.diagnostics.obd;

import io.foretell.diagnostics.trace.Trace;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Answers of service 09, SAE J1979 clause 6.9 and annex G. */
final class VehicleInformation {
  private static final List<String> SPARK =
      List.of(
          "OBDCOND",
          "IGNCNTR",
          "CATCOMP1",
          "CATCOND1",
          "CATCOMP2",
          "CATCOND2",
          "O2SCOMP1",
          "O2SCOND1",
          "O2SCOMP2",
          "O2SCOND2",
          "EGRCOMP",
          "EGRCOND",
          "AIRCOMP",
          "AIRCOND",
          "EVAPCOMP",
          "EVAPCOND",
          "SO2SCOMP1",
          "SO2SCOND1",
          "SO2SCOMP2",
          "SO2SCOND2",
          "AFRICOMP1",
          "AFRICOND1",
          "AFRICOMP2",
          "AFRICOND2",
          "PFCOMP1",
          "PFCOND1",
          "PFCOMP2",
          "PFCOND2");
  private static final List<String> COMPRESSION =
      List.of(
          "OBDCOND",
          "IGNCNTR",
          "HCCATCOMP",
          "HCCATCOND",
          "NCATCOMP",
          "NCATCOND",
          "NADSCOMP",
          "NADSCOND",
          "PMCOMP",
          "PMCOND",
          "EGSCOMP",
          "EGSCOND",
          "EGRCOMP",
          "EGRCOND",
          "BPCOMP",
          "BPCOND",
          "FUELCOMP",
          "FUELCOND");

  private VehicleInformation() {}

  static ObdValue decode(int type, byte[] data, Trace trace) {
    String clause = String.format(Locale.ROOT, "SAE J1979 6.9, info type %02X", type);
    trace.step(2, data.length - 2, what(type), clause);
    return switch (type) {
      case 0x01, 0x03, 0x05, 0x07, 0x09 -> {
        if (data.length < 3) {
          throw new InvalidInputException(ReasonCode.TRUNCATED_FRAME, "the answer has no count");
        }
        yield new ObdValue.Quantity(data[2] & 0xFF, "count");
      }
      case 0x02 -> new ObdValue.Identification(text(data, 17));
      case 0x04 -> new ObdValue.Identification(text(data, 16));
      case 0x06 -> new ObdValue.Identification(items(data, 4));
      case 0x08 -> new ObdValue.Counters(counters(data, SPARK));
      case 0x0A -> new ObdValue.Identification(text(data, 20));
      case 0x0B -> new ObdValue.Counters(counters(data, COMPRESSION));
      case 0x0D -> new ObdValue.Identification(text(data, 17));
      case 0x0F -> new ObdValue.Identification(text(data, 17));
      default -> new ObdValue.Identification(Arrays.copyOfRange(data, 2, data.length));
    };
  }

  private static String what(int type) {
    return switch (type) {
      case 0x01, 0x03, 0x05, 0x07, 0x09 -> "how many messages the item after it takes";
      case 0x02 -> "VIN, 17 characters, filled up with zeros in front";
      case 0x04 -> "calibration identifications, 16 characters each";
      case 0x06 -> "calibration verification numbers, 4 bytes each";
      case 0x08 -> "in-use performance tracking of spark ignition, 2 bytes each";
      case 0x0A -> "name of the control unit, 20 characters";
      case 0x0B -> "in-use performance tracking of compression ignition, 2 bytes each";
      case 0x0D -> "engine serial number";
      case 0x0F -> "exhaust regulation or type approval number";
      default -> "as it is";
    };
  }

  /** Whole items without the count that comes before them on CAN. */
  private static byte[] items(byte[] data, int size) {
    boolean counted =
        data.length > 3
            && (data.length - 3) % size == 0
            && (data[2] & 0xFF) == (data.length - 3) / size;
    return Arrays.copyOfRange(data, counted ? 3 : 2, data.length);
  }

  /** Text without the count, and without the zeros that fill it up at either end. */
  private static byte[] text(byte[] data, int size) {
    byte[] items = items(data, size);
    int from = 0;
    int to = items.length;
    while (from < to && items[from] == 0) {
      from++;
    }
    while (to > from && items[to - 1] == 0) {
      to--;
    }
    return Arrays.copyOfRange(items, from, to);
  }

  private static Map<String, Integer> counters(byte[] data, List<String> names) {
    Map<String, Integer> counters = new LinkedHashMap<>();
    for (int at = data.length % 2 == 1 ? 3 : 2; at + 1 < data.length; at += 2) {
      int n = counters.size();
      String name = n < names.size() ? names.get(n) : "COUNTER" + (n + 1);
      counters.put(name, (data[at] & 0xFF) << 8 | data[at + 1] & 0xFF);
    }
    return counters;
  }
}
