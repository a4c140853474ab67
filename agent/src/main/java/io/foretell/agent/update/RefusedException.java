package io.foretell.agent.update;

import io.foretell.proto.ReasonCode;

/** Something that came from outside must not be installed. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final ReasonCode reason;

  RefusedException(ReasonCode reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  ReasonCode reason() {
    return reason;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
