package io.foretell.diagnostics.obd;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decodes answers to services 01 (current data), 02 (freeze frame), 03, 07 and 0A (stored, pending
 * and permanent codes) and 09 (vehicle information), SAE J1979 clause 6.
 */
public final class ObdDecoder {
  private static final int POSITIVE = 0x40;
  private static final int NEGATIVE = 0x7F;

  private ObdDecoder() {}

  /**
   * Decodes a request's answers.
   *
   * @param request {@code 010C}, {@code 03}, …
   * @param answers one a control unit, the unit that counts first
   * @throws InvalidInputException where an answer is refused, cut off, or to another request
   */
  public static ObdValue decode(ObdRequest request, List<byte[]> answers) {
    if (answers.isEmpty()) {
      return new ObdValue.Nothing();
    }
    if (request.asksForCodes()) {
      List<Integer> codes = new ArrayList<>();
      answers.forEach(answer -> codes(request, answer, codes));
      return new ObdValue.Codes(codes);
    }
    byte[] answer = answers.get(0);
    check(request, answer);
    return switch (request.service()) {
      case 0x01 -> current(request.pid(), answer, 2);
      case 0x02 -> current(request.pid(), answer, 3);
      case 0x09 -> information(request.pid(), answer);
      default ->
          throw new InvalidInputException(
              ReasonCode.WRONG_SHAPE, "service " + request.service() + " is not decoded");
    };
  }

  private static void check(ObdRequest request, byte[] answer) {
    if (answer.length > 2 && (answer[0] & 0xFF) == NEGATIVE) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "refused with code " + (answer[2] & 0xFF));
    }
    need(answer, request.pid() < 0 ? 1 : 2);
    if ((answer[0] & 0xFF) != request.service() + POSITIVE
        || request.pid() >= 0 && (answer[1] & 0xFF) != request.pid()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "the answer is to another request");
    }
  }

  /** On CAN a count comes first; on older buses frames of three codes, padded with zeros. */
  private static void codes(ObdRequest request, byte[] answer, List<Integer> to) {
    check(request, answer);
    boolean counted = answer.length % 2 == 0;
    for (int at = counted ? 2 : 1; at + 1 < answer.length; at += 2) {
      int code = word(answer, at);
      if (code != 0) {
        to.add(code);
      }
    }
  }

  private static ObdValue current(int pid, byte[] data, int at) {
    @Nullable Scale scale = Scale.of(pid);
    if (scale != null) {
      need(data, at + scale.needs());
      return new ObdValue.Quantity(scale.value(data, at), scale.unit());
    }
    if (pid % 0x20 == 0) {
      return supported(data, at);
    }
    need(data, at + 1);
    int a = data[at] & 0xFF;
    return switch (pid) {
      case 0x01, 0x41 -> {
        need(data, at + 4);
        yield new ObdValue.Status(Readiness.of(data, at));
      }
      case 0x02 -> {
        need(data, at + 2);
        int code = word(data, at);
        yield code == 0 ? new ObdValue.Nothing() : new ObdValue.FreezeCode(code);
      }
      case 0x03 -> {
        need(data, at + 2);
        yield States.fuelSystem(a, data[at + 1] & 0xFF);
      }
      case 0x12 -> States.secondaryAir(a);
      case 0x13 -> new ObdValue.Sensors(banks(a, 4));
      case 0x1C -> States.compliance(a);
      case 0x1D -> new ObdValue.Sensors(banks(a, 2));
      case 0x1E -> new ObdValue.Switch((a & 1) != 0);
      case 0x4F -> limits(data, at);
      case 0x51 -> States.fuelType(a);
      case 0x5F -> States.emissionRequirements(a);
      case 0xA6 -> {
        need(data, at + 4);
        yield new ObdValue.Quantity(odometer(data, at), "kilometer");
      }
      default ->
          throw new InvalidInputException(
              ReasonCode.WRONG_SHAPE, "PID " + Integer.toHexString(pid) + " is not decoded");
    };
  }

  /** PID 13 and 1D: bit 0 is bank 1, sensor 1. */
  private static List<List<Boolean>> banks(int bits, int sensors) {
    List<List<Boolean>> banks = new ArrayList<>();
    for (int first = 0; first < 8; first += sensors) {
      List<Boolean> bank = new ArrayList<>();
      for (int i = first; i < first + sensors; i++) {
        bank.add((bits >>> i & 1) != 0);
      }
      banks.add(bank);
    }
    return banks;
  }

  private static ObdValue limits(byte[] data, int at) {
    need(data, at + 4);
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("equivalence_ratio", (double) (data[at] & 0xFF));
    values.put("oxygen_sensor_voltage", (double) (data[at + 1] & 0xFF));
    values.put("oxygen_sensor_current", (double) (data[at + 2] & 0xFF));
    values.put("intake_pressure", (data[at + 3] & 0xFF) * 10.0);
    return new ObdValue.Several(values);
  }

  private static double odometer(byte[] data, int at) {
    long tenths = (long) word(data, at) << 16 | word(data, at + 2);
    return tenths / 10.0;
  }

  private static ObdValue information(int type, byte[] data) {
    return switch (type) {
      case 0x00 -> supported(data, 2);
      case 0x01, 0x03, 0x05, 0x07, 0x09 -> {
        need(data, 3);
        yield new ObdValue.Quantity(data[2] & 0xFF, "count");
      }
      case 0x02 -> new ObdValue.Identification(text(data, 17));
      case 0x04 -> new ObdValue.Identification(text(data, 16));
      case 0x06 -> new ObdValue.Identification(items(data, 4));
      case 0x08, 0x0B -> counters(data);
      case 0x0A -> new ObdValue.Identification(text(data, 20));
      default ->
          throw new InvalidInputException(
              ReasonCode.WRONG_SHAPE, "info type " + type + " is not decoded");
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

  private static ObdValue counters(byte[] data) {
    List<Integer> counters = new ArrayList<>();
    for (int at = data.length % 2 == 1 ? 3 : 2; at + 1 < data.length; at += 2) {
      counters.add(word(data, at));
    }
    return new ObdValue.Counters(counters);
  }

  private static ObdValue supported(byte[] data, int at) {
    need(data, at + 4);
    StringBuilder bits = new StringBuilder((data.length - at) * 8);
    for (int i = at * 8; i < data.length * 8; i++) {
      bits.append((data[i / 8] >>> 7 - i % 8 & 1) == 0 ? '0' : '1');
    }
    return new ObdValue.Supported(bits.toString());
  }

  private static int word(byte[] data, int at) {
    return (data[at] & 0xFF) << 8 | data[at + 1] & 0xFF;
  }

  private static void need(byte[] data, int bytes) {
    if (data.length < bytes) {
      throw new InvalidInputException(
          ReasonCode.TRUNCATED_FRAME, "the answer has " + data.length + " bytes, not " + bytes);
    }
  }
}
