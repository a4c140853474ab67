package io.foretell.diagnostics.dbc;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.math.BigInteger;
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
 * Reads DBC files: messages, signals, multiplexing (also extended), value names and tables,
 * floating point types, long names, SPN and J1939 attributes. All else is passed over. Real files
 * bend the grammar; what does not matter for decoding is not checked, and what cannot be read is a
 * {@link DbcDefect}.
 */
public final class DbcParser {
  /*
   * All quantifiers are possessive where what they took is never another part's: a file that fits
   * almost costs no search.
   */
  private static final Pattern MESSAGE =
      Pattern.compile("BO_\\s++(\\d++)\\s++([^\\s:]++)\\s*+:\\s*+(\\d++)\\b.*");
  private static final Pattern SIGNAL =
      Pattern.compile(
          "SG_\\s++([^\\s:]++)\\s*+(M|m\\d*+M?)?\\s*+:\\s*+(\\d++)\\s*+\\|\\s*+(\\d++)\\s*+@\\s*+([01])"
              + "\\s*+([+-])\\s*+\\(([^,()]++),([^,()]++)\\)[^\"]*+(?:\"([^\"]*+)\")?.*",
          Pattern.DOTALL);
  private static final Pattern VALUES =
      Pattern.compile("VAL_\\s++(\\d++)\\s++(\\S++)\\s++(.*)", Pattern.DOTALL);

  /** Names of an environment variable's values. */
  private static final Pattern ENVIRONMENT =
      Pattern.compile("VAL_\\s++[^\\d\\s].*+", Pattern.DOTALL);

  private static final Pattern TABLE =
      Pattern.compile("VAL_TABLE_\\s++(\\S++)\\s++(.*)", Pattern.DOTALL);
  private static final Pattern TABLE_NAME = Pattern.compile("(\\w++)\\s*+;?\\s*+");
  private static final Pattern VALUE =
      Pattern.compile("(-?(?<!\\d)\\d{1,30}+)(?:\\.0{0,30}+)?\\s*+\"");
  private static final Pattern MULTIPLEX =
      Pattern.compile("SG_MUL_VAL_\\s++(\\d++)\\s++(\\S++)\\s++(\\S++)\\s++([^;]*+);?\\s*+");
  private static final Pattern RANGE =
      Pattern.compile("(?<!\\d)(\\d{1,30}+)\\s*+-\\s*+(\\d{1,30}+)");
  private static final Pattern FLOATING =
      Pattern.compile("SIG_VALTYPE_\\s++(\\d++)\\s++([^\\s:;]++)\\s*+:?\\s*+([0-3])\\s*+;.*");
  private static final Pattern ATTRIBUTE =
      Pattern.compile(
          "BA_\\s++\"(\\w++)\"\\s++(?:BO_\\s++(\\d++)|SG_\\s++(\\d++)\\s++([^\\s\"]++))?"
              + "\\s*+(?:\"([^\"]*+)\"|([^\";]*+))\\s*+;.*",
          Pattern.DOTALL);
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?:\\d++\\.?\\d*+|\\.\\d++)(?:[eE][+-]?\\d++)?");
  private static final Pattern KEYWORD =
      Pattern.compile("^\\h*+(?:VERSION\\b|NS_\\b|BS_\\b|BU_\\b|CM_ |BA_DEF_)", Pattern.MULTILINE);
  private static final int MOST_BITS = 64;
  private static final int LAST_START = 4095;
  private static final long LARGEST_ID = 0xFFFF_FFFFL;

  private final Map<Long, MessageDraft> messages = new LinkedHashMap<>();
  private final Map<String, Map<Long, String>> tables = new HashMap<>();
  private final List<DbcDefect> defects = new ArrayList<>();
  private @Nullable MessageDraft open;
  private boolean j1939;
  private String frameFormat = "3";

  private DbcParser() {}

  /**
   * Reads a file. UTF-16 where its mark says so, UTF-8 where it is that, otherwise Windows-1252.
   *
   * @throws InvalidInputException where it has no statement that only DBC files have
   */
  public static DbcFile parse(byte[] file) {
    return parse(text(file));
  }

  /**
   * Reads a file's text.
   *
   * @throws InvalidInputException where it has no statement that only DBC files have
   */
  public static DbcFile parse(String text) {
    DbcParser parser = new DbcParser();
    Statements.of(text, parser.new Reading());
    return parser.file(text);
  }

  /** What is wrong with one statement. */
  private static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String reason) {
      super(reason, null, false, false);
    }
  }

  private final class Reading implements Statements.Sink {
    /** What cannot be read costs itself only; the signals of an unread message with it. */
    @Override
    public void statement(int line, String text) {
      try {
        take(text);
      } catch (Unreadable e) {
        defect(line, String.valueOf(e.getMessage()), text);
        open = text.startsWith("BO_ ") ? null : open;
      }
    }

    @Override
    public void endless(int line, String text) {
      defect(line, "quotes or semicolon never end", text);
      open = text.startsWith("BO_ ") ? null : open;
    }
  }

  private void defect(int line, String reason, String text) {
    defects.add(new DbcDefect(line, reason, cut(text)));
  }

  private static String cut(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }

  private void take(String text) throws Unreadable {
    if (text.startsWith("BO_ ")) {
      message(text);
    } else if (text.startsWith("SG_ ")) {
      signal(text);
    } else if (text.startsWith("VAL_ ")) {
      values(text);
    } else if (text.startsWith("VAL_TABLE_ ")) {
      table(text);
    } else if (text.startsWith("SG_MUL_VAL_ ")) {
      multiplex(text);
    } else if (text.startsWith("SIG_VALTYPE_ ")) {
      floating(text);
    } else if (text.startsWith("BA_ ")) {
      attribute(text);
    } else if (text.startsWith("BA_DEF_ ")) {
      definition(text);
    }
  }

  private void message(String text) throws Unreadable {
    Matcher m = matched(MESSAGE, text, "no message: BO_ id name: length sender");
    long id = number(m.group(1));
    if (id > LARGEST_ID) {
      throw new Unreadable("no CAN identifier: " + id);
    }
    open = new MessageDraft(id, m.group(2), (int) Math.min(number(m.group(3)), LAST_START));
    messages.put(id, open);
  }

  private void signal(String text) throws Unreadable {
    if (open == null) {
      throw new Unreadable("a signal of no message that could be read");
    }
    Matcher m =
        matched(SIGNAL, text, "no signal: SG_ name : start|bits@order sign (factor,offset)");
    SignalDraft signal = new SignalDraft(m.group(1));
    String multiplex = m.group(2) == null ? "" : m.group(2);
    signal.start = (int) Math.min(number(m.group(3)), Integer.MAX_VALUE);
    signal.bits = (int) Math.min(number(m.group(4)), Integer.MAX_VALUE);
    signal.bigEndian = m.group(5).equals("0");
    signal.kind = m.group(6).equals("-") ? DbcSignal.Kind.SIGNED : DbcSignal.Kind.UNSIGNED;
    signal.factor = decimal(m.group(7));
    signal.offset = decimal(m.group(8));
    signal.unit = m.group(9) == null ? "" : m.group(9);
    signal.multiplexer = multiplex.endsWith("M");
    String value = multiplex.replaceAll("\\D", "");
    if (!value.isEmpty()) {
      signal.ranges = new long[] {number(value), number(value)};
    }
    if (signal.bits < 1 || signal.bits > MOST_BITS) {
      throw new Unreadable("a signal has 1 to 64 bits, not " + m.group(4));
    }
    if (signal.start > LAST_START) {
      throw new Unreadable("no frame reaches bit " + m.group(3));
    }
    if (open.signals.put(signal.name, signal) != null) {
      throw new Unreadable("the message has this signal twice; the last one counts");
    }
  }

  private void values(String text) throws Unreadable {
    if (ENVIRONMENT.matcher(text).matches()) {
      return;
    }
    Matcher m = matched(VALUES, text, "no value names: VAL_ id signal number \"name\" …;");
    SignalDraft signal = find(m.group(1), m.group(2));
    if (signal == null) {
      return;
    }
    Matcher name = TABLE_NAME.matcher(m.group(3));
    Map<Long, String> named = name.matches() ? tables.get(name.group(1)) : names(m.group(3));
    if (named != null) {
      signal.choices.putAll(named);
    }
  }

  private void table(String text) throws Unreadable {
    Matcher m = matched(TABLE, text, "no value table: VAL_TABLE_ name number \"name\" …;");
    tables.put(m.group(1), names(m.group(2)));
  }

  private static Map<Long, String> names(String text) {
    Map<Long, String> names = new LinkedHashMap<>();
    Matcher value = VALUE.matcher(text);
    int from = 0;
    while (value.find(from)) {
      int end = closing(text, value.end());
      String name = text.substring(value.end(), end);
      names.put(new BigInteger(value.group(1)).longValue(), name.replace("\\\"", "\""));
      from = Math.min(end + 1, text.length());
    }
    return names;
  }

  /** Where the quotes close; a quote after a backslash is part of the text. */
  private static int closing(String text, int from) {
    int quote = text.indexOf('"', from);
    while (quote > from && text.charAt(quote - 1) == '\\') {
      quote = text.indexOf('"', quote + 1);
    }
    return quote < 0 ? text.length() : quote;
  }

  private void multiplex(String text) throws Unreadable {
    Matcher m =
        matched(MULTIPLEX, text, "no multiplexing: SG_MUL_VAL_ id signal multiplexer from-to, …;");
    SignalDraft signal = find(m.group(1), m.group(2));
    if (signal != null) {
      signal.by = m.group(3);
      signal.ranges =
          RANGE
              .matcher(m.group(4))
              .results()
              .flatMapToLong(range -> LongStream.of(whole(range.group(1)), whole(range.group(2))))
              .toArray();
    }
  }

  private void floating(String text) throws Unreadable {
    Matcher m = matched(FLOATING, text, "no value type: SIG_VALTYPE_ id signal : 0–3;");
    SignalDraft signal = find(m.group(1), m.group(2));
    if (signal == null || m.group(3).equals("0")) {
      return;
    }
    if (signal.bits == Double.SIZE) {
      signal.kind = DbcSignal.Kind.DOUBLE;
    } else if (signal.bits == Float.SIZE || signal.bits == Short.SIZE) {
      signal.kind = DbcSignal.Kind.FLOAT;
    } else {
      throw new Unreadable("no floating point number has " + signal.bits + " bits");
    }
  }

  /** Which value of the attribute {@code VFrameFormat} is that of SAE J1939. */
  private void definition(String text) {
    if (text.contains("\"VFrameFormat\"")) {
      int words = text.indexOf("ENUM");
      List<String> values =
          List.of(text.substring(Math.max(words, 0)).replaceAll("[^\\w,]", "").split(","));
      frameFormat = Integer.toString(values.indexOf("J1939PG"));
    }
  }

  private void attribute(String text) {
    Matcher m = ATTRIBUTE.matcher(text);
    if (!m.matches()) {
      return;
    }
    String value = (m.group(5) == null ? m.group(6) : m.group(5)).strip();
    String id = m.group(2) == null ? m.group(3) : m.group(2);
    MessageDraft message = id == null ? null : messages.get(whole(id));
    SignalDraft signal =
        message == null || m.group(4) == null ? null : message.signals.get(m.group(4));
    switch (m.group(1)) {
      case "SystemMessageLongSymbol" -> {
        if (message != null && !value.isEmpty()) {
          message.name = value;
        }
      }
      case "SystemSignalLongSymbol" -> {
        if (signal != null && !value.isEmpty()) {
          signal.longName = value;
        }
      }
      case "SPN" -> {
        if (signal != null && value.matches("\\d{1,6}")) {
          signal.spn = Integer.parseInt(value);
        }
      }
      case "ProtocolType" -> j1939 |= value.equals("J1939");
      case "VFrameFormat" -> j1939 |= value.equals(frameFormat) || value.equals("J1939PG");
      default -> {}
    }
  }

  private @Nullable SignalDraft find(String id, String name) {
    MessageDraft message = messages.get(whole(id));
    return message == null ? null : message.signals.get(name);
  }

  private DbcFile file(String text) {
    if (messages.isEmpty() && !KEYWORD.matcher(text).find()) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "no DBC file" + (defects.isEmpty() ? "" : "; " + defects.get(0)));
    }
    LinkedHashMap<Integer, DbcMessage> built = new LinkedHashMap<>();
    messages.values().forEach(draft -> built.put(draft.frameId(), draft.build()));
    return new DbcFile(built, j1939, defects);
  }

  private static Matcher matched(Pattern pattern, String text, String otherwise) throws Unreadable {
    Matcher m = pattern.matcher(text);
    if (!m.matches()) {
      throw new Unreadable(otherwise);
    }
    return m;
  }

  private static long number(String text) throws Unreadable {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Unreadable("no number: " + cut(text));
    }
  }

  /** The lowest 64 bits of any run of digits. */
  private static long whole(String text) {
    return text.length() < 19 ? Long.parseLong(text) : new BigInteger(text).longValue();
  }

  /** Java would also read names of numbers and hex; what is too large has no value. */
  private static double decimal(String text) throws Unreadable {
    String plain = text.strip();
    double value = DECIMAL.matcher(plain).matches() ? Double.parseDouble(plain) : Double.NaN;
    if (!Double.isFinite(value)) {
      throw new Unreadable("no number: " + cut(plain));
    }
    return value;
  }

  private static String text(byte[] file) {
    int mark = file.length < 2 ? 0 : (file[0] & 0xFF) << 8 | file[1] & 0xFF;
    if (mark == 0xFFFE || mark == 0xFEFF) {
      return new String(file, StandardCharsets.UTF_16);
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      return new String(file, Charset.forName("windows-1252"));
    }
  }
}
