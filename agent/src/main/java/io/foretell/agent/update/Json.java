package io.foretell.agent.update;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON in and out, and the one byte form of it that is signed: OLPC canonical JSON (TUF
 * specification, section 4.2.1): no white space, keys in order, integers only, in strings only
 * quotation mark and backslash escaped.
 */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private Json() {}

  static Map<String, Object> parse(byte[] bytes) throws RefusedException {
    try {
      Map<String, Object> parsed = MAPPER.readValue(bytes, new TypeReference<>() {});
      if (parsed == null) {
        throw new RefusedException(ReasonCode.MALFORMED_JSON, "null");
      }
      return parsed;
    } catch (IOException e) {
      throw new RefusedException(ReasonCode.MALFORMED_JSON, "no JSON object");
    }
  }

  static byte[] plain(Map<String, ?> value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static byte[] canonical(Object value) throws RefusedException {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  static Map<?, ?> map(Map<?, ?> in, String key) throws RefusedException {
    if (in.get(key) instanceof Map<?, ?> map) {
      return map;
    }
    throw missing("object", key);
  }

  static List<?> list(Map<?, ?> in, String key) throws RefusedException {
    if (in.get(key) instanceof List<?> list) {
      return list;
    }
    throw missing("list", key);
  }

  static String text(Map<?, ?> in, String key) throws RefusedException {
    if (in.get(key) instanceof String text) {
      return text;
    }
    throw missing("text", key);
  }

  static long number(Map<?, ?> in, String key) throws RefusedException {
    if (in.get(key) instanceof Number number
        && (number instanceof Integer || number instanceof Long)) {
      return number.longValue();
    }
    throw missing("integer", key);
  }

  private static RefusedException missing(String kind, String key) {
    return new RefusedException(ReasonCode.WRONG_SHAPE, "no " + kind + " '" + key + "'");
  }

  private static void write(Object value, StringBuilder out) throws RefusedException {
    if (value instanceof Map<?, ?> map) {
      writeMap(map, out);
    } else if (value instanceof List<?> list) {
      String comma = "";
      out.append('[');
      for (Object item : list) {
        out.append(comma);
        write(item, out);
        comma = ",";
      }
      out.append(']');
    } else if (value instanceof String text) {
      writeText(text, out);
    } else if (value instanceof Integer || value instanceof Long || value instanceof Boolean) {
      out.append(value);
    } else {
      throw new RefusedException(ReasonCode.WRONG_SHAPE, "a value without canonical form");
    }
  }

  private static void writeMap(Map<?, ?> map, StringBuilder out) throws RefusedException {
    TreeMap<String, Object> sorted = new TreeMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (entry.getValue() == null) {
        throw new RefusedException(ReasonCode.WRONG_SHAPE, "a null in signed metadata");
      }
      sorted.put(String.valueOf(entry.getKey()), entry.getValue());
    }
    String comma = "";
    out.append('{');
    for (Map.Entry<String, Object> entry : sorted.entrySet()) {
      out.append(comma);
      writeText(entry.getKey(), out);
      out.append(':');
      write(entry.getValue(), out);
      comma = ",";
    }
    out.append('}');
  }

  private static void writeText(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    out.append('"');
  }
}
