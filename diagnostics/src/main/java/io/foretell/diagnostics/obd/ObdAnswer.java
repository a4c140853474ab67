package io.foretell.diagnostics.obd;

import java.util.List;

/**
 * What one control unit says.
 *
 * @param unit who says it
 * @param value the value by which the request is known
 * @param signals all signals of the answer, of services 01 and 02
 */
public record ObdAnswer(String unit, ObdValue value, List<ObdSignal> signals) {
  /** Copies the signals. */
  public ObdAnswer {
    signals = List.copyOf(signals);
  }
}
