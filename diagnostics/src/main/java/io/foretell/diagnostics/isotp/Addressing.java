package io.foretell.diagnostics.isotp;

/** What identifiers say of addressing, ISO 15765-2 clause 10.3. */
final class Addressing {
  private static final int EXTENDED_ID = 0x80000000;
  private static final int MIXED_FUNCTIONAL = 0x00CD0000;
  private static final int MIXED_PHYSICAL = 0x00CE0000;
  private static final int PF_BITS = 0x03FF0000;
  private static final int OBD_OFFSET = 8;

  private Addressing() {}

  /** Mixed addressing with 29 bits: PF 205 or 206; the first byte is an address extension. */
  static boolean isMixed(int id) {
    int format = id & PF_BITS;
    return id < 0 && (format == MIXED_FUNCTIONAL || format == MIXED_PHYSICAL);
  }

  /**
   * The identifiers of the other direction: source and target change places in 29 bits; eight apart
   * in 11 bits, as ISO 15765-4 has it.
   */
  static int[] partners(int id) {
    if ((id & EXTENDED_ID) != 0) {
      return new int[] {id & 0xFFFF0000 | (id & 0xFF) << 8 | id >>> 8 & 0xFF};
    }
    return new int[] {id + OBD_OFFSET, id - OBD_OFFSET};
  }
}
