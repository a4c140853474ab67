package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.dbc.DbcFile;
import io.foretell.diagnostics.dbc.DbcMessage;
import io.foretell.diagnostics.dbc.DbcSignal;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.function.Consumer;

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
    DbcMessage message = file.message(extended ? id | 1 << 31 : id);
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

  private static void put(ArrayNode node, DbcSignal signal, long raw) {
    boolean integral =
        signal.kind() == DbcSignal.Kind.SIGNED || signal.kind() == DbcSignal.Kind.UNSIGNED;
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
