package io.foretell.ingest.payload.protobuf;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds numbers of so many digits that their digits alone would fill the memory: JsonFormat turns
 * the text of an unsigned number, bare or in quotes, into all of them. So {@code 1e999999999} is
 * one, and so is {@code "1e999999999"} where the message has a number.
 *
 * <p>A text that only looks like such a number is none: an id may be {@code 12e34567}.
 */
final class HugeNumbers {
  private static final Pattern EXPONENT = Pattern.compile("[eE]\\+?[0-9]{4}");

  /** An escape may hide such an exponent from a look at the text as it came. */
  private static final Pattern SUSPECT = Pattern.compile(EXPONENT.pattern() + "|\\\\u");

  private HugeNumbers() {}

  /** Whether there is one in a body that is known to be JSON, read as that message. */
  static boolean in(String json, Descriptor message) {
    if (!SUSPECT.matcher(json).find()) {
      return false;
    }
    try {
      return in(JsonParser.parseString(json), message);
    } catch (JsonParseException e) {
      return false; // JsonFormat reads with the same parser, and says what is wrong
    }
  }

  private static boolean in(JsonElement element, Descriptor message) {
    if (!element.isJsonObject()) {
      return bare(element);
    }
    for (Map.Entry<String, JsonElement> entry : element.getAsJsonObject().entrySet()) {
      FieldDescriptor field = field(message, entry.getKey());
      if (field == null ? bare(entry.getValue()) : inField(entry.getValue(), field)) {
        return true;
      }
    }
    return false;
  }

  private static boolean inField(JsonElement element, FieldDescriptor field) {
    if (field.isMapField() && element.isJsonObject()) {
      FieldDescriptor value = field.getMessageType().findFieldByName("value");
      return element.getAsJsonObject().entrySet().stream()
          .anyMatch(entry -> inValue(entry.getValue(), value));
    }
    if (element.isJsonArray()) {
      for (JsonElement each : element.getAsJsonArray()) {
        if (inValue(each, field)) {
          return true;
        }
      }
      return false;
    }
    return inValue(element, field);
  }

  private static boolean inValue(JsonElement element, FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case MESSAGE -> in(element, field.getMessageType());
      case STRING, BYTE_STRING, BOOLEAN -> bare(element);
      case INT, LONG, FLOAT, DOUBLE, ENUM ->
          element.isJsonPrimitive() && huge(element.getAsJsonPrimitive());
    };
  }

  /** Whether it is a number that is written as one, where the message has none. */
  private static boolean bare(JsonElement element) {
    return element instanceof JsonPrimitive primitive && primitive.isNumber() && huge(primitive);
  }

  private static boolean huge(JsonPrimitive number) {
    return EXPONENT.matcher(number.getAsString()).find();
  }

  private static @Nullable FieldDescriptor field(Descriptor message, String name) {
    List<FieldDescriptor> fields = message.getFields();
    return fields.stream()
        .filter(field -> field.getJsonName().equals(name) || field.getName().equals(name))
        .findFirst()
        .orElse(null);
  }
}
