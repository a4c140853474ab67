package io.foretell.servicedesk.sql;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Small maps as application/x-www-form-urlencoded text: readable, and in no library's format. */
final class Figures {
  private Figures() {}

  static String ofTexts(Map<String, String> map) {
    return new TreeMap<>(map)
        .entrySet().stream()
            .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
            .collect(Collectors.joining("&"));
  }

  static String ofNumbers(Map<String, Double> map) {
    Map<String, String> texts = new TreeMap<>();
    map.forEach((name, value) -> texts.put(name, Double.toString(value)));
    return ofTexts(texts);
  }

  static Map<String, String> texts(String column) {
    Map<String, String> map = new LinkedHashMap<>();
    for (String pair : column.split("&")) {
      int equals = pair.indexOf('=');
      if (equals >= 0) {
        map.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return map;
  }

  static Map<String, Double> numbers(String column) {
    Map<String, Double> map = new LinkedHashMap<>();
    texts(column).forEach((name, value) -> map.put(name, Double.valueOf(value)));
    return map;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
