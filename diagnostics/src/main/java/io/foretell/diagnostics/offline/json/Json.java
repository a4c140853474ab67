package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON lines. */
final class Json {
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .configure(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN, true)
          .configure(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, true)
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .registerModule(new SimpleModule().addSerializer(byte[].class, new HexBytes()));

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /** A record as an object, its components in their order; bytes as hex. */
  static ObjectNode tree(Record value) {
    return MAPPER.valueToTree(value);
  }

  /** The object of a file. */
  static JsonNode read(Path file) throws IOException {
    try {
      return read(Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, file + " is not UTF-8");
    }
  }

  static String text(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The object of a line. */
  static JsonNode read(String line) {
    JsonNode node;
    try {
      node = MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(ReasonCode.MALFORMED_JSON, e.getOriginalMessage());
    }
    if (node == null || !node.isObject()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a line must be a JSON object");
    }
    return node;
  }

  /** A field that must be text. */
  static String text(JsonNode node, String field) {
    JsonNode value = node.get(field);
    if (value == null || !value.isTextual()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no text in field " + field);
    }
    return value.textValue();
  }

  /** A field that must be a whole number, or {@code otherwise} where it is absent. */
  static int number(JsonNode node, String field, int otherwise) {
    JsonNode value = node.get(field);
    if (value == null) {
      return otherwise;
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no number in field " + field);
    }
    return value.intValue();
  }

  /** A field that must be a size in bytes. */
  static int size(JsonNode node, String field) {
    int size = number(node, field, 0);
    if (size < 1 || size > 0xFFFF) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no size in field " + field);
    }
    return size;
  }

  /** A field that must be a list. */
  static JsonNode list(JsonNode node, String field) {
    JsonNode value = node.get(field);
    if (value == null || !value.isArray()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no list in field " + field);
    }
    return value;
  }

  /** Bytes as hex. */
  private static final class HexBytes extends JsonSerializer<byte[]> {
    @Override
    public void serialize(byte[] value, JsonGenerator to, SerializerProvider provider)
        throws IOException {
      to.writeString(Hex.of(value));
    }
  }

  /** The beginning of an input, for a message. */
  static String cut(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
