package io.foretell.gateway.downlink;

import io.foretell.gateway.Downlink.State;
import io.foretell.gateway.Downlink.Tracked;
import io.foretell.proto.Telemetry;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** How a command may move from one state to another. */
public final class Moves {
  private static final int MAX_DETAIL = 2000;

  private Moves() {}

  /** Whether a reply may still move a command: ended is ended, but a proof outweighs our clock. */
  static boolean follows(State from, State to) {
    return switch (from) {
      case QUEUED -> to != State.QUEUED;
      case DELIVERED -> to != State.QUEUED && to != State.DELIVERED;
      case ACCEPTED -> to == State.EXPIRED || ended(to);
      case EXPIRED -> ended(to);
      case DONE, FAILED, REFUSED -> false;
    };
  }

  private static boolean ended(State to) {
    return to == State.DONE || to == State.FAILED || to == State.REFUSED;
  }

  /** The states that may be followed by one. */
  public static List<State> before(State to) {
    return Arrays.stream(State.values()).filter(from -> follows(from, to)).toList();
  }

  /** Whether it may go out. */
  static boolean waits(Tracked tracked) {
    return tracked.state() == State.QUEUED || tracked.state() == State.DELIVERED;
  }

  static Tracked moved(Tracked tracked, State state, long now, String detail) {
    return new Tracked(tracked.device(), tracked.command(), state, now, detail);
  }

  /** As it ends where its time is over. */
  static Optional<Tracked> overdue(Tracked tracked, long now) {
    long last = tracked.command().expiresAt();
    if (tracked.state() == State.ACCEPTED) {
      return now - DurableDownlink.OUTCOME_GRACE.toMillis() >= last
          ? Optional.of(moved(tracked, State.EXPIRED, now, "accepted, but no outcome came"))
          : Optional.empty();
    }
    return now >= last ? Optional.of(moved(tracked, State.EXPIRED, now, "")) : Optional.empty();
  }

  static String detail(Telemetry.Reply reply) {
    StringBuilder text = new StringBuilder(reply.detail());
    new TreeMap<>(reply.proof())
        .forEach(
            (name, value) ->
                text.append(text.isEmpty() ? "" : ", ").append(name).append('=').append(value));
    return text.length() <= MAX_DETAIL ? text.toString() : text.substring(0, MAX_DETAIL) + "…";
  }
}
