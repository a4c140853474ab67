package io.foretell.diagnostics.uds;

import io.foretell.diagnostics.trace.Trace;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** Reads requests and answers of ISO 14229-1, framed as the standard frames them. */
public final class UdsReader {
  private static final int ANSWER = 0x40;
  private static final int NEGATIVE = 0x7F;
  private static final int READ_DATA = 0x22;
  private static final int SUPPRESS = 0x80;
  private static final String DATA = "data";

  private final byte[] bytes;
  private final Definition definition;
  private final Trace trace;
  private final List<UdsMessage.Part> parts = new ArrayList<>();

  /** The identifiers that were asked for, in their order; empty where the request is not known. */
  private final List<Integer> asked = new ArrayList<>();

  private String clause = "ISO 14229-1 8";
  private int at;

  private UdsReader(byte[] bytes, Definition definition, Trace trace) {
    this.bytes = bytes;
    this.definition = definition;
    this.trace = trace;
  }

  /**
   * Reads a message; whether it asks or answers, its service identifier says.
   *
   * @throws InvalidInputException where it is empty, cut off, or of no service
   */
  public static UdsMessage read(byte[] bytes, Definition definition, Trace trace) {
    if (bytes.length == 0) {
      throw new InvalidInputException(ReasonCode.EMPTY_PAYLOAD, "no bytes");
    }
    int sid = bytes[0] & 0xFF;
    if (sid == NEGATIVE) {
      NegativeResponse response = DtcReports.negative(bytes);
      trace.step(0, 2, "refusal of " + Services.name(response.service()), "ISO 14229-1 8.4");
      trace.step(2, 1, "negative response code " + response.name(), "ISO 14229-1 A.1");
      return new UdsMessage.Negative(response);
    }
    if (sid == DtcReports.POSITIVE) {
      return new UdsMessage.Codes(DtcReports.read(bytes, definition.sizes(), trace));
    }
    return new UdsReader(bytes, definition, trace).framed(sid);
  }

  /**
   * Reads the answer to a request: the identifiers that were asked for tell where data ends whose
   * length no definition says.
   *
   * @throws InvalidInputException where it is empty, cut off, or of no service
   */
  public static UdsMessage answer(
      byte[] request, byte[] answer, Definition definition, Trace trace) {
    int sid = answer.length == 0 ? 0 : answer[0] & 0xFF;
    if (sid != READ_DATA + ANSWER || request.length == 0 || request[0] != READ_DATA) {
      return read(answer, definition, trace);
    }
    UdsReader reader = new UdsReader(answer, definition, trace);
    for (int i = 1; i + 1 < request.length; i += 2) {
      reader.asked.add((request[i] & 0xFF) << 8 | request[i + 1] & 0xFF);
    }
    return reader.framed(sid);
  }

  private UdsMessage framed(int sid) {
    // 0x40 is set in answers; services of the 0x80 block answer in the 0xC0 block.
    boolean request = (sid & ANSWER) == 0;
    int id = request ? sid : sid - ANSWER;
    Services.Service service = Services.of(id);
    if (service == null) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE,
          String.format(Locale.ROOT, "%02X is no service of ISO 14229-1", sid));
    }
    clause = service.clause();
    trace.step(0, 1, (request ? "request: " : "answer: ") + service.name(), clause);
    at = 1;
    OptionalInt sub = OptionalInt.empty();
    boolean suppress = false;
    if (service.hasSubFunction()) {
      int b = number(1);
      suppress = request && (b & SUPPRESS) != 0;
      sub = OptionalInt.of(request ? b & ~SUPPRESS : b & 0x7F);
      trace.step(1, 1, "sub-function", clause);
    }
    parts(id, request, sub.orElse(-1));
    if (at < bytes.length) {
      part(DATA, bytes.length - at, "");
    }
    return new UdsMessage.Framed(sid, service.name(), request, sub, suppress, parts);
  }

  private void parts(int id, boolean request, int sub) {
    switch (id) {
      case 0x10 -> sessionTimes(request);
      case 0x14 -> group(request);
      case 0x19 -> dtcRequest(sub);
      case 0x22 -> identifiers(request);
      case 0x24, 0x2F -> identifier();
      case 0x27 -> security(request, sub);
      case 0x29 -> Authentication.parts(this, request, sub);
      case 0x2E -> {
        int did = identifier();
        if (request) {
          item(did, bytes.length - at);
        }
      }
      case 0x31 -> routine(request, sub);
      case 0x36 -> part("blockSequenceCounter", 1, "");
      default -> {
        // What follows is one part.
      }
    }
  }

  private void sessionTimes(boolean request) {
    if (!request && left() >= 4) {
      part("P2Server_max", 2, peek(2) + " ms");
      part("P2*Server_max", 2, peek(2) * 10 + " ms");
    }
  }

  private void group(boolean request) {
    if (!request) {
      return;
    }
    int group = peek(3);
    part("groupOfDTC", 3, groupName(group));
    if (left() > 0) {
      part("memorySelection", 1, "");
    }
  }

  /** ISO 14229-1 annex D.1. */
  private static String groupName(int group) {
    return switch (group) {
      case 0xFFFFFF -> "all groups";
      case 0xFFFF33 -> "emissions-related systems";
      case 0xFFFFD0 -> "safety-related systems";
      case 0xFFFFFE -> "VOBD system";
      default -> "one group or code";
    };
  }

  private void dtcRequest(int sub) {
    for (String name : DtcRequests.parts(sub)) {
      boolean dtc = name.equals("DTC");
      part(name, dtc ? 3 : 1, dtc ? Dtcs.letters(peek(3)) : "");
    }
  }

  private void identifiers(boolean request) {
    int n = 0;
    do {
      int did = identifier();
      n++;
      if (!request) {
        Definition.Item item = definition.did(did);
        item(did, item != null && item.length() > 0 ? item.length() : toNext(n));
      }
    } while (left() > 0);
  }

  /**
   * How many bytes there are to the next identifier that was asked for: all, unless it is clear.
   */
  private int toNext(int n) {
    int found = -1;
    for (int i = at; n < asked.size() && i + 1 < bytes.length; i++) {
      if (((bytes[i] & 0xFF) << 8 | bytes[i + 1] & 0xFF) == asked.get(n)) {
        if (found >= 0) {
          return left();
        }
        found = i;
      }
    }
    return found < 0 ? left() : found - at;
  }

  private int identifier() {
    int did = peek(2);
    Definition.Item item = definition.did(did);
    part("dataIdentifier", 2, item == null ? "" : item.name());
    return did;
  }

  private void item(int did, int length) {
    Definition.Item item = definition.did(did);
    byte[] data = take(length);
    trace.step(at - length, length, "data of the identifier before it", clause);
    parts.add(
        new UdsMessage.Part(DATA, data, "", item == null ? List.of() : DataValue.of(item, data)));
  }

  private void security(boolean request, int sub) {
    boolean seed = (sub & 1) == 1;
    String what = seed ? request ? "securityAccessDataRecord" : "securitySeed" : "securityKey";
    if (left() > 0) {
      boolean zero = seed && !request;
      for (int i = at; zero && i < bytes.length; i++) {
        zero = bytes[i] == 0;
      }
      part(what, left(), zero ? "already unlocked" : "");
    }
  }

  private void routine(boolean request, int sub) {
    int id = peek(2);
    part("routineIdentifier", 2, definition.routines().getOrDefault(id, ""));
    if (left() > 0) {
      String verb = sub == 1 ? "start" : sub == 2 ? "stop" : "results";
      part(request ? "routineControlOptionRecord" : "routineStatusRecord", left(), verb);
    }
  }

  int left() {
    return bytes.length - at;
  }

  /** A number of the next bytes, which are not taken. */
  int peek(int n) {
    need(n);
    int value = 0;
    for (int i = at; i < at + n; i++) {
      value = value << 8 | bytes[i] & 0xFF;
    }
    return value;
  }

  private int number(int n) {
    int value = peek(n);
    at += n;
    return value;
  }

  void part(String name, int length, String meaning) {
    byte[] data = take(length);
    trace.step(at - length, length, meaning.isEmpty() ? name : name + ": " + meaning, clause);
    parts.add(new UdsMessage.Part(name, data, meaning, List.of()));
  }

  /** A part whose length comes before it, in two bytes. */
  void counted(String name) {
    int length = number(2);
    part(name, length, "");
  }

  private byte[] take(int length) {
    need(length);
    at += length;
    return java.util.Arrays.copyOfRange(bytes, at - length, at);
  }

  private void need(int n) {
    if (n > left()) {
      throw new InvalidInputException(
          ReasonCode.TRUNCATED_FRAME, "the message ends " + (n - left()) + " bytes early");
    }
  }
}
