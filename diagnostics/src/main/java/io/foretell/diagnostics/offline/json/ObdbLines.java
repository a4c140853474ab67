package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.isotp.IsoTp;
import io.foretell.diagnostics.isotp.IsoTpMessage;
import io.foretell.diagnostics.obdb.ObdbCommand;
import io.foretell.diagnostics.obdb.ObdbSignal;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code {"car","year","command_id","response"}} to {@code {"signals":{name: value}}} by OBDb
 * signal sets. The command id is {@code header[.answerer].code[|options]}; the response is what a
 * tester printed, with identifiers, echo and all. Of several answers the last one that has a signal
 * counts; an id that names its answerer hears no other.
 */
final class ObdbLines implements LineDecoder {
  private static final Pattern FRAME = Pattern.compile("(?:[0-9A-F]{3}|[0-9A-F]{8})");
  private static final Pattern BYTES = Pattern.compile("(?:[0-9A-F]{2}){1,64}");
  private static final Pattern EXTENSION = Pattern.compile(".*[|,]e=([0-9A-Fa-f]{2}).*");
  private static final Pattern CODE = Pattern.compile("(?:[0-9A-Fa-f]{2}){1,4}");
  private static final Pattern YEAR = Pattern.compile("\\d{4}");
  private static final int LONG_ID = 8;
  private static final int EXTENDED_ID = 1 << 31;
  private static final int MOST_SESSIONS = 64;
  private static final int MOST_BYTES = 4095;

  private final ObdbSets sets;

  ObdbLines(ObdbSets sets) {
    this.sets = sets;
  }

  @Override
  public void line(String line, Consumer<String> out) {
    JsonNode input = Json.read(line);
    Wanted wanted = Wanted.of(Json.text(input, "command_id"), input.path("year").asText(""));
    List<ObdbCommand> commands =
        find(sets.commands(Json.text(input, "car"), wanted.year()), wanted);
    ObjectNode node = Json.object();
    ObjectNode signals = node.putObject("signals");
    byte[] prefix = HexFormat.of().parseHex(wanted.code());
    prefix[0] |= 0x40;
    boolean extended =
        !wanted.extension().isEmpty()
            || commands.stream().anyMatch(command -> !command.extension().isEmpty());
    List<IsoTpMessage> answers = answers(Json.text(input, "response"), extended);
    boolean named = answers.stream().anyMatch(wanted::hears);
    for (IsoTpMessage answer : answers) {
      byte[] payload = answer.payload();
      boolean counts = !named || wanted.hears(answer);
      if (counts
          && payload.length >= prefix.length
          && Arrays.equals(payload, 0, prefix.length, prefix, 0, prefix.length)) {
        byte[] data = Arrays.copyOfRange(payload, prefix.length, payload.length);
        commands.forEach(command -> command.signals().forEach(s -> put(signals, s, data)));
      }
    }
    out.accept(Json.text(node));
  }

  private static void put(ObjectNode to, ObdbSignal signal, byte[] data) {
    if (!signal.in(data)) {
      return;
    }
    long raw = signal.raw(data);
    if (signal.enumerated()) {
      String state = signal.states().get(raw);
      if (state != null) {
        to.put(signal.id(), state);
      }
      return;
    }
    double value = signal.value(raw);
    if (Double.isFinite(value)) {
      to.put(signal.id(), value);
    }
  }

  /** What a command id asks for. Empty texts: it does not say. */
  private record Wanted(String header, String answerer, String extension, String code, int year) {
    static Wanted of(String id, String year) {
      Matcher e = EXTENSION.matcher(id);
      String extension = e.matches() ? e.group(1).toUpperCase(Locale.ROOT) : "";
      int bar = id.indexOf('|');
      String[] parts = (bar < 0 ? id : id.substring(0, bar)).split("\\.", -1);
      String code = parts[parts.length - 1];
      if (parts.length < 2 || !CODE.matcher(code).matches()) {
        throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no command id: " + Json.cut(id));
      }
      String answerer = parts.length > 2 ? parts[1] : "";
      int model = YEAR.matcher(year).matches() ? Integer.parseInt(year) : 0;
      return new Wanted(parts[0], answerer, extension, code, model);
    }

    boolean hears(IsoTpMessage answer) {
      return ObdbCommand.answers(answer.id(), answerer);
    }
  }

  /** The commands that fit best: each condition holds unless nothing would be left. */
  private static List<ObdbCommand> find(List<ObdbCommand> all, Wanted wanted) {
    List<ObdbCommand> same = where(all, command -> command.code().equalsIgnoreCase(wanted.code()));
    List<ObdbCommand> found =
        prefer(
            where(same, command -> alike(command.header(), wanted.header())),
            command -> command.header().equalsIgnoreCase(wanted.header()));
    if (found.isEmpty() && wanted.code().startsWith("01")) {
      // What all vehicles have may be asked of any control unit.
      found = same;
    }
    if (!wanted.answerer().isEmpty()) {
      found = where(found, command -> alike(command.answerer(), wanted.answerer()));
    }
    if (found.isEmpty()) {
      throw new InvalidInputException(
          ReasonCode.NOT_FOUND,
          "the signal sets have no command " + Json.cut(wanted.header() + "." + wanted.code()));
    }
    found = prefer(found, command -> command.extension().equalsIgnoreCase(wanted.extension()));
    return prefer(found, command -> command.in(wanted.year()));
  }

  /**
   * Sets write the address alone ({@code DA10}, {@code 10}) of {@code 18DA10F1}, {@code 18DAF110}.
   */
  private static boolean alike(String a, String b) {
    String one = a.toUpperCase(Locale.ROOT);
    String other = b.toUpperCase(Locale.ROOT);
    return one.equals(other)
        || one.length() == LONG_ID && !other.isEmpty() && one.contains(other)
        || other.length() == LONG_ID && !one.isEmpty() && other.contains(one);
  }

  private static List<ObdbCommand> where(List<ObdbCommand> all, Predicate<ObdbCommand> fits) {
    return all.stream().filter(fits).toList();
  }

  private static List<ObdbCommand> prefer(List<ObdbCommand> all, Predicate<ObdbCommand> fits) {
    List<ObdbCommand> some = where(all, fits);
    return some.isEmpty() ? all : some;
  }

  /** An identifier has three digits or eight, bytes have two: so the length tells which it is. */
  private static List<IsoTpMessage> answers(String response, boolean extended) {
    IsoTp isoTp = new IsoTp(MOST_SESSIONS, MOST_BYTES);
    List<IsoTpMessage> messages = new ArrayList<>();
    for (String line : response.split("[\\r\\n>]+")) {
      String packed = line.replace(" ", "").toUpperCase(Locale.ROOT);
      int digits = packed.length() % 2 == 0 ? 8 : 3;
      if (packed.length() <= digits
          || !FRAME.matcher(packed.substring(0, digits)).matches()
          || !BYTES.matcher(packed.substring(digits)).matches()) {
        continue;
      }
      long number = Long.parseLong(packed.substring(0, digits), 16);
      int id = digits == 3 ? (int) number : (int) number | EXTENDED_ID;
      byte[] frame = HexFormat.of().parseHex(packed.substring(digits));
      if (extended) {
        isoTp.extendedFrame("", id, frame, 0, frame.length, messages::add);
      } else {
        isoTp.frame("", id, frame, 0, frame.length, messages::add);
      }
    }
    isoTp.end(messages::add);
    messages.removeIf(message -> message.defect().isPresent());
    return messages;
  }
}
