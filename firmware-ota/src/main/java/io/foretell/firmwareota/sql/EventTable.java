package io.foretell.firmwareota.sql;

import io.foretell.firmwareota.CampaignEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The timelines. */
record EventTable(Handle handle) {

  void append(CampaignEvent event) {
    handle
        .createUpdate(
            """
            insert into ota_event
              (campaign, number, at, kind, device, wave, reason, detail, caused_by, notified)
            select :campaign, coalesce(max(number), 0) + 1, :at, :kind, :device, :wave, :reason,
              :detail, :by, 0
            from ota_event where campaign = :campaign
            """)
        .bind("campaign", event.campaign())
        .bind("at", event.at())
        .bind("kind", event.kind().name())
        .bind("device", event.device())
        .bind("wave", event.wave())
        .bind("reason", event.reason())
        .bind("detail", event.detail())
        .bind("by", event.by())
        .execute();
  }

  List<CampaignEvent> page(String campaign, long afterNumber, int limit) {
    return handle
        .createQuery(
            "select * from ota_event where campaign = :campaign and number > :after"
                + " order by number limit :limit")
        .bind("campaign", campaign)
        .bind("after", afterNumber)
        .bind("limit", limit)
        .map((row, context) -> read(row))
        .list();
  }

  List<CampaignEvent> unnotified(int limit) {
    return handle
        .createQuery(
            "select * from ota_event where notified = 0 order by at, campaign, number"
                + " limit :limit")
        .bind("limit", limit)
        .map((row, context) -> read(row))
        .list();
  }

  void notified(CampaignEvent event) {
    handle
        .createUpdate(
            "update ota_event set notified = 1 where campaign = :campaign and number = :number")
        .bind("campaign", event.campaign())
        .bind("number", event.number())
        .execute();
  }

  private static CampaignEvent read(ResultSet row) throws SQLException {
    return new CampaignEvent(
        row.getString("campaign"),
        row.getLong("number"),
        row.getLong("at"),
        CampaignEvent.Kind.valueOf(row.getString("kind")),
        row.getString("device"),
        row.getInt("wave"),
        row.getString("reason"),
        row.getString("detail"),
        row.getString("caused_by"));
  }
}
