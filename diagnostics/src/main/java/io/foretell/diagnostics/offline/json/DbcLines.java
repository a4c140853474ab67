package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.dbc.DbcDefect;
import io.foretell.diagnostics.dbc.DbcFile;
import io.foretell.diagnostics.dbc.DbcMessage;
import io.foretell.diagnostics.dbc.DbcSignal;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code {"id","ext","data"}} to {@code {"name","signals":{name:[raw, scaled, choice]}}}. */
final class DbcLines implements LineDecoder {
  private final DbcFile file;

  DbcLines(DbcFile file) {
    this.file = file;
  }

  @Override
  public void line(String line, Consumer<String> out) {
    JsonNode input = Json.read(line);
    int id = Json.number(input, "id", -1);
    if (id < 0) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no number in field id");
    }
    boolean extended = input.path("ext").asBoolean(id > 0x7FF);
    DbcMessage message = message(extended ? id | 1 << 31 : id);
    if (message == null) {
      throw new InvalidInputException(ReasonCode.NOT_FOUND, "the DBC file has no message " + id);
    }
    byte[] data = Hex.bytes(Json.text(input, "data"));
    ObjectNode node = Json.object();
    node.put("name", message.name());
    ObjectNode signals = node.putObject("signals");
    message.decode(data, (signal, raw) -> put(signals.putArray(signal.name()), signal, raw));
    out.accept(Json.text(node));
  }

  /** On a J1939 bus any unit may send a group that the file names for one of them. */
  private @Nullable DbcMessage message(int id) {
    DbcMessage message = file.message(id);
    return message == null && file.j1939() ? file.messageOfGroup(id) : message;
  }

  @Override
  public List<String> notices() {
    return file.defects().stream().map(DbcLines::notice).toList();
  }

  private static String notice(DbcDefect defect) {
    ObjectNode node = Json.object();
    node.put("warning", ReasonCode.WRONG_SHAPE.name());
    node.put("line", defect.line());
    node.put("detail", defect.reason());
    node.put("text", defect.text());
    return Json.text(node);
  }

  private static void put(ArrayNode node, DbcSignal signal, long raw) {
    boolean integral = signal.integral();
    if (!integral) {
      node.add(signal.number(raw)).add(signal.scaled(raw));
    } else if (signal.kind() == DbcSignal.Kind.UNSIGNED && raw < 0) {
      BigInteger whole = new BigInteger(Long.toUnsignedString(raw));
      node.add(whole);
      add(node, signal, raw, whole);
    } else {
      node.add(raw);
      add(node, signal, raw, BigInteger.valueOf(raw));
    }
    String choice = integral ? signal.choices().get(raw) : null;
    if (choice == null) {
      node.addNull();
    } else {
      node.add(choice);
    }
  }

  /** Whole numbers stay whole, whatever their size. */
  private static void add(ArrayNode node, DbcSignal signal, long raw, BigInteger whole) {
    if (signal.whole()) {
      node.add(
          new BigDecimal(whole)
              .multiply(new BigDecimal(signal.factor()))
              .add(new BigDecimal(signal.offset()))
              .toBigInteger());
    } else {
      node.add(signal.scaled(raw));
    }
  }
}
