package io.foretell.diagnostics.obd;

import io.foretell.diagnostics.trace.Trace;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Decodes answers to services 01 (current data), 02 (freeze frame), 03, 07 and 0A (stored, pending
 * and permanent codes), 05 and 06 (test results), 08 (control) and 09 (vehicle information), SAE
 * J1979 clause 6.
 */
public final class ObdDecoder {
  private static final int POSITIVE = 0x40;
  private static final int NEGATIVE = 0x7F;
  private static final int PENDING = 0x78;

  private ObdDecoder() {}

  /**
   * Decodes a request's answers, one a control unit and PID.
   *
   * @param request {@code 010C}, {@code 03}, …
   * @param answers what the units sent; answers to other requests are passed over
   * @throws InvalidInputException where all answers are refusals, or one is cut off
   */
  public static List<ObdAnswer> decode(ObdRequest request, List<UnitAnswer> answers, Trace trace) {
    List<ObdAnswer> decoded = new ArrayList<>();
    for (UnitAnswer answer : answers) {
      if (answers(request, answer.bytes())) {
        for (UnitAnswer part : Parts.of(request, answer)) {
          decoded.add(decode(request, part, decoded.isEmpty() ? trace : Trace.NONE));
        }
      }
    }
    if (decoded.isEmpty()) {
      throw none(request, answers);
    }
    return decoded;
  }

  private static boolean answers(ObdRequest request, byte[] answer) {
    return answer.length > 0
        && (answer[0] & 0xFF) == request.service() + POSITIVE
        && (request.pid() < 0
            || answer.length == 1
            || request.asks(answer[1] & 0xFF)
            || request.service() == 6);
  }

  private static InvalidInputException none(ObdRequest request, List<UnitAnswer> answers) {
    for (UnitAnswer answer : answers) {
      byte[] bytes = answer.bytes();
      if (bytes.length > 2
          && (bytes[0] & 0xFF) == NEGATIVE
          && (bytes[1] & 0xFF) == request.service()) {
        int code = bytes[2] & 0xFF;
        return new InvalidInputException(
            code == PENDING ? ReasonCode.TRUNCATED_FRAME : ReasonCode.PRECONDITION_FAILED,
            code == PENDING
                ? "the unit asked to wait, and nothing followed"
                : String.format(Locale.ROOT, "refused with code %02X", code));
      }
    }
    return answers.isEmpty()
        ? new InvalidInputException(ReasonCode.NOT_FOUND, "there is no answer")
        : new InvalidInputException(ReasonCode.WRONG_SHAPE, "the answer is to another request");
  }

  private static ObdAnswer decode(ObdRequest request, UnitAnswer answer, Trace trace) {
    byte[] bytes = answer.bytes();
    String clause = "SAE J1979 6." + request.service();
    trace.step(0, 1, "answer of service " + request.service(), clause);
    int least = request.service() == 5 ? 4 : request.pid() < 0 ? 1 : 2;
    need(bytes, least);
    int pid = request.pid() < 0 || request.service() == 6 ? request.pid() : bytes[1] & 0xFF;
    List<ObdSignal> signals = List.of();
    ObdValue value;
    switch (request.service()) {
      case 0x01, 0x02 -> {
        int at = request.service() == 1 ? 2 : 3;
        trace.step(1, at - 1, at == 2 ? "PID" : "PID, frame number", clause);
        value = current(pid, bytes, at, trace);
        signals = Pids.decode(pid, bytes, at, trace);
      }
      case 0x03, 0x07, 0x0A -> value = codes(bytes, trace, clause);
      case 0x05 ->
          value =
              request.pid() % 0x20 == 0
                  ? supported(bytes, 3, trace, clause)
                  : new ObdValue.Tests(List.of(MonitorTests.sensor(bytes, trace)));
      case 0x06 ->
          value =
              request.pid() % 0x20 == 0
                  ? supported(bytes, 2, trace, clause)
                  : new ObdValue.Tests(MonitorTests.monitors(bytes, trace));
      case 0x08 ->
          value =
              request.pid() % 0x20 == 0
                  ? supported(bytes, 2, trace, clause)
                  : new ObdValue.Identification(Arrays.copyOfRange(bytes, 2, bytes.length));
      default ->
          value =
              request.pid() == 0
                  ? supported(bytes, 2, trace, clause)
                  : VehicleInformation.decode(request.pid(), bytes, trace);
    }
    return new ObdAnswer(answer.unit(), pid, value, signals);
  }

  /** On CAN a count comes first; on older buses frames of three codes, padded with zeros. */
  private static ObdValue codes(byte[] answer, Trace trace, String clause) {
    List<Integer> codes = new ArrayList<>();
    boolean counted = answer.length % 2 == 0;
    if (counted) {
      trace.step(1, 1, "number of codes", clause);
      need(answer, 2 + 2 * (answer[1] & 0xFF));
    }
    for (int at = counted ? 2 : 1; at + 1 < answer.length; at += 2) {
      int code = word(answer, at);
      if (code != 0) {
        trace.step(at, 2, "code: letter in bits 15–14, then four digits", "SAE J2012 4.2");
        codes.add(code);
      }
    }
    return new ObdValue.Codes(codes);
  }

  private static ObdValue current(int pid, byte[] data, int at, Trace trace) {
    PidSignal primary = Pids.primary(pid);
    if (primary != null) {
      need(data, at + primary.needs());
      return new ObdValue.Quantity(primary.value(data, at), primary.unit());
    }
    if (pid % 0x20 == 0) {
      return supported(data, at, trace, "SAE J1979 annex A");
    }
    need(data, at + 1);
    int a = data[at] & 0xFF;
    return switch (pid) {
      case 0x01, 0x41 -> {
        need(data, at + 4);
        yield new ObdValue.Status(MonitorStatus.of(data, at));
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
      default -> signals(pid, data, at);
    };
  }

  private static ObdValue signals(int pid, byte[] data, int at) {
    if (Pids.of(pid).isEmpty()) {
      return new ObdValue.Identification(Arrays.copyOfRange(data, at, data.length));
    }
    List<ObdSignal> signals = Pids.decode(pid, data, at, Trace.NONE);
    int least = Pids.of(pid).stream().mapToInt(PidSignal::needs).min().orElse(1);
    need(data, at + least);
    return new ObdValue.Signals(signals);
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

  private static ObdValue supported(byte[] data, int at, Trace trace, String clause) {
    need(data, at + 4);
    trace.step(at, data.length - at, "a bit a number, the most significant for the next", clause);
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
