package io.foretell.servicedesk;

import io.foretell.proto.DeviceId;
import io.foretell.proto.TicketEvent;

/** A ticket of a device has changed, and what about it. */
public record TicketChange(DeviceId device, ChangeType type, TicketEvent event) {}
