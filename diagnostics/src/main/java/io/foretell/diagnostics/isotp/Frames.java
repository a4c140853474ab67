package io.foretell.diagnostics.isotp;

/** What a single frame says, in words. */
public final class Frames {
  private Frames() {}

  /**
   * The rule by which a frame is read.
   *
   * @param pci its protocol byte
   */
  public static String rule(int pci) {
    int low = pci & 15;
    return switch (pci >>> 4 & 15) {
      case 0 -> low == 0 ? "single frame, length in the next byte" : "single frame of " + low;
      case 1 -> "first frame, 12-bit length; 000: 32 bits follow";
      case 2 -> "consecutive frame " + low;
      case 3 ->
          low == 0
              ? "flow control: go on"
              : low == 1
                  ? "flow control: wait"
                  : low == 2 ? "flow control: overflow" : "flow control: reserved";
      default -> "reserved";
    };
  }

  /** Where the standard has it. */
  public static String clause(int pci) {
    int kind = pci >>> 4 & 15;
    return kind < 4 ? "ISO 15765-2 9.6." + (kind + 2) : "ISO 15765-2 9.6.1";
  }
}
