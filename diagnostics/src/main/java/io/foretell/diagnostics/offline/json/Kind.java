package io.foretell.diagnostics.offline.json;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be decoded offline; the names are those of {@code foretell decode KIND}. */
public enum Kind {
  /** candump lines; one line a message. */
  J1939(false),
  /** {@code {"version","payload"}}. */
  DM(false),
  /** {@code {"response", …}}. */
  UDS(false),
  /** {@code {"request","lines"}}. */
  OBD(false),
  /** {@code {"frames"}}. */
  ISOTP(false),
  /** {@code {"data"}}: diagnostics over IP. */
  DOIP(false),
  /** candump lines of a boat's bus; one line a message. */
  NMEA2000(false),
  /** A code in any notation, as plain text or {@code {"code"}}. */
  CODE(false),
  /** {@code {"id","ext","data"}}, with a DBC file. */
  DBC(true),
  /** {@code {"car","year","command_id","response"}}, with a folder of signal sets. */
  OBDB(true),
  /** {@code {"status":"F"}}: a NAMUR NE107 signal. */
  NE107(false),
  /** {@code {"status":hex}}: HART status bytes. */
  HART(false),
  /** {@code {"status","condensed"}}: status byte of a PROFIBUS PA value. */
  PROFIBUS(false),
  /** {@code {"event":hex}} or {@code {"qualifier","code"}}. */
  IOLINK(false),
  /** {@code {"status"}}: a StatusCode of OPC UA. */
  OPCUA(false),
  /** {@code {"id","data"}}: an emergency message of CANopen. */
  EMCY(false),
  /** {@code {"response":hex}}: an exception of Modbus. */
  MODBUS(false),
  /** {@code {"response":hex}}: a reply of CIP. */
  CIP(false),
  /** {@code {register: value}}, with a table of a maker's codes. */
  TABLE(true),
  /** candump lines, with a decoder manifest. */
  SIGNALS(true);

  private final boolean needsTable;

  Kind(boolean needsTable) {
    this.needsTable = needsTable;
  }

  /** Whether it needs a file or folder that says what the bytes are. */
  public boolean needsTable() {
    return needsTable;
  }

  /** The name on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The kind of a word on the command line.
   *
   * @throws InvalidInputException where there is none
   */
  public static Kind of(String word) {
    return Arrays.stream(values())
        .filter(kind -> kind.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    ReasonCode.NOT_FOUND,
                    "no decoder "
                        + Json.cut(word)
                        + "; there are "
                        + Arrays.stream(values())
                            .map(Kind::word)
                            .collect(Collectors.joining(", "))));
  }
}
