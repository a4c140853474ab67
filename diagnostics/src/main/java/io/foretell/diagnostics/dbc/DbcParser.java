package io.foretell.diagnostics.dbc;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads DBC files: messages, signals, multiplexing (also extended), value names, floating point
 * types and long names. All else is passed over. Real files bend the grammar; what does not matter
 * for decoding is not checked.
 */
public final class DbcParser {
  private static final Pattern MESSAGE =
      Pattern.compile("BO_\\s+(\\d+)\\s+(\\w+)\\s*:\\s*(\\d+)\\b.*");
  private static final Pattern SIGNAL =
      Pattern.compile(
          "SG_\\s+(\\w+)\\s*(M|m\\d*M?)?\\s*:\\s*(\\d+)\\|(\\d+)@([01])\\s*([+-])"
              + "\\s*\\(([^,()]+),([^,()]+)\\)[^\"]*(?:\"([^\"]*)\")?.*",
          Pattern.DOTALL);
  private static final Pattern VALUES =
      Pattern.compile("VAL_\\s+(\\d+)\\s+(\\w+)\\s+(.*)", Pattern.DOTALL);
  private static final Pattern VALUE = Pattern.compile("(-?\\d+)\\s+\"([^\"]*)\"");
  private static final Pattern MULTIPLEX =
      Pattern.compile("SG_MUL_VAL_\\s+(\\d+)\\s+(\\w+)\\s+(\\w+)\\s+([^;]*);?\\s*");
  private static final Pattern RANGE = Pattern.compile("(\\d+)\\s*-\\s*(\\d+)");
  private static final Pattern FLOATING =
      Pattern.compile("SIG_VALTYPE_\\s+(\\d+)\\s+(\\w+)\\s*:?\\s*([0-3])\\s*;.*");
  private static final Pattern LONG_NAME =
      Pattern.compile(
          "BA_\\s+\"System(?:Message|Signal)LongSymbol\"\\s+(BO_|SG_)\\s+(\\d+)\\s*(\\w+)?"
              + "\\s*\"([^\"]*)\"\\s*;.*",
          Pattern.DOTALL);

  private final Map<Long, MessageDraft> messages = new LinkedHashMap<>();
  private final List<String> passedOver = new ArrayList<>();
  private @Nullable MessageDraft open;

  private DbcParser() {}

  /**
   * Reads a file. UTF-8 where it is that, otherwise Windows-1252.
   *
   * @throws InvalidInputException where it has no message at all
   */
  public static DbcFile parse(byte[] file) {
    return parse(text(file));
  }

  /**
   * Reads a file's text.
   *
   * @throws InvalidInputException where it has no message at all
   */
  public static DbcFile parse(String text) {
    DbcParser parser = new DbcParser();
    StringBuilder statement = new StringBuilder();
    for (String line : text.split("\\R", -1)) {
      boolean begins = statement.length() == 0;
      if (begins && !starts(line)) {
        continue;
      }
      statement.append(begins ? line.strip() : "\n" + line);
      if (complete(statement)) {
        parser.take(statement.toString());
        statement.setLength(0);
      }
    }
    return parser.file();
  }

  /** A statement begins at the margin; only signals are indented. */
  private static boolean starts(String line) {
    return line.stripLeading().startsWith("SG_ ")
        || line.startsWith("BO_ ")
        || line.startsWith("CM_ ")
        || line.startsWith("VAL_ ")
        || line.startsWith("BA_ ")
        || line.startsWith("SG_MUL_VAL_ ")
        || line.startsWith("SIG_VALTYPE_ ");
  }

  private static boolean complete(CharSequence statement) {
    boolean quoted = false;
    boolean ended = false;
    for (int i = 0; i < statement.length(); i++) {
      char c = statement.charAt(i);
      if (c == '"' && (i == 0 || statement.charAt(i - 1) != '\\')) {
        quoted = !quoted;
      } else if (c == ';' && !quoted) {
        ended = true;
      }
    }
    boolean line = statement.charAt(0) == 'B' && statement.charAt(1) == 'O';
    boolean signal =
        statement.length() > 3 && statement.charAt(2) == '_' && statement.charAt(0) == 'S';
    return !quoted && (ended || line || signal && statement.charAt(3) == ' ');
  }

  /** What cannot be read costs itself only. */
  private void take(String text) {
    try {
      statement(text);
    } catch (InvalidInputException e) {
      passedOver.add(e.detail());
      open = text.startsWith("BO_ ") ? null : open;
    }
  }

  private void statement(String text) {
    if (text.startsWith("BO_ ")) {
      message(text);
    } else if (text.startsWith("SG_ ")) {
      signal(text);
    } else if (text.startsWith("VAL_ ")) {
      values(text);
    } else if (text.startsWith("SG_MUL_VAL_ ")) {
      multiplex(text);
    } else if (text.startsWith("SIG_VALTYPE_ ")) {
      floating(text);
    } else if (text.startsWith("BA_ ")) {
      longName(text);
    }
  }

  private void message(String text) {
    Matcher m = MESSAGE.matcher(text);
    if (!m.matches()) {
      throw bad(text);
    }
    open = new MessageDraft(number(m.group(1)), m.group(2), (int) number(m.group(3)));
    messages.put(number(m.group(1)), open);
  }

  private void signal(String text) {
    Matcher m = SIGNAL.matcher(text);
    if (!m.matches() || open == null) {
      throw bad(text);
    }
    SignalDraft signal = new SignalDraft(m.group(1));
    String multiplex = m.group(2) == null ? "" : m.group(2);
    signal.start = (int) number(m.group(3));
    signal.bits = (int) number(m.group(4));
    signal.bigEndian = m.group(5).equals("0");
    signal.kind = m.group(6).equals("-") ? DbcSignal.Kind.SIGNED : DbcSignal.Kind.UNSIGNED;
    signal.factor = decimal(m.group(7), text);
    signal.offset = decimal(m.group(8), text);
    signal.unit = m.group(9) == null ? "" : m.group(9);
    signal.multiplexer = multiplex.endsWith("M");
    if (multiplex.length() > 1) {
      String value = multiplex.substring(1, multiplex.length() - (signal.multiplexer ? 1 : 0));
      signal.ranges = new long[] {number(value), number(value)};
    }
    if (signal.bits < 1 || signal.bits > 64 || signal.start > 4095) {
      throw bad(text);
    }
    open.signals.put(signal.name, signal);
  }

  private void values(String text) {
    Matcher m = VALUES.matcher(text);
    SignalDraft signal = m.matches() ? find(m.group(1), m.group(2)) : null;
    if (signal != null) {
      Matcher value = VALUE.matcher(m.group(3));
      while (value.find()) {
        signal.choices.put(number(value.group(1)), value.group(2));
      }
    }
  }

  private void multiplex(String text) {
    Matcher m = MULTIPLEX.matcher(text);
    SignalDraft signal = m.matches() ? find(m.group(1), m.group(2)) : null;
    if (signal != null) {
      signal.by = m.group(3);
      signal.ranges =
          RANGE
              .matcher(m.group(4))
              .results()
              .flatMapToLong(range -> LongStream.of(number(range.group(1)), number(range.group(2))))
              .toArray();
    }
  }

  private void floating(String text) {
    Matcher m = FLOATING.matcher(text);
    SignalDraft signal = m.matches() ? find(m.group(1), m.group(2)) : null;
    if (signal != null && m.group(3).equals("1") && signal.bits == 32) {
      signal.kind = DbcSignal.Kind.FLOAT;
    } else if (signal != null && m.group(3).equals("2") && signal.bits == 64) {
      signal.kind = DbcSignal.Kind.DOUBLE;
    }
  }

  private void longName(String text) {
    Matcher m = LONG_NAME.matcher(text);
    if (!m.matches()) {
      return;
    }
    MessageDraft message = messages.get(number(m.group(2)));
    if (m.group(1).equals("BO_") && message != null) {
      message.name = m.group(4);
    } else if (m.group(3) != null) {
      SignalDraft signal = find(m.group(2), m.group(3));
      if (signal != null) {
        signal.longName = m.group(4);
      }
    }
  }

  private @Nullable SignalDraft find(String id, String name) {
    MessageDraft message = messages.get(number(id));
    return message == null ? null : message.signals.get(name);
  }

  private DbcFile file() {
    if (messages.isEmpty()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no DBC file: it has no message");
    }
    Map<Integer, DbcMessage> built = new HashMap<>();
    messages.forEach((id, draft) -> built.put((int) (long) id, draft.build((int) (long) id)));
    return new DbcFile(built, passedOver);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw bad(text);
    }
  }

  private static double decimal(String text, String statement) {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw bad(statement);
    }
  }

  private static InvalidInputException bad(String text) {
    String cut = text.length() <= 80 ? text : text.substring(0, 80) + "…";
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, "cannot read " + cut);
  }

  private static String text(byte[] file) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString();
    } catch (CharacterCodingException e) {
      return new String(file, Charset.forName("windows-1252"));
    }
  }
}
