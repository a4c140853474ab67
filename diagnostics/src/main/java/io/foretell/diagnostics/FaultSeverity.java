package io.foretell.diagnostics;

import io.foretell.proto.Fault;
import io.foretell.proto.Severity;

/** Says how bad a fault is. Pure: the same fault, the same answer. */
@FunctionalInterface
public interface FaultSeverity {
  /** How bad {@code fault} is, and how sure that it is real. */
  Rating rate(Fault fault);

  /**
   * @param confidence that the fault is real, 0–1
   */
  record Rating(Severity severity, double confidence) {}

  /** Judges by lamp and status bits alone, as any family has them. */
  static FaultSeverity byLampAndStatus() {
    return fault -> new Rating(severity(fault), confidence(fault.status()));
  }

  private static Severity severity(Fault fault) {
    return switch (fault.lamp()) {
      case RED_STOP -> Severity.CRITICAL;
      case MALFUNCTION, AMBER, PROTECT -> Severity.MAJOR;
      case NONE -> {
        if ((fault.status() & Fault.WARNING_INDICATOR) != 0) {
          yield Severity.MAJOR;
        }
        yield (fault.status() & Fault.CONFIRMED) != 0 ? Severity.MINOR : Severity.INFO;
      }
    };
  }

  private static double confidence(int status) {
    if ((status & Fault.CONFIRMED) != 0) {
      return (status & Fault.TEST_FAILED) != 0 ? 0.95 : 0.85;
    }
    return (status & Fault.TEST_FAILED) != 0 ? 0.75 : 0.6;
  }
}
