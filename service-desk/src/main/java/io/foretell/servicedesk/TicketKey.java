package io.foretell.servicedesk;

/**
 * Names one ticket.
 *
 * @param tenant whose it is
 * @param id unique within the tenant: {@code T-000123}
 */
public record TicketKey(String tenant, String id) {
  @Override
  public String toString() {
    return id + "@" + tenant;
  }
}
