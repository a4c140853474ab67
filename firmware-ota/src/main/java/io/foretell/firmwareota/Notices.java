package io.foretell.firmwareota;

import io.foretell.firmwareota.CampaignStore.UnreadableException;
import io.foretell.proto.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listener what is on the timelines, at least once and in order. */
final class Notices {
  private static final Logger log = LoggerFactory.getLogger(Notices.class);
  private static final int PAGE = 500;

  private final CampaignStore store;
  private final CampaignListener listener;

  Notices(CampaignStore store, CampaignListener listener) {
    this.store = store;
    this.listener = listener;
  }

  /** Delivers what waits; where the listener throws, the rest comes with the next call. */
  synchronized void deliver() {
    List<CampaignEvent> waiting = store.inTransaction(r -> r.unnotified(PAGE));
    while (!waiting.isEmpty()) {
      List<CampaignEvent> had = new ArrayList<>();
      try {
        for (CampaignEvent event : waiting) {
          tell(event);
          had.add(event);
        }
      } catch (RuntimeException e) {
        // Boundary: the listener is another stage's.
        log.error("campaign listener failed; what follows waits: {}", waiting.get(had.size()), e);
      }
      store.inTransaction(
          r -> {
            had.forEach(r::notified);
            return had;
          });
      if (had.size() < waiting.size()) {
        return;
      }
      waiting = store.inTransaction(r -> r.unnotified(PAGE));
    }
  }

  private void tell(CampaignEvent event) {
    Optional<Campaign> found;
    try {
      found = store.inTransaction(r -> r.find(event.campaign()));
    } catch (UnreadableException e) {
      log.error("no notice of campaign {}: it cannot be read", event.campaign());
      return;
    }
    found.ifPresent(campaign -> tell(campaign, event));
  }

  private void tell(Campaign campaign, CampaignEvent event) {
    switch (event.kind()) {
      case WAVE_STARTED -> listener.waveStarted(campaign, event.wave());
      case DEVICE_STARTED ->
          listener.deviceStarted(campaign, device(campaign, event), campaign.plan().fixes());
      case DEVICE_SUCCEEDED -> listener.deviceSucceeded(campaign, device(campaign, event));
      case DEVICE_FAILED, DEVICE_UNREACHED ->
          listener.deviceFailed(campaign, device(campaign, event), false, event.reason());
      case DEVICE_ROLLED_BACK ->
          listener.deviceFailed(campaign, device(campaign, event), true, event.reason());
      case HALTED -> listener.halted(campaign, event.reason());
      case DONE, CANCELLED, ROLLBACK_ORDERED -> listener.completed(campaign);
      case CREATED, STARTED, RESUMED, WRITTEN_OFF, RETRIED -> {
        // On the timeline only.
      }
    }
  }

  private static DeviceId device(Campaign campaign, CampaignEvent event) {
    return new DeviceId(campaign.tenant(), event.device());
  }
}
