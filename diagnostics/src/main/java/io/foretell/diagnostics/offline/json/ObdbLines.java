package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.isotp.IsoTp;
import io.foretell.diagnostics.isotp.IsoTpMessage;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code {"car","year","command_id","response"}} to {@code {"signals":{name: value}}} by OBDb
 * signal sets. The command id is {@code header[.answerer].code[|options]}; the response is what a
 * tester printed, with identifiers, echo and all. Of several answers the last one that has a signal
 * counts.
 */
final class ObdbLines implements LineDecoder {
  private static final Pattern FRAME =
      Pattern.compile("(18D[AB][0-9A-F]{4}|[0-9A-F]{3})((?:[0-9A-F]{2}){1,64})");
  private static final Pattern EXTENSION = Pattern.compile(".*[|,]e=([0-9A-Fa-f]{2}).*");
  private static final Pattern CODE = Pattern.compile("(?:[0-9A-Fa-f]{2}){1,4}");
  private static final int MOST_SESSIONS = 64;
  private static final int MOST_BYTES = 4095;

  private final ObdbSets sets;

  ObdbLines(ObdbSets sets) {
    this.sets = sets;
  }

  @Override
  public void line(String line, Consumer<String> out) {
    JsonNode input = Json.read(line);
    String id = Json.text(input, "command_id");
    List<ObdbCommand> commands = find(sets.commands(Json.text(input, "car")), id);
    ObjectNode node = Json.object();
    ObjectNode signals = node.putObject("signals");
    ObdbCommand first = commands.get(0);
    List<IsoTpMessage> answers =
        answers(Json.text(input, "response"), !first.extension().isEmpty());
    byte[] prefix = HexFormat.of().parseHex(first.code());
    prefix[0] |= 0x40;
    boolean named = answers.stream().anyMatch(answer -> from(answer, first.answerer()));
    for (IsoTpMessage answer : answers) {
      byte[] payload = answer.payload();
      boolean counts = !named || from(answer, first.answerer());
      if (counts
          && payload.length >= prefix.length
          && Arrays.equals(payload, 0, prefix.length, prefix, 0, prefix.length)) {
        byte[] data = Arrays.copyOfRange(payload, prefix.length, payload.length);
        commands.forEach(command -> command.signals().forEach(signal -> signal.put(signals, data)));
      }
    }
    out.accept(Json.text(node));
  }

  private static List<ObdbCommand> find(List<ObdbCommand> all, String id) {
    Matcher e = EXTENSION.matcher(id);
    String extension = e.matches() ? e.group(1).toUpperCase(Locale.ROOT) : "";
    int bar = id.indexOf('|');
    String[] parts = (bar < 0 ? id : id.substring(0, bar)).split("\\.", -1);
    String code = parts[parts.length - 1];
    if (parts.length < 2 || !CODE.matcher(code).matches()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no command id: " + Json.cut(id));
    }
    String answerer = parts.length > 2 ? parts[1] : "";
    List<ObdbCommand> found =
        all.stream()
            .filter(command -> command.code().equalsIgnoreCase(code))
            .filter(command -> command.header().equals(parts[0]))
            .filter(command -> answerer.isEmpty() || command.answerer().equals(answerer))
            .filter(command -> command.extension().equalsIgnoreCase(extension))
            .toList();
    // What all vehicles have may be asked of any control unit.
    List<ObdbCommand> general =
        all.stream()
            .filter(command -> command.code().equalsIgnoreCase(code) && code.startsWith("01"))
            .toList();
    if (found.isEmpty() && general.isEmpty()) {
      throw new InvalidInputException(
          ReasonCode.NOT_FOUND, "the signal sets have no command " + Json.cut(id));
    }
    return found.isEmpty() ? general : found;
  }

  private static boolean from(IsoTpMessage answer, String answerer) {
    return String.format(Locale.ROOT, "%03X", answer.id()).equals(answerer);
  }

  private static List<IsoTpMessage> answers(String response, boolean extended) {
    IsoTp isoTp = new IsoTp(MOST_SESSIONS, MOST_BYTES);
    List<IsoTpMessage> messages = new ArrayList<>();
    for (String line : response.split("[\\r\\n>]+")) {
      Matcher m = FRAME.matcher(line.replace(" ", "").toUpperCase(Locale.ROOT));
      if (m.matches()) {
        int id = Integer.parseInt(m.group(1), 16);
        byte[] frame = HexFormat.of().parseHex(m.group(2));
        if (extended) {
          isoTp.extendedFrame("", id, frame, 0, frame.length, messages::add);
        } else {
          isoTp.frame("", id, frame, 0, frame.length, messages::add);
        }
      }
    }
    isoTp.end(messages::add);
    messages.removeIf(message -> message.defect().isPresent());
    return messages;
  }
}
