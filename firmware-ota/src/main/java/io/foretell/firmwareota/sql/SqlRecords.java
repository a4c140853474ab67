package io.foretell.firmwareota.sql;

import io.foretell.firmwareota.Campaign;
import io.foretell.firmwareota.CampaignEvent;
import io.foretell.firmwareota.CampaignStore.Member;
import io.foretell.firmwareota.CampaignStore.Outgoing;
import io.foretell.firmwareota.CampaignStore.Records;
import io.foretell.firmwareota.DeviceProgress;
import io.foretell.firmwareota.Rollout;
import io.foretell.proto.DeviceId;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The records over one connection, within its transaction. */
final class SqlRecords implements Records {
  private final CampaignTables campaigns;
  private final DeviceTables devices;
  private final OutgoingTables outgoing;
  private final EventTable events;

  SqlRecords(Handle handle) {
    campaigns = new CampaignTables(handle);
    devices = new DeviceTables(handle);
    outgoing = new OutgoingTables(handle);
    events = new EventTable(handle);
  }

  @Override
  public void insert(Campaign campaign) {
    campaigns.insert(campaign);
  }

  @Override
  public Optional<Campaign> find(String campaign) {
    return campaigns.find(campaign);
  }

  @Override
  public List<String> list(String tenant, int offset, int limit) {
    return campaigns.list(tenant, offset, limit);
  }

  @Override
  public List<String> live() {
    return campaigns.live();
  }

  @Override
  public void save(String campaign, Rollout rollout) {
    campaigns.save(campaign, rollout);
  }

  @Override
  public void haltUnread(String campaign, String reason, long at) {
    if (campaigns.haltUnread(campaign, reason, at)) {
      events.append(
          new CampaignEvent(campaign, 0, at, CampaignEvent.Kind.HALTED, "", -1, reason, "", ""));
    }
  }

  @Override
  public void addDevices(String campaign, List<DeviceProgress> added) {
    devices.add(campaign, added);
  }

  @Override
  public List<String> claim(
      String campaign, String tenant, String component, List<String> claimed) {
    return devices.claim(campaign, tenant, component, claimed);
  }

  @Override
  public void releaseSettled(String campaign) {
    devices.releaseSettled(campaign);
  }

  @Override
  public void release(String campaign, String device) {
    devices.release(campaign, device);
  }

  @Override
  public Optional<DeviceProgress> device(String campaign, String device) {
    return devices.find(campaign, device);
  }

  @Override
  public List<DeviceProgress> devices(String campaign, String after, int limit) {
    return devices.page(campaign, after, limit);
  }

  @Override
  public List<DeviceProgress> pending(String campaign, int wave, int limit) {
    return devices.pending(campaign, wave, limit);
  }

  @Override
  public List<String> succeeded(String campaign) {
    return devices.succeeded(campaign);
  }

  @Override
  public List<Member> memberships(DeviceId device, String named) {
    return devices.memberships(device, named);
  }

  @Override
  public List<Member> due(long now, int limit) {
    return devices.due(now, limit);
  }

  @Override
  public void save(String campaign, DeviceProgress progress) {
    devices.save(campaign, progress);
  }

  @Override
  public void writeOffFailed(String campaign, int waves) {
    devices.writeOffFailed(campaign, waves);
  }

  @Override
  public void retryFailed(String campaign, int waves, long at) {
    devices.retryFailed(campaign, waves, at);
  }

  @Override
  public void append(CampaignEvent event) {
    events.append(event);
  }

  @Override
  public List<CampaignEvent> events(String campaign, long afterNumber, int limit) {
    return events.page(campaign, afterNumber, limit);
  }

  @Override
  public List<CampaignEvent> unnotified(int limit) {
    return events.unnotified(limit);
  }

  @Override
  public void notified(CampaignEvent event) {
    events.notified(event);
  }

  @Override
  public void enqueue(Outgoing command) {
    outgoing.enqueue(command);
  }

  @Override
  public List<Outgoing> outgoing(int limit) {
    return outgoing.oldest(limit);
  }

  @Override
  public void trying(List<String> commandIds) {
    outgoing.trying(commandIds);
  }

  @Override
  public void sent(List<String> commandIds) {
    outgoing.sent(commandIds);
  }
}
