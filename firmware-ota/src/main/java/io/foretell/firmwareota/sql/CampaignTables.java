package io.foretell.firmwareota.sql;

import io.foretell.firmwareota.Campaign;
import io.foretell.firmwareota.CampaignStore.UnreadableException;
import io.foretell.firmwareota.HaltRule;
import io.foretell.firmwareota.Install;
import io.foretell.firmwareota.Plan;
import io.foretell.firmwareota.Rollout;
import io.foretell.firmwareota.Selection;
import io.foretell.firmwareota.Version;
import io.foretell.firmwareota.Wave;
import io.foretell.firmwareota.WaveCount;
import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultSetException;

/** Campaigns with their plans, waves and counts. */
record CampaignTables(Handle handle) {

  void insert(Campaign campaign) {
    insertRow(campaign);
    Plan plan = campaign.plan();
    String id = campaign.id();
    plan.selection()
        .labels()
        .forEach(
            (name, value) ->
                handle.execute(
                    "insert into ota_campaign_label (campaign, name, value) values (?, ?, ?)",
                    id,
                    name,
                    value));
    List<String> named = plan.selection().devices();
    for (int i = 0; i < named.size(); i++) {
      handle.execute(
          "insert into ota_campaign_named_device (campaign, ordinal, device) values (?, ?, ?)",
          id,
          i,
          named.get(i));
    }
    for (int i = 0; i < plan.preconditions().size(); i++) {
      handle.execute(
          "insert into ota_campaign_precondition (campaign, ordinal, precondition)"
              + " values (?, ?, ?)",
          id,
          i,
          plan.preconditions().get(i));
    }
    for (int i = 0; i < plan.waves().size(); i++) {
      insertWave(id, i, plan.waves().get(i));
    }
  }

  Optional<Campaign> find(String id) {
    try {
      return handle
          .createQuery("select * from ota_campaign where id = :id")
          .bind("id", id)
          .map((row, context) -> read(row))
          .findOne();
    } catch (IllegalArgumentException | InvalidInputException | ResultSetException e) {
      throw new UnreadableException(id, e);
    }
  }

  List<String> list(String tenant, int offset, int limit) {
    return handle
        .createQuery(
            "select id from ota_campaign where tenant = :tenant order by created_at desc, id"
                + " limit :limit offset :offset")
        .bind("tenant", tenant)
        .bind("limit", limit)
        .bind("offset", offset)
        .mapTo(String.class)
        .list();
  }

  List<String> live() {
    return handle
        .createQuery(
            "select id from ota_campaign where state in ('RUNNING', 'HALTED') order by created_at")
        .mapTo(String.class)
        .list();
  }

  void save(String id, Rollout rollout) {
    handle.execute(
        "update ota_campaign set state = ?, started = ?, ready_since = ?, reason = ?,"
            + " changed_at = ? where id = ?",
        rollout.state().name(),
        rollout.started(),
        rollout.readySince(),
        rollout.reason(),
        rollout.changedAt(),
        id);
    for (int i = 0; i < rollout.waves().size(); i++) {
      saveCount(id, i, rollout.waves().get(i));
    }
  }

  /** Whether it was not halted before. */
  boolean haltUnread(String id, String reason, long at) {
    return handle.execute(
            "update ota_campaign set state = 'HALTED', reason = ?, changed_at = ? where id = ?"
                + " and state not in ('HALTED', 'DRAFT', 'DONE', 'CANCELLED', 'ROLLED_BACK')",
            reason,
            at,
            id)
        > 0;
  }

  private void insertRow(Campaign campaign) {
    Plan plan = campaign.plan();
    Install install = campaign.install();
    Rollout rollout = campaign.rollout();
    handle.execute(
        """
        insert into ota_campaign (id, tenant, artifact, target, component, version, size, rollback,
          rollback_of, fixes, select_model, select_hardware, select_version, command_millis,
          created_at, created_by, state, started, ready_since, reason, changed_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        campaign.id(),
        campaign.tenant(),
        install.digest().hex(),
        install.target(),
        install.component(),
        install.version().text(),
        install.size(),
        install.rollback() ? 1 : 0,
        campaign.rollbackOf(),
        plan.fixes(),
        plan.selection().model(),
        plan.selection().hardware(),
        plan.selection().version(),
        plan.commandMillis(),
        campaign.createdAt(),
        campaign.createdBy(),
        rollout.state().name(),
        rollout.started(),
        rollout.readySince(),
        rollout.reason(),
        rollout.changedAt());
  }

  private void insertWave(String id, int ordinal, Wave wave) {
    HaltRule halt = wave.halt();
    handle.execute(
        """
        insert into ota_wave (campaign, ordinal, share, devices, max_failed_share,
          max_rolled_back, silence_millis, min_success_share, soak_millis, locked, pending, open,
          succeeded, failed, rolled_back, unreached, written_off)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0)
        """,
        id,
        ordinal,
        wave.size() instanceof Wave.Share share ? share.share() : 0.0,
        wave.size() instanceof Wave.Count count ? count.devices() : 0,
        halt.maxFailedShare(),
        halt.maxRolledBack(),
        halt.silenceMillis(),
        halt.minSuccessShare(),
        halt.soakMillis());
  }

  private void saveCount(String id, int ordinal, WaveCount count) {
    handle.execute(
        "update ota_wave set locked = 1, pending = ?, open = ?, succeeded = ?, failed = ?,"
            + " rolled_back = ?, unreached = ?, written_off = ? where campaign = ?"
            + " and ordinal = ?",
        count.pending(),
        count.open(),
        count.succeeded(),
        count.failed(),
        count.rolledBack(),
        count.unreached(),
        count.writtenOff(),
        id,
        ordinal);
  }

  private Campaign read(ResultSet row) throws SQLException {
    String id = row.getString("id");
    Digest artifact = new Digest(row.getString("artifact"));
    Install install =
        new Install(
            artifact,
            row.getString("target"),
            row.getString("component"),
            new Version(row.getString("version")),
            row.getLong("size"),
            row.getInt("rollback") != 0);
    Plan plan =
        new Plan(
            artifact,
            row.getString("fixes"),
            new Selection(
                row.getString("select_model"),
                row.getString("select_hardware"),
                row.getString("select_version"),
                labels(id),
                texts("select device from ota_campaign_named_device", id)),
            waves(id),
            row.getLong("command_millis"),
            texts("select precondition from ota_campaign_precondition", id));
    return new Campaign(
        id,
        row.getString("tenant"),
        plan,
        install,
        row.getString("rollback_of"),
        row.getLong("created_at"),
        row.getString("created_by"),
        rollout(row, id, plan.waves().size()));
  }

  private Rollout rollout(ResultSet row, String id, int planned) throws SQLException {
    Rollout.State state = Rollout.State.valueOf(row.getString("state"));
    List<WaveCount> counts = counts(id);
    int started = row.getInt("started");
    boolean whole =
        state == Rollout.State.DRAFT || state == Rollout.State.CANCELLED
            ? counts.isEmpty() || counts.size() == planned
            : counts.size() == planned;
    if (!whole || started < 0 || started > planned) {
      throw new IllegalArgumentException("waves and counts do not match");
    }
    return new Rollout(
        state,
        started,
        row.getLong("ready_since"),
        counts,
        row.getString("reason"),
        row.getLong("changed_at"));
  }

  private Map<String, String> labels(String id) {
    Map<String, String> labels = new LinkedHashMap<>();
    handle
        .createQuery("select name, value from ota_campaign_label where campaign = :id")
        .bind("id", id)
        .map((row, context) -> Map.entry(row.getString("name"), row.getString("value")))
        .forEach(e -> labels.put(e.getKey(), e.getValue()));
    return labels;
  }

  private List<String> texts(String select, String id) {
    return handle
        .createQuery(select + " where campaign = :id order by ordinal")
        .bind("id", id)
        .mapTo(String.class)
        .list();
  }

  private List<Wave> waves(String id) {
    return handle
        .createQuery("select * from ota_wave where campaign = :id order by ordinal")
        .bind("id", id)
        .map((row, context) -> wave(row))
        .list();
  }

  private static Wave wave(ResultSet row) throws SQLException {
    int devices = row.getInt("devices");
    return new Wave(
        devices > 0 ? new Wave.Count(devices) : new Wave.Share(row.getDouble("share")),
        new HaltRule(
            row.getDouble("max_failed_share"),
            row.getInt("max_rolled_back"),
            row.getLong("silence_millis"),
            row.getDouble("min_success_share"),
            row.getLong("soak_millis")));
  }

  private List<WaveCount> counts(String id) {
    return handle
        .createQuery("select * from ota_wave where campaign = :id and locked = 1 order by ordinal")
        .bind("id", id)
        .map(
            (row, context) ->
                new WaveCount(
                    row.getInt("pending"),
                    row.getInt("open"),
                    row.getInt("succeeded"),
                    row.getInt("failed"),
                    row.getInt("rolled_back"),
                    row.getInt("unreached"),
                    row.getInt("written_off")))
        .list();
  }
}
