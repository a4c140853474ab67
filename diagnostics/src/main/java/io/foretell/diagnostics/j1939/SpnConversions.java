package io.foretell.diagnostics.j1939;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Which conversion version a source uses. What is configured for a source address rules, whatever
 * its conversion method bit says: makers disagree on the polarity of that bit. Otherwise a clear
 * bit is version 4, and for a set bit the version of 1–3 wins under which most SPNs have a name.
 */
public final class SpnConversions {
  /** The likeliest first: version 3 has the layout of today's. */
  private static final List<SpnConversion> WITH_BIT_SET =
      List.of(SpnConversion.VERSION_3, SpnConversion.VERSION_1, SpnConversion.VERSION_2);

  private static final int HEADER = 2;
  private static final int WORD = 4;

  /** A code, lamps, flash: DM31. */
  private static final int ASSOCIATION = 6;

  /** The source that stands for any without a version of its own. */
  public static final int ANY_SOURCE = -1;

  private final Map<Integer, SpnConversion> bySource;
  private final IntPredicate knownSpn;

  /**
   * @param bySource what is known of source addresses; {@link #ANY_SOURCE} for those not named
   * @param knownSpn whether an SPN has a name
   */
  public SpnConversions(Map<Integer, SpnConversion> bySource, IntPredicate knownSpn) {
    this.bySource = Map.copyOf(bySource);
    this.knownSpn = knownSpn;
  }

  /**
   * The version of any diagnostic message of source {@code sa}: DM25 and DM31 have their codes at
   * other places than the rest.
   *
   * @param data its bytes from 0
   */
  public SpnConversion of(DmKind kind, int sa, byte[] data, int length) {
    ByteArrayOutputStream words = new ByteArrayOutputStream();
    words.write(data, 0, Math.min(HEADER, length));
    if (kind == DmKind.DM31) {
      for (int at = 0; at + ASSOCIATION <= length; at += ASSOCIATION) {
        words.write(data, at, WORD);
      }
    } else if (kind == DmKind.DM25) {
      for (int at = 0;
          at + WORD < length && (data[at] & 0xFF) >= WORD;
          at += 1 + (data[at] & 0xFF)) {
        words.write(data, at + 1, WORD);
      }
    } else {
      return of(sa, data, 0, length);
    }
    byte[] asInDm1 = words.toByteArray();
    return of(sa, asInDm1, 0, asInDm1.length);
  }

  /** The version of a message of source {@code sa} that has its codes where DM1 has them. */
  public SpnConversion of(int sa, byte[] data, int offset, int length) {
    if (!bySource.isEmpty()) {
      SpnConversion configured = bySource.get(sa);
      configured = configured != null ? configured : bySource.get(ANY_SOURCE);
      if (configured != null) {
        return configured;
      }
    }
    for (int at = offset + 2; at + 4 <= offset + length; at += 4) {
      if (data[at + 3] < 0 && !padding(data, at)) {
        return likeliest(data, offset, length);
      }
    }
    return SpnConversion.VERSION_4;
  }

  private SpnConversion likeliest(byte[] data, int offset, int length) {
    SpnConversion best = SpnConversion.VERSION_3;
    int most = 0;
    for (SpnConversion version : WITH_BIT_SET) {
      int known = 0;
      for (int at = offset + 2; at + 4 <= offset + length; at += 4) {
        int spn = version.spn(data[at] & 0xFF, data[at + 1] & 0xFF, data[at + 2] & 0xFF);
        known += knownSpn.test(spn) ? 1 : 0;
      }
      if (known > most) {
        most = known;
        best = version;
      }
    }
    return best;
  }

  private static boolean padding(byte[] data, int at) {
    return (data[at] & data[at + 1] & data[at + 2]) == -1;
  }
}
