package io.foretell.diagnostics.industrial;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;

/**
 * An exception response of Modbus (application protocol specification V1.1b3 clause 7): the
 * function with its highest bit set, then the exception code.
 *
 * <p>A fault's code is the exception code in decimal, its sub-type the function. Acknowledge (5)
 * and busy (6) say that the answer comes later: no fault.
 */
public final class Modbus {
  /** The family of its faults. */
  public static final String FAMILY = "modbus";

  private static final String CLAUSE = "Modbus V1.1b3, 7";
  private static final int EXCEPTION = 0x80;
  private static final int TCP_HEADER = 7;

  private Modbus() {}

  /**
   * Reads a response: the PDU alone (2 bytes), on a serial line (unit, PDU, CRC: 5 bytes) or over
   * TCP (header of 7 bytes, PDU).
   *
   * @throws InvalidInputException where it is no exception
   */
  public static DeviceStatus read(byte[] response, String system) {
    int at =
        switch (response.length) {
          case 2 -> 0;
          case 5 -> 1;
          case TCP_HEADER + 2 -> TCP_HEADER;
          default ->
              throw new InvalidInputException(
                  ReasonCode.WRONG_SHAPE,
                  "an exception has 2, 5 or 9 bytes, not " + response.length);
        };
    int function = response[at] & 0xFF;
    if ((function & EXCEPTION) == 0) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "no exception: function " + function + " was answered");
    }
    if (at == 1 && crc(response, 3) != ((response[4] & 0xFF) << 8 | response[3] & 0xFF)) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "the CRC is wrong");
    }
    int code = response[at + 1] & 0xFF;
    StatusText text = Texts.find(FAMILY, Integer.toString(code));
    String words = text == null ? "Exception of a reserved code " + code : text.english();
    Ne107 signal = text == null ? Ne107.FAILURE : text.signal();
    DeviceStatus.Draft draft = new DeviceStatus.Draft(FAMILY, system);
    draft.field("function", Integer.toString(function & 0x7F));
    draft.field("exception", words);
    draft.step(at, 1, "function " + (function & 0x7F) + " failed", CLAUSE);
    draft.step(at + 1, 1, "exception code " + code + ": " + words, CLAUSE);
    draft.condition(Integer.toString(code), function & 0x7F, signal, signal.status(), words);
    return draft.whole(false);
  }

  /** CRC-16 of the serial line specification V1.02 clause 6.2.2. */
  static int crc(byte[] data, int length) {
    int crc = 0xFFFF;
    for (int i = 0; i < length; i++) {
      crc ^= data[i] & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? crc >>> 1 ^ 0xA001 : crc >>> 1;
      }
    }
    return crc;
  }
}
