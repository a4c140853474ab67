package io.foretell.ingest;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Metrics that a device has announced, so that later messages can name them by number alone (the
 * birth certificate of Sparkplug B). Never changed.
 *
 * <pre>
 *   n (4 bytes) | n × (alias (8 bytes), type (1 byte), length of name (2 bytes), name in UTF-8)
 * </pre>
 */
public final class Announced {
  /** The alias of a metric that has none. */
  public static final long NO_ALIAS = -1;

  /** A device that announced nothing. */
  public static final Announced NOTHING = new Announced(new byte[0], List.of());

  private static final int LEAST = 11;

  private final byte[] bytes;
  private final Map<Long, Metric> byAlias = new HashMap<>();
  private final Map<String, Metric> byName = new HashMap<>();

  /**
   * A metric.
   *
   * @param alias 0 or more, or {@link #NO_ALIAS}
   * @param type number of its data type in its protocol, 0–255
   */
  public record Metric(long alias, int type, String name) {}

  private Announced(byte[] bytes, List<Metric> metrics) {
    this.bytes = bytes;
    for (Metric metric : metrics) {
      byName.put(metric.name(), metric);
      if (metric.alias() != NO_ALIAS) {
        byAlias.put(metric.alias(), metric);
      }
    }
  }

  /**
   * What these metrics announce.
   *
   * @throws InvalidInputException where two have one alias
   */
  public static Announced of(List<Metric> metrics) {
    if (metrics.isEmpty()) {
      return NOTHING;
    }
    int size = 4;
    for (Metric metric : metrics) {
      size += LEAST + metric.name().getBytes(StandardCharsets.UTF_8).length;
    }
    ByteBuffer out = ByteBuffer.allocate(size).putInt(metrics.size());
    for (Metric metric : metrics) {
      byte[] name = metric.name().getBytes(StandardCharsets.UTF_8);
      out.putLong(metric.alias()).put((byte) metric.type()).putShort((short) name.length).put(name);
    }
    Announced announced = new Announced(out.array(), metrics);
    long aliases = metrics.stream().filter(metric -> metric.alias() != NO_ALIAS).count();
    if (announced.byAlias.size() != aliases) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "one alias for two metrics");
    }
    return announced;
  }

  /** What was written; nothing where that was nothing. */
  static Announced of(byte[] bytes) {
    if (bytes.length == 0) {
      return NOTHING;
    }
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      int count = in.getInt();
      if (count < 0 || count > bytes.length / LEAST) {
        throw broken();
      }
      Metric[] metrics = new Metric[count];
      for (int i = 0; i < count; i++) {
        long alias = in.getLong();
        int type = in.get() & 0xFF;
        byte[] name = new byte[in.getShort() & 0xFFFF];
        in.get(name);
        metrics[i] = new Metric(alias, type, new String(name, StandardCharsets.UTF_8));
      }
      return new Announced(bytes, List.of(metrics));
    } catch (BufferUnderflowException e) {
      throw broken();
    }
  }

  private static InvalidInputException broken() {
    return new InvalidInputException(ReasonCode.INTERNAL, "announced metrics: cut off");
  }

  /** The metric of an alias. */
  public Optional<Metric> metric(long alias) {
    return Optional.ofNullable(byAlias.get(alias));
  }

  /** The metric of a name. */
  public Optional<Metric> metric(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  byte[] bytes() {
    return bytes;
  }
}
