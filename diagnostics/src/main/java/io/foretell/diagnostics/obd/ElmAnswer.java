package io.foretell.diagnostics.obd;

import io.foretell.diagnostics.isotp.IsoTp;
import io.foretell.diagnostics.isotp.IsoTpMessage;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The answers within what an ELM327-like tester or a logger printed, one a control unit.
 *
 * <pre>
 *   7E8 06 41 00 BE 3E B8 11           11-bit CAN identifier, ISO-TP bytes; packed or spaced
 *   18 DA F1 10 06 41 00 BE 3E B8 11   29 bits
 *   7E8 8 06 41 00 BE 3E B8 11         either, with the data length code
 *   06 41 00 BE 3E B8 11               ISO-TP bytes alone
 *   (1.5) can0 7E8#064100BE3EB811      as candump has it, in either form
 *   48 6B 10 41 00 BE 3E B8 11 FA      older buses: three header bytes, a checksum
 *   41 00 BE 3E B8 11                  no header
 *   014 / 0: 49 02 01 … / 1: …         no header, several frames, in any order
 * </pre>
 *
 * Echo, prompts and progress words are passed over; what the tester says went wrong counts only
 * where nobody answered. Consecutive frames that came in each other's place are put in order.
 */
public final class ElmAnswer {
  private static final int MOST_SESSIONS = 64;
  private static final int MOST_BYTES = 4095;
  private static final int MOST_LINES = 4096;

  private final int service;
  private final String request;
  private final Map<Integer, List<ElmLine.Can>> frames = new LinkedHashMap<>();
  private final List<UnitAnswer> old = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();
  private ElmLine.@Nullable Failure failure;
  private boolean first = true;

  private ElmAnswer(ObdRequest request) {
    this.service = request.service();
    String code = String.format(Locale.ROOT, "%02X", service);
    this.request =
        request.pid() < 0 ? code : code + String.format(Locale.ROOT, "%02X", request.pid());
  }

  /** Numbered lines of one answer without headers. */
  private static final class Group {
    final int length;
    final TreeMap<Integer, byte[]> lines = new TreeMap<>();

    Group(int length) {
      this.length = length;
    }

    /** Numbers count from 0 to F and again: the place nearest to the last one. */
    void add(ElmLine.Numbered line) {
      int around = lines.size();
      int place = around + ((line.number() - around + 8 & 15) - 8);
      lines.put(Math.max(place, 0), line.data());
    }

    byte[] bytes() {
      int have = lines.values().stream().mapToInt(line -> line.length).sum();
      if (have < length) {
        throw new InvalidInputException(
            ReasonCode.TRUNCATED_FRAME, have + " bytes of " + length + " have come");
      }
      byte[] all = new byte[have];
      int at = 0;
      for (byte[] line : lines.values()) {
        System.arraycopy(line, 0, all, at, line.length);
        at += line.length;
      }
      return length < 0 ? all : java.util.Arrays.copyOf(all, length);
    }
  }

  /**
   * Reads what was printed.
   *
   * @throws InvalidInputException where a line is no hex, a message is incomplete, or nobody
   *     answered and the tester says why
   */
  public static List<UnitAnswer> of(ObdRequest request, List<String> lines) {
    ElmAnswer answer = new ElmAnswer(request);
    int taken = 0;
    for (String some : lines) {
      for (String line : some.split("[\\r\\n>\\x00]+")) {
        if (++taken > MOST_LINES) {
          throw new InvalidInputException(
              ReasonCode.TOO_LARGE, "more than " + MOST_LINES + " lines");
        }
        answer.line(line);
      }
    }
    return answer.answers();
  }

  private void line(String line) {
    String packed = line.replace(" ", "").toUpperCase(Locale.ROOT);
    if (packed.isEmpty() || echoes(packed)) {
      return;
    }
    first = false;
    ElmLine read = ElmLine.of(line, service);
    if (read instanceof ElmLine.Can can) {
      frames.computeIfAbsent(can.id(), id -> new ArrayList<>()).add(can);
    } else if (read instanceof ElmLine.Length length) {
      groups.add(new Group(length.bytes()));
    } else if (read instanceof ElmLine.Numbered numbered) {
      if (groups.isEmpty()) {
        groups.add(new Group(-1));
      }
      groups.get(groups.size() - 1).add(numbered);
    } else if (read instanceof ElmLine.Old frame) {
      old.add(new UnitAnswer(frame.unit(), frame.data(), frame.doubt()));
    } else if (read instanceof ElmLine.Failure said) {
      failure = said;
    }
  }

  /** The request itself, and before all else also with what a tester may add to it. */
  private boolean echoes(String packed) {
    return packed.equals(request)
        || first
            && packed.startsWith(request)
            && packed.length() <= request.length() + 2
            && (request.length() > 2 || packed.length() != 3);
  }

  private List<UnitAnswer> answers() {
    List<UnitAnswer> answers = new ArrayList<>();
    for (List<ElmLine.Can> unit : frames.values()) {
      can(unit, answers);
    }
    groups.forEach(group -> answers.add(new UnitAnswer("", group.bytes())));
    answers.addAll(service == 9 ? joined(old) : old);
    if (answers.isEmpty() && failure != null) {
      throw new InvalidInputException(failure.reason(), failure.words());
    }
    return answers;
  }

  private static void can(List<ElmLine.Can> frames, List<UnitAnswer> to) {
    IsoTp isoTp = new IsoTp(MOST_SESSIONS, MOST_BYTES);
    List<IsoTpMessage> messages = new ArrayList<>();
    for (ElmLine.Can frame : FrameOrder.ordered(frames)) {
      isoTp.frame("", frame.id(), frame.data(), 0, frame.data().length, messages::add);
    }
    isoTp.end(messages::add);
    for (IsoTpMessage message : messages) {
      if (message.defect().isPresent()) {
        throw new InvalidInputException(
            ReasonCode.TRUNCATED_FRAME, "a message is incomplete: " + message.defect().get());
      }
      to.add(new UnitAnswer(frames.get(0).unit(), message.payload()));
    }
  }

  /** Older buses number the messages of service 09, four bytes each, from 1. */
  private static List<UnitAnswer> joined(List<UnitAnswer> old) {
    Map<String, TreeMap<Integer, byte[]>> units = new LinkedHashMap<>();
    Map<String, String> doubts = new LinkedHashMap<>();
    List<UnitAnswer> others = new ArrayList<>();
    for (UnitAnswer one : old) {
      if (one.bytes().length == 7) {
        doubts.merge(one.unit(), one.doubt(), (a, b) -> a.isEmpty() ? b : a);
        units
            .computeIfAbsent(one.unit(), unit -> new TreeMap<>())
            .put(one.bytes()[2] & 0xFF, one.bytes());
      } else {
        others.add(one);
      }
    }
    units.forEach(
        (unit, parts) -> {
          if (parts.firstKey() != 1 || parts.lastKey() != parts.size()) {
            throw new InvalidInputException(
                ReasonCode.TRUNCATED_FRAME, "a message of an answer in parts is missing");
          }
          byte[] all = new byte[2 + 4 * parts.size()];
          System.arraycopy(parts.firstEntry().getValue(), 0, all, 0, 2);
          parts.forEach((n, part) -> System.arraycopy(part, 3, all, 4 * n - 2, 4));
          others.add(new UnitAnswer(unit, all, doubts.getOrDefault(unit, "")));
        });
    return others;
  }
}
