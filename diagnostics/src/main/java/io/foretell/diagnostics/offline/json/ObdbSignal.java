package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;

/**
 * One signal of an OBDb signal set, by its {@code fmt}: {@code bix} first bit (from the highest of
 * the first byte), {@code len} bits, {@code blsb} lowest byte first, {@code sign} two's complement,
 * value = raw × mul ÷ div + add, held within {@code min} (0 where it is not given) and {@code max};
 * {@code nullmin}, {@code nullmax}: no value from there on; {@code map}: names.
 */
record ObdbSignal(String id, JsonNode fmt) {
  private static final double CLOSE = 1e-9;
  private static final int MOST_BITS = 64;

  /** Puts the value where the data has it. */
  void put(ObjectNode to, byte[] data) {
    int from = fmt.path("bix").asInt(0);
    int bits = fmt.path("len").asInt(0);
    if (from < 0 || bits < 1 || bits > MOST_BITS || (long) from + bits > data.length * 8L) {
      return;
    }
    long raw = raw(data, from, bits);
    JsonNode map = fmt.get("map");
    if (map != null) {
      JsonNode value = map.path(Long.toString(raw)).get("value");
      if (value != null) {
        to.set(id, value);
      }
      return;
    }
    double value = held(scaled(raw));
    boolean none =
        fmt.has("nullmin") && value <= fmt.get("nullmin").asDouble()
            || fmt.has("nullmax") && value >= fmt.get("nullmax").asDouble();
    if (!none) {
      to.put(id, value);
    }
  }

  private long raw(byte[] data, int from, int bits) {
    long raw = new BigInteger(1, data).shiftRight(data.length * 8 - from - bits).longValue();
    raw = bits == MOST_BITS ? raw : raw & (1L << bits) - 1;
    if (fmt.path("blsb").asBoolean(false)) {
      raw = Long.reverseBytes(raw) >>> MOST_BITS - (bits + 7) / 8 * 8;
    }
    boolean sign = fmt.path("sign").asBoolean(false);
    return sign ? raw << MOST_BITS - bits >> MOST_BITS - bits : raw;
  }

  /**
   * Some sets give {@code add} before scaling, some after: the one that gives {@code min} for a raw
   * value of 0 is meant.
   */
  private double scaled(long raw) {
    double times = fmt.path("mul").asDouble(1) / fmt.path("div").asDouble(1);
    double add = fmt.path("add").asDouble(0);
    double min = fmt.path("min").asDouble(0);
    boolean before = Math.abs(add - min) > CLOSE && Math.abs(add * times - min) < CLOSE;
    return before ? (raw + add) * times : raw * times + add;
  }

  /** A range that leaves no room ({@code max} 0, no {@code min}) was never filled in. */
  private double held(double value) {
    double least = fmt.path("min").asDouble(0);
    double most = fmt.path("max").asDouble(Double.MAX_VALUE);
    return most <= least ? value : Math.max(least, Math.min(value, most));
  }
}
