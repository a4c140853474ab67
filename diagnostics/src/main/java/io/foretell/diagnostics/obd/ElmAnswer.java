package io.foretell.diagnostics.obd;

import io.foretell.diagnostics.isotp.IsoTp;
import io.foretell.diagnostics.isotp.IsoTpMessage;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The answers within what an ELM327-like tester printed, one a control unit.
 *
 * <pre>
 *   7E8 06 41 00 BE 3E B8 11           11-bit CAN identifier, ISO-TP bytes; packed or spaced
 *   18 DA F1 10 06 41 00 BE 3E B8 11   29 bits
 *   48 6B 10 41 00 BE 3E B8 11 FA      older buses: three header bytes, a checksum
 *   41 00 BE 3E B8 11                  no header
 *   014 / 0: 49 02 01 … / 1: …         no header, several frames
 * </pre>
 *
 * Echo, prompts and progress words are passed over.
 */
public final class ElmAnswer {
  private static final Pattern WORDS =
      Pattern.compile(
          "SEARCHING.*|BUS INIT.*|NO DATA|OK|STOPPED|UNABLE TO CONNECT|CAN ERROR|\\?|ELM327.*");
  private static final Pattern HEX = Pattern.compile("[0-9A-F]+");
  private static final Pattern NUMBERED = Pattern.compile("([0-9A-F]):([0-9A-F]*)");
  private static final int MOST_SESSIONS = 64;
  private static final int MOST_BYTES = 4095;

  private final int service;
  private final String request;
  private final IsoTp isoTp = new IsoTp(MOST_SESSIONS, MOST_BYTES);
  private final List<IsoTpMessage> messages = new ArrayList<>();
  private final List<byte[]> bare = new ArrayList<>();
  private final StringBuilder numbered = new StringBuilder();
  private int numberedLength = -1;

  private ElmAnswer(ObdRequest request) {
    this.service = request.service();
    String code = String.format(Locale.ROOT, "%02X", service);
    this.request =
        request.pid() < 0 ? code : code + String.format(Locale.ROOT, "%02X", request.pid());
  }

  /**
   * Reads what was printed.
   *
   * @throws InvalidInputException where a line is no hex, or a message is incomplete
   */
  public static List<byte[]> of(ObdRequest request, List<String> lines) {
    ElmAnswer answer = new ElmAnswer(request);
    lines.forEach(answer::line);
    return answer.payloads();
  }

  private void line(String printed) {
    String line = printed.replace(">", "").trim().toUpperCase(Locale.ROOT);
    String packed = line.replace(" ", "");
    if (packed.isEmpty() || packed.equals(request) || WORDS.matcher(line).matches()) {
      return;
    }
    var part = NUMBERED.matcher(packed);
    if (part.matches()) {
      numbered.append(part.group(2));
    } else if (!HEX.matcher(packed).matches()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a line is no hex");
    } else if (packed.length() == 3) {
      numberedLength = Integer.parseInt(packed, 16);
    } else if (packed.length() % 2 == 1) {
      can(Integer.parseInt(packed.substring(0, 3), 16), packed.substring(3));
    } else if (packed.startsWith("18DA") && packed.length() > 8) {
      can(Integer.parseInt(packed.substring(0, 8), 16) | 1 << 31, packed.substring(8));
    } else {
      old(HexFormat.of().parseHex(packed));
    }
  }

  private void can(int id, String hex) {
    byte[] frame = HexFormat.of().parseHex(hex);
    isoTp.frame("", id, frame, 0, frame.length, messages::add);
  }

  private void old(byte[] frame) {
    int positive = service + 0x40;
    boolean header = frame.length > 4 && frame[0] != positive && frame[3] == positive;
    bare.add(header ? Arrays.copyOfRange(frame, 3, frame.length - 1) : frame);
  }

  private List<byte[]> payloads() {
    isoTp.end(messages::add);
    List<byte[]> payloads = new ArrayList<>();
    for (IsoTpMessage message : messages) {
      if (message.defect().isPresent()) {
        throw new InvalidInputException(
            ReasonCode.TRUNCATED_FRAME, "a message is incomplete: " + message.defect().get());
      }
      payloads.add(message.payload());
    }
    if (numbered.length() > 0) {
      byte[] all = HexFormat.of().parseHex(numbered.substring(0, numbered.length() & ~1));
      payloads.add(
          numberedLength < 0 || numberedLength > all.length
              ? all
              : Arrays.copyOf(all, numberedLength));
    }
    payloads.addAll(bare);
    return payloads;
  }
}
