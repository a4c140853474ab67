package io.foretell.proto.wire;

import io.foretell.proto.Command;
import io.foretell.proto.Finding;
import io.foretell.proto.Reject;
import io.foretell.proto.Telemetry;
import io.foretell.proto.TicketEvent;
import io.foretell.proto.Topic;
import io.foretell.proto.Uplink;

/** The topics at which stages meet. */
public final class Topics {
  /** The bytes as received: the one full-rate lane. */
  public static final Topic<Uplink> UPLINK = Topic.lane("uplink", new UplinkCodec());

  /** What diagnostics asserts. */
  public static final Topic<Finding> FINDINGS = Topic.lane("findings", new FindingCodec());

  /** How tickets change. */
  public static final Topic<TicketEvent> TICKETS = Topic.lane("tickets", new TicketEventCodec());

  /** What devices must do. */
  public static final Topic<Command> COMMANDS = Topic.lane("commands", new CommandCodec());

  /** Inputs that were acknowledged and could not be used. */
  public static final Topic<Reject> REJECTS = Topic.lane("rejects", new RejectCodec());

  /** What uplinks say, decoded; not kept. */
  public static final Topic<Telemetry> TELEMETRY = Topic.pass("telemetry");

  private Topics() {}
}
