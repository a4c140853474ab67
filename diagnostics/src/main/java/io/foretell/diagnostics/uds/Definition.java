package io.foretell.diagnostics.uds;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a maker defines and the standard does not: what is behind data identifiers, extended data
 * records and routines.
 *
 * @param dids data identifiers, 0–FFFF
 * @param extended extended data records by their number, 1–FE
 * @param extendedSize bytes of a record that is not among them; 0 where unknown
 * @param routines names of routine identifiers
 */
public record Definition(
    Map<Integer, Item> dids,
    Map<Integer, Item> extended,
    int extendedSize,
    Map<Integer, String> routines) {
  /** What ISO 14229-1 annex C.1 itself defines. */
  public static final Definition STANDARD =
      new Definition(StandardDids.read(), Map.of(), 0, Map.of(0xFF00, "erase memory"));

  /** Copies the maps. */
  public Definition {
    dids = Map.copyOf(dids);
    extended = Map.copyOf(extended);
    routines = Map.copyOf(routines);
  }

  /**
   * A data item.
   *
   * @param length its bytes; 0 where they vary: it takes what is left
   * @param fields what is in it; empty: its bytes as they are
   */
  public record Item(String name, int length, List<Field> fields) {
    /** Copies the fields. */
    public Item {
      fields = List.copyOf(fields);
    }
  }

  /**
   * A value within an item: raw × factor + offset.
   *
   * @param bit its most significant bit, counted from bit 7 of the first byte
   * @param bits 1–64; 0 where it is text to the end of the item
   * @param states names of raw values, which then stand for the number
   */
  public record Field(
      String name,
      int bit,
      int bits,
      boolean signed,
      double factor,
      double offset,
      String unit,
      Map<Long, String> states) {
    /** Copies the states. */
    public Field {
      states = Map.copyOf(states);
    }
  }

  /** This one, with what the other has in addition; where both say something, the other rules. */
  public Definition with(Definition other) {
    Map<Integer, Item> someDids = new HashMap<>(dids);
    someDids.putAll(other.dids);
    Map<Integer, Item> some = new HashMap<>(extended);
    some.putAll(other.extended);
    Map<Integer, String> names = new HashMap<>(routines);
    names.putAll(other.routines);
    int size = other.extendedSize > 0 ? other.extendedSize : extendedSize;
    return new Definition(someDids, some, size, names);
  }

  /** Only the lengths. */
  public DataSizes sizes() {
    return new DataSizes(lengths(dids), extendedSize, lengths(extended));
  }

  @Nullable Item did(int did) {
    return dids.get(did);
  }

  private static Map<Integer, Integer> lengths(Map<Integer, Item> items) {
    Map<Integer, Integer> lengths = new HashMap<>();
    items.forEach(
        (id, item) -> {
          if (item.length() > 0) {
            lengths.put(id, item.length());
          }
        });
    return lengths;
  }
}
