package io.foretell.servicedesk;

import io.foretell.proto.Finding;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;

/** Something that happens to a ticket which is there. */
public sealed interface TicketAction {
  /** What sort of thing. */
  Verb verb();

  /**
   * A finding asserts the problem again.
   *
   * @param exposure other devices of the tenant with the same cause open
   */
  record Seen(Finding finding, int exposure) implements TicketAction {
    @Override
    public Verb verb() {
      return Verb.SEE;
    }
  }

  /** The device's own reports prove that the problem is gone. */
  record Cleared(Finding finding) implements TicketAction {
    @Override
    public Verb verb() {
      return Verb.CLEAR;
    }
  }

  /** Somebody takes it on. */
  record Acknowledge(String by) implements TicketAction {
    /** Refuses an empty name. */
    public Acknowledge {
      line("by", by);
    }

    @Override
    public Verb verb() {
      return Verb.ACKNOWLEDGE;
    }
  }

  /** Somebody is made its owner. */
  record Assign(String by, String owner) implements TicketAction {
    /** Refuses empty names. */
    public Assign {
      line("by", by);
      line("owner", owner);
    }

    @Override
    public Verb verb() {
      return Verb.ASSIGN;
    }
  }

  /** Work begins; or begins again, where a remedy's proof does not come. */
  record Start(String by) implements TicketAction {
    /** Refuses an empty name. */
    public Start {
      line("by", by);
    }

    @Override
    public Verb verb() {
      return Verb.START;
    }
  }

  /** A remedy is on its way. */
  record RemedyStarted(String by, Remedy remedy) implements TicketAction {
    /** Refuses an empty name. */
    public RemedyStarted {
      line("by", by);
    }

    @Override
    public Verb verb() {
      return Verb.START_REMEDY;
    }
  }

  /** A remedy is on the device. */
  record RemedyApplied(String by, Remedy remedy) implements TicketAction {
    /** Refuses an empty name. */
    public RemedyApplied {
      line("by", by);
    }

    @Override
    public Verb verb() {
      return Verb.APPLY_REMEDY;
    }
  }

  /** The matter is settled, with the device's proof. */
  record Close(String by) implements TicketAction {
    /** Refuses an empty name. */
    public Close {
      line("by", by);
    }

    @Override
    public Verb verb() {
      return Verb.CLOSE;
    }
  }

  /** Closed without proof. The ticket says so for ever, and the remedy gets no credit. */
  record ForceClose(String by, String reason) implements TicketAction {
    /** Refuses an empty name or reason. */
    public ForceClose {
      line("by", by);
      prose("reason", reason);
    }

    @Override
    public Verb verb() {
      return Verb.FORCE_CLOSE;
    }
  }

  /** Somebody knows that it is not settled. */
  record Reopen(String by, String reason) implements TicketAction {
    /** Refuses an empty name or reason. */
    public Reopen {
      line("by", by);
      prose("reason", reason);
    }

    @Override
    public Verb verb() {
      return Verb.REOPEN;
    }
  }

  /** Somebody has something to say. */
  record Comment(String by, String text) implements TicketAction {
    /** Refuses an empty name or text. */
    public Comment {
      line("by", by);
      prose("text", text);
    }

    @Override
    public Verb verb() {
      return Verb.COMMENT;
    }
  }

  private static void line(String what, String value) {
    check(what, value, 200);
  }

  private static void prose(String what, String value) {
    check(what, value, 4000);
  }

  private static void check(String what, String value, int most) {
    if (value.isBlank() || value.length() > most) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "'" + what + "' must have 1 to " + most + " characters");
    }
  }
}
