package io.foretell.gateway.downlink;

import io.foretell.gateway.Downlink.Tracked;
import io.foretell.proto.DeviceId;
import java.util.List;
import java.util.Optional;

/** For one of several processes: what the store has is what counts, and nothing is remembered. */
final class SharedMailboxes implements Waiting {
  private final CommandStore store;

  SharedMailboxes(CommandStore store) {
    this.store = store;
  }

  @Override
  public void start() {
    // There is nothing to be remembered.
  }

  @Override
  public List<Tracked> of(DeviceId device) {
    return store.open(device);
  }

  @Override
  public Optional<Tracked> find(DeviceId device, String id) {
    return store.find(device, id);
  }

  @Override
  public List<Tracked> overdue(long now) {
    return store.overdue(now);
  }

  @Override
  public List<Tracked> keep(List<Tracked> fresh) {
    return store.insert(fresh);
  }

  /** {@inheritDoc} Those that another process has moved further are left out. */
  @Override
  public List<Tracked> change(List<Tracked> changed) {
    return store.advance(changed);
  }
}
