package io.foretell.diagnostics.offline.json;

import java.util.List;
import java.util.function.Consumer;

/** Decodes lines of one input, in their order. */
interface LineDecoder {
  /**
   * Takes a line that is not blank.
   *
   * @throws io.foretell.proto.InvalidInputException where it cannot be read; the next one can
   */
  void line(String line, Consumer<String> out);

  /** What is wrong with the table it decodes by; a line of JSON each. */
  default List<String> notices() {
    return List.of();
  }

  /** The input is over. */
  default void end(Consumer<String> out) {}
}
