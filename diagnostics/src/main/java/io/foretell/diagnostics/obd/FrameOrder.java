package io.foretell.diagnostics.obd;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts the frames of one control unit's answer in order: testers that listen to several units print
 * them late, and a logger may have a consecutive frame before its first one.
 */
final class FrameOrder {
  private FrameOrder() {}

  /** Frames as they should have come; unchanged where there is more than one message. */
  static List<ElmLine.Can> ordered(List<ElmLine.Can> frames) {
    List<ElmLine.Can> firsts = of(frames, 1);
    List<ElmLine.Can> consecutive = of(frames, 2);
    if (firsts.size() != 1 || firsts.size() + consecutive.size() != frames.size()) {
      return frames;
    }
    ElmLine.Can[] places = new ElmLine.Can[consecutive.size()];
    for (int i = 0; i < consecutive.size(); i++) {
      int number = consecutive.get(i).data()[0] & 15;
      int place = i + ((number - (i + 1) + 8 & 15) - 8);
      if (place < 0 || place >= places.length || places[place] != null) {
        return frames;
      }
      places[place] = consecutive.get(i);
    }
    List<ElmLine.Can> ordered = new ArrayList<>(firsts);
    ordered.addAll(List.of(places));
    return ordered;
  }

  private static List<ElmLine.Can> of(List<ElmLine.Can> frames, int kind) {
    return frames.stream()
        .filter(frame -> frame.data().length > 0 && (frame.data()[0] >>> 4 & 15) == kind)
        .toList();
  }
}
