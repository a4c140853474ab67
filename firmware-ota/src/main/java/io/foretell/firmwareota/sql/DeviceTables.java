package io.foretell.firmwareota.sql;

import io.foretell.firmwareota.CampaignStore.Member;
import io.foretell.firmwareota.DeviceProgress;
import io.foretell.firmwareota.DeviceStatus;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlStatement;

/** The devices of campaigns, and which campaign has which. */
record DeviceTables(Handle handle) {
  private static final String OPEN =
      "('OFFERED', 'RECEIVED', 'DOWNLOADING', 'VERIFIED', 'INSTALLED')";
  private static final String FAILED =
      "('FAILED', 'REFUSED', 'SILENT', 'ROLLED_BACK', 'UNREACHED')";

  void add(String campaign, List<DeviceProgress> devices) {
    PreparedBatch batch =
        handle.prepareBatch(
            """
            insert into ota_device (campaign, device, wave, status, percent, attempt, reason,
              detail, deadline, changed_at, written_off, seen_lane, seen_partition, seen_offset,
              seen_ordinal)
            values (:campaign, :device, :wave, :status, :percent, :attempt, :reason, :detail,
              :deadline, :changedAt, :writtenOff, :lane, :partition, :offset, :ordinal)
            """);
    devices.forEach(device -> bind(batch, campaign, device).add());
    batch.execute();
  }

  void save(String campaign, DeviceProgress device) {
    bind(
            handle.createUpdate(
                """
                update ota_device set wave = :wave, status = :status, percent = :percent,
                  attempt = :attempt, reason = :reason, detail = :detail, deadline = :deadline,
                  changed_at = :changedAt, written_off = :writtenOff, seen_lane = :lane,
                  seen_partition = :partition, seen_offset = :offset, seen_ordinal = :ordinal
                where campaign = :campaign and device = :device
                """),
            campaign,
            device)
        .execute();
  }

  List<String> claim(String campaign, String tenant, String component, List<String> devices) {
    List<String> taken = new ArrayList<>();
    for (String device : devices) {
      int added =
          handle.execute(
              "insert into ota_claim (tenant, device, component, campaign) values (?, ?, ?, ?)"
                  + " on conflict (tenant, device, component) do nothing",
              tenant,
              device,
              component,
              campaign);
      if (added == 0) {
        taken.add(device);
      }
    }
    return taken;
  }

  void releaseSettled(String campaign) {
    handle.execute(
        "delete from ota_claim where campaign = ? and device not in"
            + " (select device from ota_device where campaign = ? and status in "
            + OPEN
            + ")",
        campaign,
        campaign);
  }

  void release(String campaign, String device) {
    handle.execute("delete from ota_claim where campaign = ? and device = ?", campaign, device);
  }

  Optional<DeviceProgress> find(String campaign, String device) {
    return handle
        .createQuery("select * from ota_device where campaign = :campaign and device = :device")
        .bind("campaign", campaign)
        .bind("device", device)
        .map((row, context) -> read(row))
        .findOne();
  }

  List<DeviceProgress> page(String campaign, String after, int limit) {
    return handle
        .createQuery(
            "select * from ota_device where campaign = :campaign and device > :after"
                + " order by device limit :limit")
        .bind("campaign", campaign)
        .bind("after", after)
        .bind("limit", limit)
        .map((row, context) -> read(row))
        .list();
  }

  List<DeviceProgress> pending(String campaign, int wave, int limit) {
    return handle
        .createQuery(
            "select * from ota_device where campaign = :campaign and wave = :wave"
                + " and status = 'PENDING' order by device limit :limit")
        .bind("campaign", campaign)
        .bind("wave", wave)
        .bind("limit", limit)
        .map((row, context) -> read(row))
        .list();
  }

  List<String> succeeded(String campaign) {
    return handle
        .createQuery(
            "select device from ota_device where campaign = :campaign and status = 'SUCCEEDED'"
                + " order by device")
        .bind("campaign", campaign)
        .mapTo(String.class)
        .list();
  }

  List<Member> memberships(DeviceId device, String named) {
    return handle
        .createQuery(
            """
            select d.* from ota_device d join ota_campaign c on c.id = d.campaign
            where d.device = :device and c.tenant = :tenant and (d.campaign = :named
              or d.campaign in (select campaign from ota_claim
                where tenant = :tenant and device = :device))
            order by d.campaign
            """)
        .bind("device", device.device())
        .bind("tenant", device.tenant())
        .bind("named", named)
        .map((row, context) -> new Member(row.getString("campaign"), read(row)))
        .list();
  }

  List<Member> due(long now, int limit) {
    return handle
        .createQuery(
            "select * from ota_device where deadline <= :now order by deadline, campaign, device"
                + " limit :limit")
        .bind("now", now)
        .bind("limit", limit)
        .map((row, context) -> new Member(row.getString("campaign"), read(row)))
        .list();
  }

  void writeOffFailed(String campaign, int waves) {
    handle.execute(
        "update ota_device set written_off = 1 where campaign = ? and wave < ? and status in "
            + FAILED,
        campaign,
        waves);
  }

  void retryFailed(String campaign, int waves, long at) {
    handle.execute(
        "update ota_device set status = 'PENDING', changed_at = ? where campaign = ? and wave < ?"
            + " and written_off = 0 and status in "
            + FAILED,
        at,
        campaign,
        waves);
  }

  private static <S extends SqlStatement<S>> S bind(
      S statement, String campaign, DeviceProgress device) {
    return statement
        .bind("campaign", campaign)
        .bind("device", device.device())
        .bind("wave", device.wave())
        .bind("status", device.status().name())
        .bind("percent", device.percent())
        .bind("attempt", device.attempt())
        .bind("reason", device.reason())
        .bind("detail", device.detail())
        .bind("deadline", device.deadline())
        .bind("changedAt", device.changedAt())
        .bind("writtenOff", device.writtenOff() ? 1 : 0)
        .bind("lane", device.seen().map(Position::lane).orElse(""))
        .bind("partition", device.seen().map(Position::partition).orElse(0))
        .bind("offset", device.seen().map(Position::offset).orElse(0L))
        .bind("ordinal", device.seenOrdinal());
  }

  private static DeviceProgress read(ResultSet row) throws SQLException {
    String lane = row.getString("seen_lane");
    Position seen = new Position(lane, row.getInt("seen_partition"), row.getLong("seen_offset"));
    return new DeviceProgress(
        row.getString("device"),
        row.getInt("wave"),
        DeviceStatus.valueOf(row.getString("status")),
        row.getInt("percent"),
        row.getInt("attempt"),
        row.getString("reason"),
        row.getString("detail"),
        row.getLong("deadline"),
        row.getLong("changed_at"),
        row.getInt("written_off") != 0,
        lane.isEmpty() ? Optional.empty() : Optional.of(seen),
        row.getInt("seen_ordinal"));
  }
}
