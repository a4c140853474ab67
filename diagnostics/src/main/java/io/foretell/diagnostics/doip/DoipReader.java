package io.foretell.diagnostics.doip;

import io.foretell.diagnostics.trace.Trace;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Reads messages of ISO 13400-2, editions 2012 and 2019.
 *
 * <pre>
 *   version, ~version, payload type (2), payload length (4), payload
 * </pre>
 *
 * Big endian. What an entity would refuse with a generic header negative acknowledge is refused
 * here with the same code in the detail.
 */
public final class DoipReader {
  /** Bytes of the generic header. */
  public static final int HEADER = 8;

  private static final int MOST_BYTES = 1 << 26;
  private static final int ANY_VERSION = 0xFF;
  private static final int NEWEST_VERSION = 4;

  private final byte[] data;
  private final Trace trace;
  private final String clause;
  private int at;
  private final int end;

  private DoipReader(byte[] data, int from, int end, int type, Trace trace) {
    this.data = data;
    this.at = from;
    this.end = end;
    this.trace = trace;
    this.clause = String.format(Locale.ROOT, "ISO 13400-2, payload type %04X", type);
  }

  /**
   * Reads the message that begins at {@code from}.
   *
   * @throws InvalidInputException where the header is wrong, the payload is cut off, or its length
   *     is none that the type allows
   */
  public static DoipFrame read(byte[] data, int from, Trace trace) {
    if (data.length - from < HEADER) {
      throw new InvalidInputException(
          ReasonCode.TRUNCATED_FRAME, "a DoIP header has 8 bytes, not " + (data.length - from));
    }
    int version = data[from] & 0xFF;
    if ((version ^ data[from + 1] & 0xFF) != 0xFF
        || version == 0
        || version > NEWEST_VERSION && version != ANY_VERSION) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "header refused with code 00: incorrect pattern format");
    }
    int number = (data[from + 2] & 0xFF) << 8 | data[from + 3] & 0xFF;
    long length = number(data, from + 4, 4);
    if (length > MOST_BYTES) {
      throw new InvalidInputException(
          ReasonCode.TOO_LARGE, "header refused with code 02: message too large");
    }
    DoipType type = DoipType.of(number);
    if (!type.allows(length)) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE,
          "header refused with code 04: " + length + " bytes are no length of " + type);
    }
    if (length > data.length - from - HEADER) {
      throw new InvalidInputException(
          ReasonCode.TRUNCATED_FRAME,
          "the payload has " + (data.length - from - HEADER) + " bytes of " + length);
    }
    trace.step(from, 2, "protocol version " + version + ", and inverted", "ISO 13400-2, header");
    trace.step(from + 2, 6, "payload type " + type + ", payload length", "ISO 13400-2, header");
    int end = from + HEADER + (int) length;
    DoipMessage message =
        new DoipReader(data, from + HEADER, end, number, trace).read(type, number);
    return new DoipFrame(version, end - from, message);
  }

  private DoipMessage read(DoipType type, int number) {
    return switch (type) {
      case HEADER_NEGATIVE_ACKNOWLEDGE -> {
        int code = one("code");
        yield new DoipMessage.HeaderRefused(type, code, Meanings.header(code));
      }
      case VEHICLE_IDENTIFICATION_REQUEST,
          ALIVE_CHECK_REQUEST,
          ENTITY_STATUS_REQUEST,
          POWER_MODE_REQUEST ->
          new DoipMessage.Plain(type);
      case VEHICLE_IDENTIFICATION_REQUEST_EID ->
          new DoipMessage.IdentifyByEid(type, hex(6, "entity identifier"));
      case VEHICLE_IDENTIFICATION_REQUEST_VIN -> new DoipMessage.IdentifyByVin(type, vin());
      case VEHICLE_ANNOUNCEMENT -> announcement(type);
      case ROUTING_ACTIVATION_REQUEST -> activationRequest(type);
      case ROUTING_ACTIVATION_RESPONSE -> activationResponse(type);
      case ALIVE_CHECK_RESPONSE -> new DoipMessage.Alive(type, two("source address"));
      case ENTITY_STATUS_RESPONSE ->
          new DoipMessage.EntityStatus(
              type,
              one("node type"),
              one("most concurrent sockets"),
              one("open sockets"),
              at < end ? four("longest message") : -1);
      case POWER_MODE_RESPONSE -> {
        int mode = one("power mode");
        yield new DoipMessage.PowerMode(type, mode, Meanings.power(mode));
      }
      case DIAGNOSTIC_MESSAGE ->
          new DoipMessage.Diagnostic(
              type, two("source address"), two("target address"), rest("diagnostic data"));
      case DIAGNOSTIC_POSITIVE_ACKNOWLEDGE, DIAGNOSTIC_NEGATIVE_ACKNOWLEDGE -> {
        int source = two("source address");
        int target = two("target address");
        int code = one("acknowledge code");
        boolean refused = type == DoipType.DIAGNOSTIC_NEGATIVE_ACKNOWLEDGE;
        String meaning = refused ? Meanings.refusal(code) : Meanings.confirmation(code);
        byte[] previous = rest("previous diagnostic message");
        yield new DoipMessage.Acknowledge(type, source, target, code, meaning, previous);
      }
      case MAKER, RESERVED -> new DoipMessage.Other(type, number, rest("payload"));
    };
  }

  private DoipMessage announcement(DoipType type) {
    String vin = vin();
    int address = two("logical address");
    String eid = hex(6, "entity identifier");
    String gid = hex(6, "group identifier");
    int action = one("further action");
    int sync = at < end ? one("VIN and GID synchronisation") : -1;
    return new DoipMessage.Announcement(
        type, vin, address, eid, gid, action, Meanings.action(action), sync);
  }

  private DoipMessage activationRequest(DoipType type) {
    int source = two("source address");
    int activation = one("activation type");
    hex(4, "reserved");
    String oem = at < end ? hex(4, "maker's own") : "";
    return new DoipMessage.ActivationRequest(
        type, source, activation, Meanings.activation(activation), oem);
  }

  private DoipMessage activationResponse(DoipType type) {
    int tester = two("tester's address");
    int entity = two("entity's address");
    int code = one("response code");
    hex(4, "reserved");
    String oem = at < end ? hex(4, "maker's own") : "";
    return new DoipMessage.ActivationResponse(
        type, tester, entity, code, Meanings.routing(code), code == Meanings.ACTIVATED, oem);
  }

  private String vin() {
    step(17, "VIN");
    String vin = new String(data, at, 17, StandardCharsets.ISO_8859_1);
    at += 17;
    // Not yet known: all 00 or all FF.
    return vin.chars().allMatch(c -> c == 0) || vin.chars().allMatch(c -> c == 0xFF) ? "" : vin;
  }

  private String hex(int bytes, String what) {
    step(bytes, what);
    at += bytes;
    return HexFormat.of().formatHex(data, at - bytes, at);
  }

  private int one(String what) {
    step(1, what);
    return data[at++] & 0xFF;
  }

  private int two(String what) {
    step(2, what);
    at += 2;
    return (int) number(data, at - 2, 2);
  }

  private long four(String what) {
    step(4, what);
    at += 4;
    return number(data, at - 4, 4);
  }

  private byte[] rest(String what) {
    step(end - at, what);
    byte[] rest = Arrays.copyOfRange(data, at, end);
    at = end;
    return rest;
  }

  private void step(int length, String what) {
    trace.step(at, length, what, clause);
  }

  private static long number(byte[] data, int at, int bytes) {
    long value = 0;
    for (int i = at; i < at + bytes; i++) {
      value = value << 8 | data[i] & 0xFF;
    }
    return value;
  }
}
