package io.foretell.gateway.downlink;

import io.foretell.gateway.Downlink.Tracked;
import io.foretell.proto.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** For a process that has the store to itself: what waits is in memory too, and read from there. */
final class OwnMailboxes implements Waiting {
  private final CommandStore store;
  private final Mailboxes mailboxes = new Mailboxes();

  OwnMailboxes(CommandStore store) {
    this.store = store;
  }

  @Override
  public void start() {
    store.open().forEach(mailboxes::put);
  }

  @Override
  public List<Tracked> of(DeviceId device) {
    return mailboxes.of(device);
  }

  @Override
  public Optional<Tracked> find(DeviceId device, String id) {
    return mailboxes.find(device, id).or(() -> store.find(device, id));
  }

  @Override
  public List<Tracked> overdue(long now) {
    List<Tracked> all = new ArrayList<>();
    mailboxes.each(
        tracked -> {
          if (now >= tracked.command().expiresAt()) {
            all.add(tracked);
          }
        });
    return all;
  }

  @Override
  public List<Tracked> keep(List<Tracked> fresh) {
    List<Tracked> added = store.insert(fresh);
    added.forEach(mailboxes::put);
    return added;
  }

  @Override
  public List<Tracked> change(List<Tracked> changed) {
    store.update(changed);
    changed.forEach(mailboxes::put);
    return changed;
  }
}
