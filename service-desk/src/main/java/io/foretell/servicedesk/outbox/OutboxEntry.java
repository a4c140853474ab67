package io.foretell.servicedesk.outbox;

import io.foretell.servicedesk.TicketChange;

/**
 * A change that waits for the relays.
 *
 * @param sequence counts up in the order of the commits
 * @param id unique for ever, also where the sequence began anew after a restore
 */
public record OutboxEntry(long sequence, String id, TicketChange change) {}
