package io.foretell.diagnostics.nmea2000;

import java.util.BitSet;

/** Which parameter groups are sent as fast packets: the frame itself does not say. */
public final class FastPgns {
  /** First and last number of each range. */
  private static final int[][] RANGES = {
    {126208, 126208}, {126464, 126464}, {126720, 126720}, {126983, 126988}, {126996, 126996},
    {126998, 126998}, {127233, 127233}, {127237, 127237}, {127489, 127491}, {127494, 127498},
    {127503, 127504}, {127506, 127507}, {127509, 127514}, {128275, 128275}, {128520, 128520},
    {128538, 128538}, {129029, 129029}, {129038, 129041}, {129044, 129045}, {129284, 129285},
    {129301, 129302}, {129538, 129538}, {129540, 129542}, {129545, 129545}, {129547, 129547},
    {129549, 129549}, {129551, 129551}, {129556, 129556}, {129792, 129816}, {130052, 130054},
    {130060, 130061}, {130064, 130074}, {130320, 130324}, {130329, 130330}, {130561, 130575},
    {130577, 130578}, {130580, 130581}, {130583, 130584}, {130586, 130586}, {130816, 131071}
  };

  private static final BitSet FAST = new BitSet();

  static {
    for (int[] range : RANGES) {
      FAST.set(range[0], range[1] + 1);
    }
  }

  private FastPgns() {}

  /** Whether a PGN is sent as fast packets. */
  public static boolean contains(int pgn) {
    return FAST.get(pgn);
  }
}
