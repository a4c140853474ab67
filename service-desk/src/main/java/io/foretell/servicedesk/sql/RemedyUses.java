package io.foretell.servicedesk.sql;

import io.foretell.servicedesk.Remedy;
import io.foretell.servicedesk.RemedyEffect;
import io.foretell.servicedesk.Ticket;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The remedies tried on one ticket: what became of each is what their success is measured by. */
final class RemedyUses {
  private static final String THIS = " WHERE tenant = :tenant AND number = :number";
  private static final String PENDING = " AND verified_at IS NULL AND failed_at IS NULL";

  private final Handle handle;
  private final Ticket ticket;

  RemedyUses(Handle handle, Ticket ticket) {
    this.handle = handle;
    this.ticket = ticket;
  }

  void take(RemedyEffect effect, long at) {
    switch (effect) {
      case APPLIED -> applied(at, null);
      case APPLIED_BEFORE_PROOF -> applied(at, at);
      case FAILED -> change("failed_at", PENDING, at);
      case VERIFIED -> change("verified_at", PENDING, at);
      case RELAPSED ->
          change("relapsed_at", " AND verified_at IS NOT NULL AND relapsed_at IS NULL", at);
    }
  }

  boolean tried(Remedy remedy) {
    return handle
        .createQuery("SELECT 1 FROM desk_remedy_use" + THIS + " AND kind = :kind AND ref = :ref")
        .bind("tenant", ticket.device().tenant())
        .bind("number", TicketRow.number(ticket))
        .bind("kind", remedy.kind().name())
        .bind("ref", remedy.ref())
        .mapTo(Integer.class)
        .findFirst()
        .isPresent();
  }

  private void applied(long at, @Nullable Long verifiedAt) {
    Remedy remedy = ticket.remedy().orElseThrow();
    handle
        .createUpdate(
            "INSERT INTO desk_remedy_use (tenant, number, use, cause, kind, ref, text, applied_at,"
                + " verified_at) VALUES (:tenant, :number, (SELECT COUNT(*) + 1 FROM"
                + " desk_remedy_use"
                + THIS
                + "), :cause, :kind, :ref, :text, :at, :verifiedAt)")
        .bind("tenant", ticket.device().tenant())
        .bind("number", TicketRow.number(ticket))
        .bind("cause", ticket.cause())
        .bind("kind", remedy.kind().name())
        .bind("ref", remedy.ref())
        .bind("text", remedy.text())
        .bind("at", at)
        .bind("verifiedAt", verifiedAt)
        .execute();
  }

  private void change(String column, String which, long at) {
    handle
        .createUpdate("UPDATE desk_remedy_use SET " + column + " = :at" + THIS + which)
        .bind("at", at)
        .bind("tenant", ticket.device().tenant())
        .bind("number", TicketRow.number(ticket))
        .execute();
  }
}
