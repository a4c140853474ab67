package io.foretell.diagnostics.industrial;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The status signals that a device names itself (NAMUR NE 107), as words or as a mask: bit 0
 * maintenance required, 1 out of specification, 2 function check, 3 failure. A fault's code is the
 * letter.
 */
public final class Ne107Status {
  /** The family of its faults. */
  public static final String FAMILY = "ne107";

  private static final String CLAUSE = "NAMUR NE 107";
  private static final int MASK = 0x0F;

  private Ne107Status() {}

  /** The signals of a mask. */
  public static DeviceStatus ofMask(int mask, String system) {
    if ((mask & ~MASK) != 0) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "NE107 has four signals; the mask is " + mask);
    }
    List<Ne107> signals = new ArrayList<>();
    for (int bit = 0; bit <= 3; bit++) {
      if ((mask >>> bit & 1) != 0) {
        signals.add(Ne107.values()[bit + 1]);
      }
    }
    return of(signals, system);
  }

  /** The named signals. */
  public static DeviceStatus of(Collection<Ne107> signals, String system) {
    DeviceStatus.Draft draft = new DeviceStatus.Draft(FAMILY, system);
    signals.stream().sorted((a, b) -> b.compareTo(a)).forEach(signal -> add(signal, draft));
    if (signals.stream().allMatch(signal -> signal == Ne107.GOOD)) {
      draft.step(0, 1, "no signal: the value is valid", CLAUSE);
    }
    return draft.whole(true);
  }

  private static void add(Ne107 signal, DeviceStatus.Draft draft) {
    if (signal != Ne107.GOOD) {
      StatusText text = Texts.get(FAMILY, signal.letter());
      draft.field(signal.letter(), text.english() + " (" + signal.colour() + ")");
      draft.step(0, 1, "signal " + signal.letter() + ": " + text.english(), CLAUSE);
      draft.condition(signal.letter(), signal, text.english());
    }
  }
}
